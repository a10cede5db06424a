package drills

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

// stage is what a function needs around it: a database, a secret, and a cache endpoint that it is given.
type stage struct {
	*deploy.Cache
	Secrets *lambda.Secrets
	Port    int // of the endpoint
	Server  *engines.Server
	Redis   *redis.Client // the test's own connection to Server
}

// newStage sets the scene for a cache whose endpoint listens on this port of the loopback interface.
func newStage(t testing.TB, cache *deploy.Cache, port int) *stage {
	t.Helper()
	s := &stage{Cache: cache, Port: port}
	connection := s.SecretFor(t, cache.Token)
	s.Secrets = lambda.StartSecrets(t, func() string { return connection })
	return s
}

// newServerStage sets the scene with one server from the template, which is the endpoint itself.
func newServerStage(t testing.TB, engine engines.Engine, extra ...string) *stage {
	t.Helper()
	cache := deploy.NewCache(t, engine)
	server := cache.Start(t, extra...)
	s := newStage(t, cache, server.Port)
	s.Server, s.Redis = server, cache.Client(t, server.Addr())
	return s
}

// SecretFor is the template's connection secret with this token in it.
func (s *stage) SecretFor(t testing.TB, token string) string {
	t.Helper()
	return engines.Must(s.Template.ConnectionSecret(token, deploy.Local(s.Port)))(t)
}

// Env is the configuration of a function that is connected to the cache.
func (s *stage) Env(t testing.TB) lambda.Env {
	t.Helper()
	return lambda.TokenEnv(t, s.Port, s.Secrets, s.Authority.CAFile)
}

// do sends a command to the server.
func do(t testing.TB, s *stage, args ...any) {
	t.Helper()
	if err := s.Redis.Do(context.Background(), args...).Err(); err != nil {
		t.Fatal(err)
	}
}

// fromReplicas has a function read from the reader endpoint.
var fromReplicas = lambda.Env{"REDIS_READ_FROM_REPLICAS": "true"}

// gets counts the GET commands that a server has served.
func gets(t *testing.T, cache *deploy.Cache, server *engines.Server) int {
	t.Helper()
	client := cache.Client(t, server.Addr())
	stats := engines.Must(client.InfoMap(context.Background(), "commandstats").Result())(t)
	match := callsPattern.FindStringSubmatch(stats["Commandstats"]["cmdstat_get"])
	if match == nil {
		return 0
	}
	return engines.Must(strconv.Atoi(match[1]))(t)
}

// callsPattern reads "calls=21,usec=84,...".
var callsPattern = regexp.MustCompile(`^calls=(\d+),`)

// replicaAnswers is the title of a row.
const replicaAnswers = "first cached answer of functions that read from replicas, median; worst"

func medianAndWorst(values []time.Duration) string {
	return fmt.Sprintf("%.1f s; %.1f s", results.Percentile(values, 50).Seconds(), slices.Max(values).Seconds())
}
