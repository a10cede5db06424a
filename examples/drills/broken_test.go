package drills

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// wrongToken is in order as a token, and not the cache's.
const wrongToken = "wrongwrongwrongwrongwrongwrong12"

// failure is one way in which the cache is no use.
type failure struct {
	name string
	// port is another endpoint than the cache.
	port func(testing.TB, *deploy.Cache) int
	// env changes the function's configuration.
	env lambda.Env
	// secrets break Secrets Manager, for the connection secret alone: without the database's there is no answer at all.
	secrets http.HandlerFunc
	// secret replaces the connection secret.
	secret func(testing.TB, *stage) string
	// spoil breaks what has worked, after a first hit.
	spoil func(*testing.T, *stage, lambda.Query)
	// reasons are what the log may call it.
	reasons []string
	// after is where the request after the failed one may be answered from.
	after []string
}

var failures = []failure{
	{
		name:    "a wrong token in the secret",
		secret:  func(t testing.TB, s *stage) string { return s.SecretFor(t, wrongToken) },
		reasons: []string{"auth"},
	},
	{
		name:    "a secret that is not JSON",
		secret:  func(testing.TB, *stage) string { return "not json" },
		reasons: []string{"secret"},
	},
	{
		name:    "a secret without the token",
		secret:  func(testing.TB, *stage) string { return `{"host":"127.0.0.1","port":6379}` },
		reasons: []string{"secret"},
	},
	{
		name:    "a secret that does not exist",
		env:     lambda.Env{"REDIS_AUTH_SECRET": lambda.ConnectionSecret + "x"},
		reasons: []string{"secret"},
	},
	{
		name:    "a Secrets Manager that breaks the connection off",
		secrets: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		reasons: []string{"secret"},
	},
	{
		name:    "a Secrets Manager that does not answer",
		secrets: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		reasons: []string{"secret"},
	},
	{
		name:    "a host that refuses connections",
		port:    func(t testing.TB, _ *deploy.Cache) int { return closedPort(t) },
		reasons: []string{"connection"},
	},
	{
		name:    "a host that cannot be reached",
		port:    func(t testing.TB, _ *deploy.Cache) int { return silentPort(t) },
		reasons: []string{"timeout"},
	},
	{
		name:    "a host that takes connections and says nothing",
		port:    func(t testing.TB, _ *deploy.Cache) int { return mutePort(t) },
		reasons: []string{"timeout"},
	},
	{
		name:    "a host that speaks TLS 1.1",
		port:    oldTLSPort,
		reasons: []string{"connection"},
	},
	{
		name: "a server with a certificate of somebody else",
		port: func(t testing.TB, cache *deploy.Cache) int {
			stranger := *cache
			stranger.Authority = engines.NewAuthority(t)
			return stranger.Start(t).Port
		},
		reasons: []string{"connection"},
	},
	{
		name:    "a server that stops answering",
		spoil:   func(_ *testing.T, s *stage, _ lambda.Query) { s.Server.Suspend() },
		reasons: []string{"timeout"},
		after:   []string{lambda.FromDatabase},
	},
	{
		name:    "a server that is gone",
		spoil:   func(_ *testing.T, s *stage, _ lambda.Query) { s.Server.Kill() },
		reasons: []string{"connection"},
		after:   []string{lambda.FromDatabase},
	},
	{
		name:    "a cached answer that is not JSON",
		spoil:   spoilValue("{not json"),
		reasons: []string{"corrupt"},
		after:   []string{lambda.FromCache},
	},
	{
		name:    "a cached answer without the numbers",
		spoil:   spoilValue(`{}`),
		reasons: []string{"corrupt"},
		after:   []string{lambda.FromCache},
	},
	{
		name:    "a cached answer that is null",
		spoil:   spoilValue(`null`),
		reasons: []string{"corrupt"},
		after:   []string{lambda.FromCache},
	},
	{
		name:    "a cached answer of another shape",
		spoil:   spoilValue(`[1, 2]`),
		reasons: []string{"corrupt"},
		after:   []string{lambda.FromCache},
	},
	{
		name:    "a cached answer that is not text",
		spoil:   spoilValue("\xff\xfe\x00"),
		reasons: []string{"corrupt"},
		after:   []string{lambda.FromCache},
	},
	{
		name: "a key that holds another type",
		spoil: func(t *testing.T, s *stage, q lambda.Query) {
			do(t, s, "DEL", q.Key())
			do(t, s, "RPUSH", q.Key(), "1")
		},
		reasons: []string{"server"},
		after:   []string{lambda.FromDatabase, lambda.FromCache},
	},
	{
		name: "a full cache that takes no writes",
		spoil: func(t *testing.T, s *stage, q lambda.Query) {
			do(t, s, "DEL", q.Key())
			do(t, s, "CONFIG", "SET", "maxmemory-policy", "noeviction")
			do(t, s, "CONFIG", "SET", "maxmemory", "1")
		},
		reasons: []string{"server"},
		after:   []string{lambda.FromDatabase},
	},
	{
		name: "a primary that has become a replica",
		spoil: func(t *testing.T, s *stage, q lambda.Query) {
			do(t, s, "DEL", q.Key())
			do(t, s, "CONFIG", "SET", "replica-serve-stale-data", "yes")
			do(t, s, "REPLICAOF", "127.0.0.1", strconv.Itoa(closedPort(t)))
		},
		reasons: []string{"readonly"},
		after:   []string{lambda.FromDatabase},
	},
}

