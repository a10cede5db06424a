package drills

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// Stage is what a function needs around it: a database, a secret, and a cache endpoint that it is given.
type Stage struct {
	*deploy.Cache
	Secrets *lambda.Secrets
	Port    int // of the endpoint
	Server  *engines.Server
	Redis   *redis.Client // the test's own connection to Server
}

// NewStage sets the scene for a cache whose endpoint listens on this port of the loopback interface.
func NewStage(t testing.TB, cache *deploy.Cache, port int) *Stage {
	t.Helper()
	s := &Stage{Cache: cache, Port: port}
	connection := s.SecretFor(t, cache.Token)
	s.Secrets = lambda.StartSecrets(t, func() string { return connection })
	return s
}

// NewServerStage sets the scene with one server from the template, which is the endpoint itself.
func NewServerStage(t testing.TB, engine engines.Engine, extra ...string) *Stage {
	t.Helper()
	cache := deploy.NewCache(t, engine)
	server := cache.Start(t, extra...)
	s := NewStage(t, cache, server.Port)
	s.Server, s.Redis = server, cache.Client(t, server.Addr())
	return s
}

// SecretFor is the template's connection secret with this token in it.
func (s *Stage) SecretFor(t testing.TB, token string) string {
	t.Helper()
	return engines.Must(s.Template.ConnectionSecret(token, deploy.Local(s.Port)))(t)
}

// Env is the configuration of a function that is connected to the cache.
func (s *Stage) Env(t testing.TB) lambda.Env {
	t.Helper()
	return lambda.TokenEnv(t, s.Port, s.Secrets, s.Authority.CAFile)
}

// do sends a command to the server.
func do(t testing.TB, s *Stage, args ...any) {
	t.Helper()
	if err := s.Redis.Do(context.Background(), args...).Err(); err != nil {
		t.Fatal(err)
	}
}
