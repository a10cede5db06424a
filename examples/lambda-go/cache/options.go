package cache

import (
	"cmp"
	"crypto/x509"
	"io"
	"os"
	"time"
)

// Defaults and limits of Options.
const (
	DefaultPort             = "6379"
	DefaultConnectTimeout   = 500 * time.Millisecond
	DefaultCommandTimeout   = 250 * time.Millisecond
	DefaultBudget           = time.Second
	DefaultPoolSize         = 2
	DefaultBreakerThreshold = 3
	DefaultBreakerCooldown  = time.Second
	DefaultSecretInterval   = 10 * time.Second
	DefaultNamespace        = "SecureBase/RedisCache"

	// maxIdle stays below the 350 s after which AWS network paths forget an idle TCP connection without telling either end.
	maxIdle = 5 * time.Minute
)

// Options says where the cache is and how long it may take. The zero value of a field means its default.
type Options struct {
	// Host is the primary endpoint. Default: "host" of the secret.
	Host string
	// Port serves both endpoints. Default: "port" of the secret, else 6379.
	Port string
	// SecretID is the name or ARN of a Secrets Manager secret whose JSON is
	// {"host": string, "port": number, "auth_token": string, "reader_host": string}; only auth_token is required.
	// Default: none, and Redis is used without a token.
	SecretID string
	// Secrets reads SecretID; a *secretsmanager.Client does. Required with SecretID.
	Secrets SecretReader
	// ReadFromReplicas sends reads to "reader_host" of the secret first and to the primary when that fails. A replica may
	// lag behind the primary, so a value just written may be missing. Default: false.
	ReadFromReplicas bool

	// ConnectTimeout bounds one TCP connect and TLS handshake. Default: 500 ms.
	ConnectTimeout time.Duration
	// CommandTimeout bounds the reply to one command. Default: 250 ms.
	CommandTimeout time.Duration
	// Budget bounds all that one GetOrLoad does with the cache and one read of the secret. Default: 1 s.
	Budget time.Duration
	// PoolSize is the most connections to each endpoint. An execution environment serves one request at a time; raise it
	// only if that request looks up several keys at once. Default: 2.
	PoolSize int
	// BreakerThreshold is the number of failures in a row that open the breaker. Default: 3.
	BreakerThreshold int
	// BreakerCooldown is how long an open breaker skips the endpoint. Default: 1 s.
	BreakerCooldown time.Duration
	// SecretInterval is the least time between two reads of the secret. Default: 10 s.
	SecretInterval time.Duration
	// RootCAs verifies the server's certificate. Default: the system's roots, which know Amazon's.
	RootCAs *x509.CertPool

	// Namespace of the CloudWatch metrics. Default: SecureBase/RedisCache.
	Namespace string
	// FunctionName is the metrics' dimension. Default: AWS_LAMBDA_FUNCTION_NAME, else "local".
	FunctionName string
	// Output takes the metric and log lines. Default: os.Stdout, which Lambda sends to CloudWatch Logs.
	Output io.Writer
}

// OptionsFromEnv reads REDIS_HOST, REDIS_PORT, REDIS_AUTH_SECRET and REDIS_READ_FROM_REPLICAS ("true" turns it on).
func OptionsFromEnv(getenv func(string) string) Options {
	return Options{
		Host:             getenv("REDIS_HOST"),
		Port:             getenv("REDIS_PORT"),
		SecretID:         getenv("REDIS_AUTH_SECRET"),
		ReadFromReplicas: getenv("REDIS_READ_FROM_REPLICAS") == "true",
	}
}

func (o Options) withDefaults() Options {
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, DefaultConnectTimeout)
	o.CommandTimeout = cmp.Or(o.CommandTimeout, DefaultCommandTimeout)
	o.Budget = cmp.Or(o.Budget, DefaultBudget)
	o.PoolSize = cmp.Or(o.PoolSize, DefaultPoolSize)
	o.BreakerThreshold = cmp.Or(o.BreakerThreshold, DefaultBreakerThreshold)
	o.BreakerCooldown = cmp.Or(o.BreakerCooldown, DefaultBreakerCooldown)
	o.SecretInterval = cmp.Or(o.SecretInterval, DefaultSecretInterval)
	o.Namespace = cmp.Or(o.Namespace, DefaultNamespace)
	o.FunctionName = cmp.Or(o.FunctionName, os.Getenv("AWS_LAMBDA_FUNCTION_NAME"), "local")
	if o.Output == nil {
		o.Output = os.Stdout
	}
	return o
}
