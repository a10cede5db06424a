package e2e

import (
	"slices"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Stage is what a handler needs around it: a database, a secret, and a cache endpoint that it is given.
type Stage struct {
	*Cache
	Database *Database
	Secrets  *Secrets
	Port     int // of the endpoint
	Server   *Server
	Redis    *redis.Client // the test's own connection to Server
}

// readerHost is the reader endpoint's name. Like the primary endpoint's, it leads to this machine.
const readerHost = "localhost"

// NewStage sets the scene for a cache whose endpoint listens on this port of the loopback interface.
func NewStage(t testing.TB, cache *Cache, port int) *Stage {
	t.Helper()
	s := &Stage{Cache: cache, Database: StartDatabase(t), Port: port}
	s.Secrets = StartSecrets(t, s.SecretFor(t, cache.Token))
	return s
}

// NewServerStage sets the scene with one server from the template, which is the endpoint itself.
func NewServerStage(t testing.TB, engine Engine, extra ...string) *Stage {
	t.Helper()
	cache := NewCache(t, engine)
	server := cache.Start(t, extra...)
	s := NewStage(t, cache, server.Port)
	s.Server, s.Redis = server, cache.Client(t, server.Addr())
	return s
}

// SecretFor is the template's connection secret with this token in it.
func (s *Stage) SecretFor(t testing.TB, token string) string {
	t.Helper()
	return must(s.Template.ConnectionSecret(token, "127.0.0.1", readerHost, s.Port))(t)
}

// Env is the configuration that a function connected to the cache gets.
func (s *Stage) Env() Env {
	return Env{
		"REDIS_HOST":                       "127.0.0.1",
		"REDIS_PORT":                       strconv.Itoa(s.Port),
		"REDIS_AUTH_SECRET":                secretARN,
		"TABLE_NAME":                       tableName,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": s.Secrets.URL,
		"AWS_ENDPOINT_URL_DYNAMODB":        s.Database.URL,
		"SSL_CERT_FILE":                    s.Authority.CAFile,
	}
}

// ask invokes a function and insists on the right answer from one of the sources.
func ask(t testing.TB, f *Function, q Query, sources ...string) Answer {
	t.Helper()
	answer, _, err := f.Invoke(q)
	if err != nil {
		t.Fatalf("%v\n%s", err, lastLines(f.Output(), 10))
	}
	if answer != q.Right(answer.Source) || !slices.Contains(sources, answer.Source) {
		t.Fatalf("got %+v; want %+v from %v\n%s", answer, q.Right(sources[0]), sources, lastLines(f.Output(), 10))
	}
	return answer
}
