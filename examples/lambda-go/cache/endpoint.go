package cache

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// endpoint is the primary or the reader: one client and one breaker, since each may be down alone.
type endpoint struct {
	name    string
	client  *redis.Client
	breaker breaker
	secrets *secretSource
	retries int
}

// newEndpoint makes a client that connects to wherever address leads at that moment.
func newEndpoint(name string, opts Options, secrets *secretSource, address func(*secret) (string, error)) *endpoint {
	client := redis.NewClient(&redis.Options{
		Addr: name, // shown only; Dialer has the address
		Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dial(ctx, opts, network, secrets, address)
		},
		CredentialsProviderContext: func(ctx context.Context) (string, string, error) {
			held, err := secrets.get(ctx)
			if err != nil {
				return "", "", secretError{err}
			}
			return "", held.token, nil
		},
		DialTimeout:           opts.ConnectTimeout,
		ReadTimeout:           opts.CommandTimeout,
		WriteTimeout:          opts.CommandTimeout,
		PoolTimeout:           opts.CommandTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              opts.PoolSize,
		ConnMaxIdleTime:       maxIdle,
		// Hidden retries would multiply every timeout; endpoint.do retries where it helps.
		MaxRetries:    -1,
		DialerRetries: 1,
		// Round trips at connect that ElastiCache has no use for.
		DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
			// Left out, NewClient resolves Addr to find it, which can hold up a cold start for seconds.
			EndpointType: maintnotifications.EndpointTypeNone,
		},
	})
	return &endpoint{
		name:    name,
		client:  client,
		breaker: breaker{threshold: opts.BreakerThreshold, cooldown: opts.BreakerCooldown, now: secrets.now},
		secrets: secrets,
		retries: opts.PoolSize,
	}
}

func dial(ctx context.Context, opts Options, network string, secrets *secretSource, address func(*secret) (string, error)) (net.Conn, error) {
	held, err := secrets.get(ctx)
	if err != nil {
		return nil, secretError{err}
	}
	addr, err := address(held)
	if err != nil {
		return nil, dialError{err}
	}
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

// do runs a command, if the breaker lets it, and tells the breaker how it went. redis.Nil, the reply for an absent key, is a
// success.
func (e *endpoint) do(ctx context.Context, command func(*redis.Client) error) error {
	if !e.breaker.allow() {
		return errCircuitOpen
	}
	err := e.attempt(ctx, command)
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		e.breaker.succeeded()
	case errors.Is(err, context.Canceled):
		// The caller gave up; that says nothing about Redis.
	default:
		e.breaker.failed()
	}
	return err
}

func (e *endpoint) attempt(ctx context.Context, command func(*redis.Client) error) error {
	used, err := e.secrets.get(ctx)
	if err != nil {
		return secretError{err}
	}
	err = e.send(ctx, command)
	if !isRefused(err) {
		return err
	}
	renewed, renewErr := e.secrets.renew(ctx, used)
	if renewErr != nil || renewed.token == used.token {
		return err
	}
	return e.send(ctx, command)
}

func (e *endpoint) send(ctx context.Context, command func(*redis.Client) error) error {
	err := command(e.client)
	for range e.retries {
		if err == nil || errors.Is(err, redis.Nil) || !isBroken(err) || ctx.Err() != nil {
			break
		}
		err = command(e.client)
	}
	return err
}
