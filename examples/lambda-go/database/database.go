// Package database queries PostgreSQL, on Amazon RDS or Aurora, with the login of a Secrets Manager secret.
//
// One connection is enough for an execution environment, which serves one request at a time. It is made on first use and kept;
// before each query it is checked, because it may have died while the environment was frozen. The secret is read on first use,
// and again when the login is refused, so that a rotation costs one request a moment and none its answer.
package database

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Database is a connection to a PostgreSQL database. It is safe for concurrent use. Make it with New, once for each execution
// environment.
type Database struct {
	opts Options
	pool *pgxpool.Pool

	mu    sync.Mutex
	login *login
}

// New makes a Database. It neither connects nor reads the secret, but it fails when Options.CAFile cannot be used.
func New(opts Options) (*Database, error) {
	opts = opts.withDefaults()
	roots, err := opts.roots()
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	d := &Database{opts: opts}
	config.MaxConns = 1
	config.PingTimeout = opts.ConnectTimeout
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	config.ConnConfig.ConnectTimeout = opts.ConnectTimeout
	config.ConnConfig.Fallbacks = nil
	config.ConnConfig.RuntimeParams = opts.runtimeParams()
	config.BeforeConnect = func(ctx context.Context, conn *pgx.ConnConfig) error {
		login, err := d.get(ctx)
		if err != nil {
			return err
		}
		login.apply(conn, roots)
		return nil
	}
	// The pool has no address to connect to before the first query asks for one.
	d.pool, err = pgxpool.NewWithConfig(context.Background(), config)
	return d, err
}

// Close closes the connection. A Lambda function never needs it.
func (d *Database) Close() { d.pool.Close() }

// Query runs a statement that reads. It reads the secret again, and tries once more, when the login is refused.
func (d *Database) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := d.pool.Query(ctx, sql, args...)
	if !isRefused(err) || !d.renew(ctx) {
		return rows, err
	}
	return d.pool.Query(ctx, sql, args...)
}

// isRefused knows SQLSTATE class 28, invalid authorization: a wrong user or password.
func isRefused(err error) bool {
	var reply *pgconn.PgError
	return errors.As(err, &reply) && strings.HasPrefix(reply.Code, "28")
}

// get returns the login that is held, reading the secret if there is none.
func (d *Database) get(ctx context.Context) (*login, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.login == nil {
		read, err := d.opts.readLogin(ctx)
		if err != nil {
			return nil, err
		}
		d.login = read
	}
	return d.login, nil
}

// renew reads the secret again and reports whether the login has changed.
func (d *Database) renew(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	read, err := d.opts.readLogin(ctx)
	if err != nil || d.login != nil && *read == *d.login {
		return false
	}
	d.login = read
	return true
}
