package cache

import (
	"cmp"
	"crypto/x509"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Defaults and limits of Options.
const (
	DefaultEnvironmentPrefix = "REDIS"
	DefaultPort              = "6379"
	DefaultConnectTimeout    = 500 * time.Millisecond
	DefaultCommandTimeout    = 250 * time.Millisecond
	DefaultBudget            = time.Second
	DefaultPoolSize          = 2
	DefaultBreakerThreshold  = 3
	DefaultBreakerCooldown   = time.Second
	DefaultSecretInterval    = 10 * time.Second
	DefaultNamespace         = "SecureBase/RedisCache"

	// maxIdle stays below the 350 s after which AWS network paths forget an idle TCP connection without telling either end.
	maxIdle = 5 * time.Minute
)

// Options says where the cache is, how to log in and how long the cache may take. The zero value of a field means its default.
type Options struct {
	// Host is the primary endpoint, or the configuration endpoint in cluster mode. Default: "host" of the secret.
	Host string
	// ReaderHost is the reader endpoint. Default: "reader_host" of the secret. Not used in cluster mode.
	ReaderHost string
	// Port of all endpoints. Default: "port" of the secret, else 6379.
	Port string
	// ClusterMode uses a cluster client, which finds the shards through Host. Required for a replication group with cluster
	// mode enabled. Default: false, or true with Serverless.
	ClusterMode bool
	// ReadFromReplicas sends reads to a replica first and to the primary when that fails. A replica may lag behind the
	// primary, so a value just written may be missing. Default: false.
	ReadFromReplicas bool

	// SecretID is the name or ARN of a Secrets Manager secret whose JSON is {"host": string, "port": number,
	// "auth_token": string, "reader_host": string, "username": string}; only auth_token is required.
	// Default: none.
	SecretID string
	// Secrets reads SecretID; a *secretsmanager.Client does. Required with SecretID.
	Secrets SecretReader
	// User is the user to log in as. With SecretID: the user that auth_token belongs to, unless the secret has a "username".
	// Without: a user with IAM authentication, which needs CacheName, Credentials and Region. Default: none.
	User string
	// CacheName is the id of the replication group, or the name of the serverless cache, that an IAM token is signed for.
	CacheName string
	// Serverless says that CacheName is a serverless cache. Default: false.
	Serverless bool
	// Credentials sign the IAM token; aws.Config has them.
	Credentials aws.CredentialsProvider
	// Region of the cache; aws.Config has the function's.
	Region string

	// ConnectTimeout bounds one TCP connect and TLS handshake. Default: 500 ms.
	ConnectTimeout time.Duration
	// CommandTimeout bounds the reply to one command. Default: 250 ms.
	CommandTimeout time.Duration
	// Budget bounds everything that one GetOrLoad does with the cache, and one read of the secret. Default: 1 s.
	Budget time.Duration
	// PoolSize is the highest number of connections to each endpoint, or to each node in cluster mode. An execution
	// environment serves one request at a time; raise it only if that request looks up several keys at once. Default: 2.
	PoolSize int
	// BreakerThreshold is the number of failures in a row that open a circuit breaker. Default: 3.
	BreakerThreshold int
	// BreakerCooldown is how long an open breaker skips its endpoint, or its node in cluster mode. Default: 1 s.
	BreakerCooldown time.Duration
	// SecretInterval is the shortest time between two reads of the secret. Default: 10 s.
	SecretInterval time.Duration
	// RootCAs verify the certificates of the cache. Default: the system's roots, which include Amazon's.
	RootCAs *x509.CertPool

	// Namespace of the CloudWatch metrics. Default: SecureBase/RedisCache.
	Namespace string
	// FunctionName is the dimension of the metrics. Default: AWS_LAMBDA_FUNCTION_NAME, else "local".
	FunctionName string
	// Output receives the metric and log lines. Default: os.Stdout, which Lambda sends to CloudWatch Logs.
	Output io.Writer
	// EnvironmentPrefix is the prefix of the variables that error messages name. Default: REDIS.
	EnvironmentPrefix string
}

// OptionsFromEnv reads the variables that RedisCache.ConnectFunction sets, <prefix>_HOST and so on, and
// <prefix>_READ_FROM_REPLICAS. The prefix is the EnvironmentPrefix of ConnectFunctionOptions; "" means REDIS. A switch is on
// when its variable is "true".
func OptionsFromEnv(prefix string, getenv func(string) string) Options {
	prefix = cmp.Or(prefix, DefaultEnvironmentPrefix)
	variable := func(name string) string { return getenv(prefix + "_" + name) }
	return Options{
		EnvironmentPrefix: prefix,
		Host:              variable("HOST"),
		ReaderHost:        variable("READER_HOST"),
		Port:              variable("PORT"),
		ClusterMode:       variable("CLUSTER_MODE") == "true",
		ReadFromReplicas:  variable("READ_FROM_REPLICAS") == "true",
		SecretID:          variable("AUTH_SECRET"),
		User:              variable("USER"),
		CacheName:         variable("CACHE_NAME"),
		Serverless:        variable("SERVERLESS") == "true",
	}
}

func (o Options) withDefaults() Options {
	o.EnvironmentPrefix = cmp.Or(o.EnvironmentPrefix, DefaultEnvironmentPrefix)
	// A serverless cache speaks the cluster protocol only.
	o.ClusterMode = o.ClusterMode || o.Serverless
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
