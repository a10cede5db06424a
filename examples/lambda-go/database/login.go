package database

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"
)

// login is where to connect and as whom.
type login struct {
	host     string
	port     uint16
	name     string
	user     string
	password string
}

// apply sets the login, and TLS that verifies the certificate and the host name.
func (l *login) apply(conn *pgx.ConnConfig, roots *x509.CertPool) {
	conn.Host, conn.Port, conn.Database, conn.User, conn.Password = l.host, l.port, l.name, l.user, l.password
	conn.TLSConfig = &tls.Config{ServerName: l.host, RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func (o Options) readLogin(ctx context.Context) (*login, error) {
	if o.SecretID == "" {
		return nil, errors.New("DB_SECRET is empty; set it to the ARN of the database's secret")
	}
	if o.Secrets == nil {
		return nil, errors.New("Options.Secrets is nil; set it to a *secretsmanager.Client")
	}
	out, err := o.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(o.SecretID)})
	if err != nil {
		return nil, fmt.Errorf("secret %q cannot be read: %w", o.SecretID, err)
	}
	read, err := o.parse(aws.ToString(out.SecretString))
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", o.SecretID, err)
	}
	return read, nil
}

// parse names what is wrong without quoting any of it: a decoder's own message may contain the password.
func (o Options) parse(text string) (*login, error) {
	var fields struct {
		Username string
		Password string
		Host     string
		Port     int
		DBName   string
	}
	if json.Unmarshal([]byte(text), &fields) != nil {
		return nil, errors.New(`not of the form {"username": string, "password": string, "host": string, "port": number, "dbname": string}`)
	}
	port, err := strconv.ParseUint(cmp.Or(o.Port, strconv.Itoa(cmp.Or(fields.Port, DefaultPort))), 10, 16)
	read := &login{
		host: cmp.Or(o.Host, fields.Host), port: uint16(port), name: cmp.Or(o.Name, fields.DBName),
		user: fields.Username, password: fields.Password,
	}
	var problems []string
	if read.user == "" || read.password == "" {
		problems = append(problems, "username or password is missing; a secret of RDS has both")
	}
	if read.host == "" {
		problems = append(problems, "host is missing; set DB_HOST")
	}
	if read.name == "" {
		problems = append(problems, "dbname is missing; set DB_NAME")
	}
	if err != nil {
		problems = append(problems, "port is not a port number; set DB_PORT to one from 1 to 65535")
	}
	if problems != nil {
		return nil, errors.New(strings.Join(problems, ". "))
	}
	return read, nil
}
