package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// gate stands in for the part of ElastiCache that checks IAM tokens, before a real server. A token that is in order becomes a
// password of its ACL user; every byte of the client then goes to the server, which judges the login and each command itself.
type gate struct {
	Port int

	cache     *deploy.Cache
	cacheName string
	server    *engines.Server
	admin     *redis.Client

	mu      sync.Mutex
	refused []string
}

// startGate listens until the test ends. cacheName is the id of the replication group.
func startGate(t testing.TB, cache *deploy.Cache, cacheName string, server *engines.Server, admin *redis.Client) *gate {
	t.Helper()
	g := &gate{cache: cache, cacheName: cacheName, server: server, admin: admin}
	g.Port = engines.Listen(t, func(conn net.Conn) {
		g.serve(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cache.Authority.Server}}))
	})
	return g
}

// Refused says why each token was not in order that was not.
func (g *gate) Refused() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.refused)
}

func (g *gate) serve(client net.Conn) {
	server, err := tls.Dial("tcp4", g.server.Addr(), g.cache.Authority.ClientTLS())
	if err != nil {
		return
	}
	defer server.Close()
	var first bytes.Buffer
	words, err := readCommand(bufio.NewReader(io.TeeReader(client, &first)))
	if err != nil {
		return
	}
	if user, token, ok := loginOf(words); ok && strings.Contains(token, "X-Amz-Signature") {
		if err := g.admit(user, token); err != nil {
			g.mu.Lock()
			g.refused = append(g.refused, err.Error())
			g.mu.Unlock()
		}
	}
	if _, err := server.Write(first.Bytes()); err == nil {
		engines.Relay(client, server)
	}
}

// admit checks what ElastiCache's documentation says a token has ("Authenticating with IAM").
func (g *gate) admit(user, token string) error {
	presigned, err := parsePresigned(token)
	if err != nil {
		return err
	}
	for _, claim := range []struct{ name, got, want string }{
		{"cache", presigned.Host, g.cacheName},
		{"action", presigned.Query.Get("Action"), "connect"},
		{"user", presigned.Query.Get("User"), user},
		{"session", presigned.Query.Get("X-Amz-Security-Token"), lambda.SessionToken},
	} {
		if claim.got != claim.want {
			return fmt.Errorf("a token for the %s %q, not %q", claim.name, claim.got, claim.want)
		}
	}
	if err := presigned.Verify(time.Now(), lambda.AccessKeyID, lambda.SecretAccessKey, lambda.Region, "elasticache", emptyBody); err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(token))
	return g.admin.Do(context.Background(), "ACL", "SETUSER", user, "#"+hex.EncodeToString(hash[:])).Err()
}

// loginOf finds the user and the password in AUTH user password, or HELLO 3 AUTH user password.
func loginOf(words []string) (user, password string, ok bool) {
	at := slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, "AUTH") })
	if at < 0 || len(words) < at+3 {
		return "", "", false
	}
	return words[at+1], words[at+2], true
}

// readCommand reads an array of bulk strings, the form in which clients send commands (RESP).
func readCommand(reader *bufio.Reader) (words []string, err error) {
	count, err := readLength(reader, "*")
	for range count {
		var length int
		if length, err = readLength(reader, "$"); err != nil {
			return nil, err
		}
		word := make([]byte, length+len("\r\n"))
		if _, err = io.ReadFull(reader, word); err != nil {
			return nil, err
		}
		words = append(words, string(word[:length]))
	}
	return words, err
}

func readLength(reader *bufio.Reader, mark string) (int, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), mark))
}
