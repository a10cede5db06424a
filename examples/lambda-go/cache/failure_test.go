package cache

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// closedPort is a port of this machine that nobody listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// silence makes the server take the command and not answer until the test is over.
func silence(t *testing.T, r *miniredis.Miniredis, command string) {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	hook(r, command, func(*server.Peer) bool { <-over; return true })
}

func TestWhateverFailsTheAnswerComesFromTheDatabase(t *testing.T) {
	noChange := func(*Options) {}
	for _, c := range []struct {
		name      string
		options   func(*Options)
		given     func(*testing.T, *fixture)
		operation string
		reason    string
	}{
		{"the host is unreachable", func(o *Options) { o.Port = closedPort(t) }, nil, "GET", ReasonConnection},
		{"the port is not a number", func(o *Options) { o.Port = "63x79" }, nil, "GET", ReasonConnection},
		{"the certificate is from an unknown authority", func(o *Options) { o.RootCAs = x509.NewCertPool() }, nil, "GET", ReasonConnection},
		{"the certificate is for another host", func(o *Options) { o.Host = "localhost" }, nil, "GET", ReasonConnection},
		{"the server does not answer a read", func(o *Options) { o.CommandTimeout = 30 * time.Millisecond },
			func(t *testing.T, f *fixture) { silence(t, f.redis, "GET") }, "GET", ReasonTimeout},
		{"the server does not answer a write", func(o *Options) { o.CommandTimeout = 30 * time.Millisecond },
			func(t *testing.T, f *fixture) { silence(t, f.redis, "SET") }, "SET", ReasonTimeout},
		{"the server does not answer the login", func(o *Options) { o.CommandTimeout = 30 * time.Millisecond },
			func(t *testing.T, f *fixture) { silence(t, f.redis, "HELLO") }, "GET", ReasonTimeout},
		{"the budget is spent before the timeout of a command", func(o *Options) { o.Budget, o.CommandTimeout = 100*time.Millisecond, time.Hour },
			func(t *testing.T, f *fixture) { silence(t, f.redis, "GET") }, "GET", ReasonTimeout},
		{"the server is still loading", noChange,
			func(_ *testing.T, f *fixture) { f.redis.SetError("LOADING Redis is loading the dataset in memory") }, "GET", ReasonServer},
		{"the server is out of memory", noChange, func(_ *testing.T, f *fixture) {
			hook(f.redis, "SET", func(p *server.Peer) bool { p.WriteError("OOM command not allowed"); return true })
		}, "SET", ReasonServer},
		{"every connection leads to a demoted primary", noChange, func(_ *testing.T, f *fixture) {
			hook(f.redis, "SET", func(p *server.Peer) bool {
				p.WriteError("READONLY You can't write against a read only replica.")
				return true
			})
		}, "SET", ReasonReadOnly},
		{"the server drops every connection", noChange, func(_ *testing.T, f *fixture) {
			hook(f.redis, "GET", func(p *server.Peer) bool { p.Close(); return true })
		}, "GET", ReasonConnection},
		{"the token is wrong", noChange, func(_ *testing.T, f *fixture) { f.redis.RequireAuth("another") }, "GET", ReasonAuth},
		{"a token is wanted and there is none", func(o *Options) { o.SecretID = "" }, nil, "GET", ReasonAuth},
		{"the secret is unreadable", noChange, func(_ *testing.T, f *fixture) {
			f.secrets.set("", errors.New("AccessDeniedException"))
		}, "GET", ReasonSecret},
		{"the secret is not JSON", noChange, func(_ *testing.T, f *fixture) { f.secrets.set(token, nil) }, "GET", ReasonSecret},
		{"the secret has its token in the wrong type", noChange, func(_ *testing.T, f *fixture) {
			f.secrets.set(`{"auth_token": 12345}`, nil)
		}, "GET", ReasonSecret},
		{"the secret has no token", noChange, func(_ *testing.T, f *fixture) {
			f.secrets.set(`{"host": "h", "port": 6379}`, nil)
		}, "GET", ReasonSecret},
		{"nobody reads the secret", func(o *Options) { o.Secrets = nil }, nil, "GET", ReasonSecret},
		{"there is no host", func(o *Options) { o.Host, o.SecretID = "", "" }, nil, "GET", ReasonConnection},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, c.options)
			if c.given != nil {
				c.given(t, f)
			}
			f.wantSource(t, "k", FromDatabase)
			f.wantReason(t, c.operation, "primary", c.reason)
		})
	}
}

func TestAServerOlderThanTLS12IsRefused(t *testing.T) {
	old := miniredis.NewMiniRedis()
	require.NoError(t, old.StartTLS(&tls.Config{
		Certificates: []tls.Certificate{testCertificate}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
	}))
	t.Cleanup(old.Close)
	f := newFixture(t, func(o *Options) { o.Port, o.SecretID = old.Port(), "" })
	f.wantSource(t, "k", FromDatabase)
	f.wantReason(t, "GET", "primary", ReasonConnection)
}

func TestHostAndPortComeFromTheSecretWhenTheyAreNotGiven(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Host, o.Port = "", "" })
	f.secrets.set(`{"host": "`+f.redis.Host()+`", "port": `+f.redis.Port()+`, "auth_token": "`+token+`"}`, nil)
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
}

func TestTheEndOfTheCallersTimeEndsTheLookup(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.CommandTimeout, o.Budget = time.Hour, time.Hour })
	silence(t, f.redis, "GET")
	over := make(chan struct{})
	defer close(over)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, _, err := GetOrLoad(ctx, f.Cache, "k", time.Hour, func(context.Context) (int, error) {
		<-over // a load that does not look at its context
		return 0, nil
	})
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestADeadIdleConnectionIsReplacedUnnoticed(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	hook(f.redis, "GET", once(func(p *server.Peer) { p.Close() }))
	f.wantSource(t, "k", FromCache)
	assert.Zero(t, f.metric(t, "CacheFailure"))
}

func TestAConnectionToADemotedPrimaryIsDroppedAndTheWriteRepeated(t *testing.T) {
	f := newFixture(t)
	hook(f.redis, "SET", once(func(p *server.Peer) { p.WriteError("READONLY You can't write against a read only replica.") }))
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
	assert.EqualValues(t, 2, f.redis.Server().TotalConnections(), "the connection to the demoted primary is replaced")
}

func TestATokenQuotedByTheServerIsNotLogged(t *testing.T) {
	f := newFixture(t)
	for _, text := range []string{
		"ERR unknown command `AUTH`, with args beginning with: `" + token + "`",
		"ERR unknown command `AUTH`, with args beginning with: `an older token`",
		"ERR something about " + token,
	} {
		hook(f.redis, "GET", func(p *server.Peer) bool { p.WriteError(text); return true })
		f.wantSource(t, "k", FromDatabase)
		f.wantReason(t, "GET", "primary", ReasonServer)
	}
	assert.Contains(t, f.output.String(), "ERR something about ***")
	assert.NotContains(t, f.output.String(), "an older token")
}
