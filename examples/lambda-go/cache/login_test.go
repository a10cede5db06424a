package cache

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheEnvironmentChoosesTheLogin(t *testing.T) {
	withUser := fmt.Sprintf(`{"auth_token": %q, "username": "of-the-secret"}`, token)
	withoutUser := fmt.Sprintf(`{"auth_token": %q}`, token)
	for _, c := range []struct {
		name    string
		options func(*Options)
		secret  string
		user    string // that the server has; "" means that it asks for the token of the default user
	}{
		{"a secret with a token", func(*Options) {}, withoutUser, ""},
		{"a secret with a user name and its password", func(*Options) {}, withUser, "of-the-secret"},
		{"a secret with a password, and the user beside it", func(o *Options) { o.User = "of-the-variable" }, withoutUser, "of-the-variable"},
		{"the user of the secret before another", func(o *Options) { o.User = "of-the-variable" }, withUser, "of-the-secret"},
		{"a secret before IAM", func(o *Options) { o.User, o.CacheName = "of-the-variable", "prod-redis" }, withoutUser, "of-the-variable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, c.options)
			f.secrets.set(c.secret, nil)
			if c.user != "" {
				f.redis.RequireAuth("")
				f.redis.RequireUserAuth(c.user, token)
			}
			f.wantSource(t, "k", FromDatabase)
			f.wantSource(t, "k", FromCache)
		})
	}
}

func TestWithoutALoginNoneIsSent(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.SecretID, o.Secrets = "", nil })
	f.redis.RequireAuth("")
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
	f.secrets.wantReads(t, 0)
}

func TestOptionsComeFromTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		name      string
		prefix    string
		variables map[string]string
		want      Options
	}{
		{"nothing is set", "", nil, Options{EnvironmentPrefix: "REDIS"}},
		{"a token", "",
			map[string]string{"REDIS_HOST": "primary", "REDIS_PORT": "6380", "REDIS_AUTH_SECRET": "arn", "REDIS_READER_HOST": "reader"},
			Options{EnvironmentPrefix: "REDIS", Host: "primary", Port: "6380", SecretID: "arn", ReaderHost: "reader"}},
		{"IAM, in cluster mode", "", map[string]string{
			"REDIS_HOST": "configuration", "REDIS_USER": "prod-app", "REDIS_CACHE_NAME": "prod-redis", "REDIS_CLUSTER_MODE": "true"},
			Options{EnvironmentPrefix: "REDIS", Host: "configuration", User: "prod-app", CacheName: "prod-redis", ClusterMode: true}},
		{"switches", "", map[string]string{"REDIS_SERVERLESS": "true", "REDIS_READ_FROM_REPLICAS": "true", "REDIS_CLUSTER_MODE": "false"},
			Options{EnvironmentPrefix: "REDIS", Serverless: true, ReadFromReplicas: true}},
		{"another prefix", "SESSIONS", map[string]string{
			"SESSIONS_HOST": "sessions", "SESSIONS_AUTH_SECRET": "arn", "REDIS_PORT": "6380", "REDIS_HOST": "primary"},
			Options{EnvironmentPrefix: "SESSIONS", Host: "sessions", SecretID: "arn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, OptionsFromEnv(c.prefix, func(name string) string { return c.variables[name] }))
		})
	}
}

func TestAServerlessCacheSpeaksTheClusterProtocol(t *testing.T) {
	assert.True(t, Options{Serverless: true}.withDefaults().ClusterMode)
	assert.False(t, Options{}.withDefaults().ClusterMode)
}