func spoilValue(value string) func(*testing.T, *stage, lambda.Query) {
	return func(t *testing.T, s *stage, q lambda.Query) { do(t, s, "SET", q.Key(), value) }
}

var (
	rowsBroken  = table.Rows("8 Functions", "cache failures answered correctly and logged", "Go", "Python")
	rowsSlowest = table.Rows("8 Functions", "slowest answer during these failures, including cold start and database", "Go", "Python")
)

// Drill 8, second part: whatever is wrong with the cache, the answer is right and the log says what was wrong.
func TestDrill8BrokenCache(t *testing.T) {
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		took := make([]time.Duration, len(failures))
		var answered atomic.Int64
		t.Run("the answer is right with", func(t *testing.T) {
			for i, failure := range failures {
				t.Run(failure.name, func(t *testing.T) {
					// Most of these wait for a timeout.
					t.Parallel()
					took[i] = failure.run(t, engine, handler)
					if !t.Failed() {
						answered.Add(1)
					}
				})
			}
		})
		rowsBroken[handler.Name].Record(t, engine, "%d of %d", answered.Load(), len(failures))
		rowsSlowest[handler.Name].Record(t, engine, "%.2f s", slices.Max(took).Seconds())
	})
}

func (c failure) run(t *testing.T, engine engines.Engine, handler lambda.Handler) (took time.Duration) {
	s := newServerStage(t, engine)
	if c.port != nil {
		s.Port = c.port(t, s.Cache)
	}
	if c.secret != nil {
		s.Secrets.Put(c.secret(t, s))
	}
	s.Secrets.Fail(c.secrets)
	f := handler.Start(t, s.Env(t).With(c.env))
	q := lambda.Week("customer-01", 5)
	if c.spoil != nil {
		lambda.Ask(t, f, q, lambda.FromDatabase)
		lambda.Ask(t, f, q, lambda.FromCache)
		f.Logged(t, 0, 2)
		c.spoil(t, s, q)
	}
	logged := len(f.Output())
	answer, took, err := f.Invoke(q)
	if err != nil || answer.Source != lambda.FromDatabase {
		t.Fatalf("an answer from the %q, %v; want the database's", answer.Source, err)
	}
	metrics, reasons := f.Logged(t, logged, 1)
	if metrics.CacheFailure == 0 || metrics.CacheMiss != 1 || metrics.CacheHit != 0 {
		t.Errorf("counted %d failures, %d misses, %d hits; want at least 1, 1 and 0", metrics.CacheFailure, metrics.CacheMiss, metrics.CacheHit)
	}
	if len(reasons) == 0 || !slices.Contains(c.reasons, reasons[0]) {
		t.Errorf("the log gives %q as the reason; want one of %q\n%s", reasons, c.reasons, f.Output()[logged:])
	}
	if c.after == nil {
		c.after = []string{lambda.FromDatabase}
	}
	lambda.Ask(t, f, q, c.after...)
	if strings.Contains(f.Output(), s.Token) || strings.Contains(f.Output(), wrongToken) {
		t.Error("the token is in the log")
	}
	return took
}
