package cache

import (
	"context"
	"crypto/tls"
	"net"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// topology knows which node holds a key.
type topology interface {
	// locate returns the client for a key, and the name of the node that it leads to.
	locate(ctx context.Context, key string) (node string, client redis.Cmdable, err error)
	// refresh looks at the nodes again: one of them has just failed.
	refresh(ctx context.Context)
	close() error
}

// address is the host:port of an endpoint, which may be part of the secret.
type address func(*secret) (string, error)

// singleNode is an endpoint that leads to one node: all endpoints of a cache with cluster mode disabled do.
type singleNode struct {
	name   string
	client *redis.Client
}

func (s singleNode) locate(context.Context, string) (string, redis.Cmdable, error) {
	return s.name, s.client, nil
}

func (s singleNode) refresh(context.Context) {}

func (s singleNode) close() error { return s.client.Close() }

// newSingleNode makes a client that connects to wherever the address leads at that moment.
func newSingleNode(name string, opts Options, secrets *secretSource, login login, at address) singleNode {
	return singleNode{name, redis.NewClient(&redis.Options{
		Addr: name, // shown only; Dialer has the address
		Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
			held, err := secrets.get(ctx)
			if err != nil {
				return nil, secretError{err}
			}
			addr, err := at(held)
			if err != nil {
				return nil, dialError{err}
			}
			return dial(ctx, opts, network, addr)
		},
		CredentialsProviderContext: login,
		DialTimeout:                opts.ConnectTimeout,
		ReadTimeout:                opts.CommandTimeout,
		WriteTimeout:               opts.CommandTimeout,
		PoolTimeout:                opts.CommandTimeout,
		ContextTimeoutEnabled:      true,
		PoolSize:                   opts.PoolSize,
		ConnMaxIdleTime:            maxIdle,
		// Hidden retries would multiply every timeout; endpoint.do retries where it helps.
		MaxRetries:               -1,
		DialerRetries:            1,
		DisableIdentity:          true,
		MaintNotificationsConfig: noMaintNotifications(),
	})}
}

// noMaintNotifications saves a round trip at connect that ElastiCache has no use for.
func noMaintNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{
		Mode: maintnotifications.ModeDisabled,
		// Left out, the client resolves its Addr to find it, which can hold up a cold start for seconds.
		EndpointType: maintnotifications.EndpointTypeNone,
	}
}

// dial connects with TLS and verifies the certificate and the host name.
func dial(ctx context.Context, opts Options, network, addr string) (net.Conn, error) {
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: opts.ConnectTimeout},
		Config:    &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: opts.RootCAs},
	}
	conn, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, dialError{err}
	}
	return conn, nil
}
