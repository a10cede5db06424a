package e2e

import (
	"testing"

	"github.com/redis/go-redis/v9"
)

// Cache is what a drill starts from: the template, one engine's share of it, certificates and a token.
type Cache struct {
	Engine    Engine
	Template  *Template
	Authority *Authority
	Token     string
	Dropped   []string // parameters of the template that the engine's family does not have

	parameters map[string]string
}

// NewCache reads the template for one engine and makes a token by the secret's rules.
func NewCache(t testing.TB, engine Engine) *Cache {
	t.Helper()
	return newCache(t, engine, LoadTemplate(t))
}

func newCache(t testing.TB, engine Engine, tmpl *Template) *Cache {
	t.Helper()
	c := &Cache{Engine: engine, Template: tmpl, Authority: NewAuthority(t), parameters: tmpl.Parameters}
	if engine.Family != tmpl.Family {
		c.parameters, c.Dropped = mapParameters(tmpl, engine.Family)
	}
	if tmpl.Token.Key != "" {
		c.Token = must(tmpl.Token.Generate())(t)
	}
	return c
}

// Config is the template as the engine's own configuration file. What the template does not ask for is not in it: a
// template without transit encryption or token gives a server without.
func (c *Cache) Config() Config {
	var config Config
	config.setParameters(c.parameters)
	if c.Template.TLS {
		config.Set("tls-cert-file", c.Authority.CertFile)
		config.Set("tls-key-file", c.Authority.KeyFile)
		config.Set("tls-ca-cert-file", c.Authority.CAFile)
		config.Set("tls-auth-clients", "no")
		config.Set("tls-replication", "yes")
		// ElastiCache serves TLS 1.2 and newer.
		config.Set("tls-protocols", "TLSv1.2 TLSv1.3")
	}
	if c.Token != "" {
		config.Set("requirepass", c.Token)
		config.Set("masterauth", c.Token)
	}
	return config
}

// Start runs one server from the template, with directives of the drill added.
func (c *Cache) Start(t testing.TB, extra ...string) *Server {
	t.Helper()
	return c.Engine.Start(t, append(c.Config(), extra...))
}

// Client connects the test itself, as the template's clients have to.
func (c *Cache) Client(t testing.TB, addr string) *redis.Client {
	t.Helper()
	return dial(t, c.Options(addr))
}

// Options are the connection settings that the template asks of every client.
func (c *Cache) Options(addr string) *redis.Options {
	options := &redis.Options{Addr: addr, Password: c.Token}
	if c.Template.TLS {
		options.TLSConfig = c.Authority.ClientTLS()
	}
	return options
}
