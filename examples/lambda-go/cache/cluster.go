package cache

import (
	"context"
	"net"
	"sync"

	"github.com/redis/go-redis/v9"
)

// maxRedirects follows an outdated map of the slots (MOVED) and a slot that is on the move (ASK) within one command.
const maxRedirects = 2

// cluster is a cache with cluster mode enabled: its keys are spread over the shards by their hash slot. The configuration
// endpoint tells where the shards are.
type cluster struct {
	opts     Options
	secrets  *secretSource
	login    login
	at       address
	replicas bool // locate replicas instead of primaries

	mu     sync.Mutex
	client *redis.ClusterClient
}

func (c *cluster) locate(ctx context.Context, key string) (string, redis.Cmdable, error) {
	client, err := c.connect(ctx)
	if err != nil {
		return "", nil, err
	}
	if c.replicas {
		replica, err := client.SlaveForKey(ctx, key)
		if err != nil {
			return "", nil, err
		}
		// The cluster client would first ask for the list of all commands to learn that GET only reads.
		return replica.Options().Addr, replica, nil
	}
	primary, err := client.MasterForKey(ctx, key)
	if err != nil {
		return "", nil, err
	}
	return primary.Options().Addr, client, nil
}

// refresh reads the map of the slots in the background. By itself the client does so once a minute, or when a node that is
// alive redirects it: after the loss of a primary none does.
func (c *cluster) refresh(ctx context.Context) {
	if client := c.current(); client != nil {
		client.ReloadState(ctx)
	}
}

func (c *cluster) close() error {
	if client := c.current(); client != nil {
		return client.Close()
	}
	return nil
}

func (c *cluster) current() *redis.ClusterClient {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client
}

// connect makes the client when it is first needed, because its address may be part of the secret.
func (c *cluster) connect(ctx context.Context) (*redis.ClusterClient, error) {
	if client := c.current(); client != nil {
		return client, nil
	}
	held, err := c.secrets.get(ctx)
	if err != nil {
		return nil, secretError{err}
	}
	addr, err := c.at(held)
	if err != nil {
		return nil, dialError{err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil {
		c.client = redis.NewClusterClient(c.clientOptions(addr))
	}
	return c.client, nil
}

func (c *cluster) clientOptions(addr string) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: []string{addr},
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dial(ctx, c.opts, network, addr)
		},
		CredentialsProviderContext: c.login,
		ReadOnly:                   c.replicas,
		MaxRedirects:               maxRedirects,
		DialTimeout:                c.opts.ConnectTimeout,
		ReadTimeout:                c.opts.CommandTimeout,
		WriteTimeout:               c.opts.CommandTimeout,
		PoolTimeout:                c.opts.CommandTimeout,
		ContextTimeoutEnabled:      true,
		PoolSize:                   c.opts.PoolSize,
		ConnMaxIdleTime:            maxIdle,
		DialerRetries:              1,
		DisableIdentity:            true,
		// GET and SET go to the node of their key; the policies would first ask for the list of all commands.
		DisableRoutingPolicies:   true,
		MaintNotificationsConfig: noMaintNotifications(),
	}
}
