package deploy

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Cache is what a drill starts from: the template, one engine's share of it, certificates and a token.
type Cache struct {
	Engine    engines.Engine
	Template  *Template
	Authority *engines.Authority
	Token     string

	Parameters map[string]string // of the template, for the engine's family
	Dropped    []string          // parameters of the template that the family does not have
}

// NewCache reads the template for one engine and makes a token by the secret's rules.
func NewCache(t testing.TB, engine engines.Engine) *Cache {
	t.Helper()
	return NewCacheOf(t, engine, Load(t))
}

// NewCacheOf is NewCache of another template.
func NewCacheOf(t testing.TB, engine engines.Engine, tmpl *Template) *Cache {
	t.Helper()
	c := &Cache{Engine: engine, Template: tmpl, Authority: engines.NewAuthority(t), Parameters: tmpl.Parameters}
	if engine.Family != tmpl.Family {
		c.Parameters, c.Dropped = mapParameters(tmpl, engine.Family)
	}
	if tmpl.Token != nil {
		c.Token = engines.Must(tmpl.Token.Generate())(t)
	}
	return c
}

// Config is the template as the engine's own configuration file. What the template does not ask for is not in it: a
// template without transit encryption or token gives a server without.
func (c *Cache) Config() engines.Config {
	var config engines.Config
	setParameters(&config, c.Parameters)
	if c.Template.TLS {
		config.Set("tls-cert-file", c.Authority.CertFile)
		config.Set("tls-key-file", c.Authority.KeyFile)
		config.Set("tls-ca-cert-file", c.Authority.CAFile)
		config.Set("tls-auth-clients", "no")
		config.Set("tls-replication", "yes")
		// ElastiCache serves TLS 1.2 and newer.
		config.Set("tls-protocols", "TLSv1.2 TLSv1.3")
	}
	if c.ClusterEnabled() && c.Template.TLS {
		config.Set("tls-cluster", "yes")
	}
	if c.Token != "" {
		config.Set("requirepass", c.Token)
		config.Set("masterauth", c.Token)
	}
	return config
}

// ClusterEnabled reports whether the template has cluster mode enabled.
func (c *Cache) ClusterEnabled() bool { return c.Parameters["cluster-enabled"] == "yes" }

// Start runs one server from the template, with directives of the drill added.
func (c *Cache) Start(t testing.TB, extra ...string) *engines.Server {
	t.Helper()
	return c.Engine.Start(t, append(c.Config(), extra...))
}

// Client connects the test itself, as the template's clients have to.
func (c *Cache) Client(t testing.TB, addr string) *redis.Client {
	t.Helper()
	return engines.Dial(t, c.Options(addr))
}

// Options are the connection settings that the template asks of every client.
func (c *Cache) Options(addr string) *redis.Options {
	options := &redis.Options{Addr: addr, Password: c.Token}
	if c.Template.TLS {
		options.TLSConfig = c.Authority.ClientTLS()
	}
	return options
}
