package e2e

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

var (
	rowTLSVersions = table.Row("2 Transport, AUTH", "Plaintext, TLS 1.1, no token, wrong token refused; spoken")
	rowTokens      = table.Row("2 Transport, AUTH", "Tokens by the secret's rules: made, accepted")
)

// Drill 2: who gets in, and how.
func TestDrill2TransportAndAuth(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		cache := deploy.NewCache(t, engine)
		server := cache.Start(t)

		t.Run("a plaintext connection is refused", func(t *testing.T) {
			if answer := plaintext(t, server.Addr()); strings.HasPrefix(answer, "+") || strings.HasPrefix(answer, "-") {
				t.Errorf("the server spoke Redis in the clear: %q", answer)
			}
		})
		t.Run("TLS 1.1 is refused, 1.2 and 1.3 are spoken", func(t *testing.T) {
			handshakes(t, cache, server)
		})
		for _, c := range []struct{ name, token, want string }{
			{"no token is refused", "", "NOAUTH"},
			{"a wrong token is refused", cache.Token + "x", "WRONGPASS"},
			{"the token of the secret's rules is accepted", cache.Token, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				options := cache.Options(server.Addr())
				options.Password = c.token
				answer, err := engines.Dial(t, options).Ping(context.Background()).Result()
				if c.want == "" && (err != nil || answer != "PONG") {
					t.Errorf("got %q, %v", answer, err)
				}
				if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("got %q, %v; want an error with %s", answer, err, c.want)
				}
			})
		}
		t.Run("every token that the secret's rules can make is one that ElastiCache and the engine take", func(t *testing.T) {
			manyTokens(t, cache, server)
		})
	})
}

func plaintext(t *testing.T, addr string) string {
	conn := engines.Must(net.DialTimeout("tcp", addr, time.Second))(t)
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	// Long enough for the server to see that it is no TLS record; a short one would only wait.
	_, _ = io.WriteString(conn, strings.Repeat("PING\r\n", 10))
	answer, _ := io.ReadAll(io.LimitReader(conn, 64))
	return string(answer)
}

func handshakes(t *testing.T, cache *deploy.Cache, server *engines.Server) {
	var spoken []string
	for _, c := range []struct {
		name    string
		version uint16
		refused bool
	}{
		{"TLS 1.1", tls.VersionTLS11, true},
		{"TLS 1.2", tls.VersionTLS12, false},
		{"TLS 1.3", tls.VersionTLS13, false},
	} {
		config := &tls.Config{RootCAs: cache.Authority.Pool, MinVersion: c.version, MaxVersion: c.version}
		dialer := &net.Dialer{Timeout: time.Second}
		conn, err := tls.DialWithDialer(dialer, "tcp", server.Addr(), config)
		if err == nil {
			spoken = append(spoken, c.name)
			_ = conn.Close()
		}
		switch {
		case c.refused && (err == nil || !strings.Contains(err.Error(), "protocol version")):
			t.Errorf("%s: got %v; want an alert about the protocol version", c.name, err)
		case !c.refused && err != nil:
			t.Errorf("%s: %v", c.name, err)
		}
	}
	rowTLSVersions.Record(t, cache.Engine, "%s", strings.Join(spoken, ", "))
}

func manyTokens(t *testing.T, cache *deploy.Cache, server *engines.Server) {
	const tokens = 200
	if cache.Token == "" {
		t.Fatal("the template has no AUTH token")
	}
	admin := cache.Client(t, server.Addr())
	accepted := 0
	for range tokens {
		token := engines.Must(cache.Template.Token.Generate())(t)
		if err := deploy.CheckToken(token); err != nil {
			t.Fatalf("%q: %v", token, err)
		}
		if err := admin.ConfigSet(context.Background(), "requirepass", token).Err(); err != nil {
			t.Fatalf("%q: %v", token, err)
		}
		if err := admin.Do(context.Background(), "AUTH", token).Err(); err != nil {
			t.Fatalf("%q: %v", token, err)
		}
		accepted++
	}
	options := cache.Options(server.Addr())
	if err := engines.Dial(t, options).Ping(context.Background()).Err(); err == nil || !redis.HasErrorPrefix(err, "WRONGPASS") {
		t.Errorf("a replaced token still works: %v", err)
	}
	rowTokens.Record(t, cache.Engine, "%d, %d", tokens, accepted)
}
