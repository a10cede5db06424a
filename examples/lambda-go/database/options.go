package database

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Defaults of Options.
const (
	DefaultPort             = 5432
	DefaultConnectTimeout   = 5 * time.Second
	DefaultStatementTimeout = 25 * time.Second
)

// SecretReader is the one call of *secretsmanager.Client that a Database makes.
type SecretReader interface {
	GetSecretValue(
		context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

// Options says where the database is. The zero value of a field means its default.
type Options struct {
	// SecretID is the name or ARN of a secret as RDS keeps it: {"username": string, "password": string, "host": string,
	// "port": number, "dbname": string}. A secret that RDS manages itself has the first two only. Required.
	SecretID string
	// Secrets reads SecretID; a *secretsmanager.Client does. Required.
	Secrets SecretReader
	// Host of the database. Default: "host" of the secret.
	Host string
	// Port of the database. Default: "port" of the secret, else 5432.
	Port string
	// Name of the database. Default: "dbname" of the secret.
	Name string
	// CAFile has the certificates that the server's is verified with, in PEM. Default: the system's roots, which do for RDS
	// Proxy; an instance or a cluster needs the bundle of RDS.
	CAFile string
	// ConnectTimeout bounds one connect, and the check of an idle connection. Default: 5 s.
	ConnectTimeout time.Duration
	// StatementTimeout is when the server gives up a statement, also one that nobody waits for any more. Default: 25 s.
	StatementTimeout time.Duration
	// ApplicationName is shown in pg_stat_activity. Default: AWS_LAMBDA_FUNCTION_NAME.
	ApplicationName string
}

// OptionsFromEnv reads DB_SECRET, DB_HOST, DB_PORT, DB_NAME and DB_CA_FILE.
func OptionsFromEnv(getenv func(string) string) Options {
	return Options{
		SecretID: getenv("DB_SECRET"),
		Host:     getenv("DB_HOST"),
		Port:     getenv("DB_PORT"),
		Name:     getenv("DB_NAME"),
		CAFile:   getenv("DB_CA_FILE"),
	}
}

func (o Options) withDefaults() Options {
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, DefaultConnectTimeout)
	o.StatementTimeout = cmp.Or(o.StatementTimeout, DefaultStatementTimeout)
	o.ApplicationName = cmp.Or(o.ApplicationName, os.Getenv("AWS_LAMBDA_FUNCTION_NAME"))
	return o
}

// roots are nil for those of the system.
func (o Options) roots() (*x509.CertPool, error) {
	if o.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("DB_CA_FILE: %w; set it to the path of the RDS certificate bundle", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("DB_CA_FILE: %q has no certificate; set it to the path of the RDS certificate bundle, in PEM", o.CAFile)
	}
	return roots, nil
}

func (o Options) runtimeParams() map[string]string {
	params := map[string]string{"statement_timeout": strconv.FormatInt(o.StatementTimeout.Milliseconds(), 10)}
	if o.ApplicationName != "" {
		params["application_name"] = o.ApplicationName
	}
	return params
}
