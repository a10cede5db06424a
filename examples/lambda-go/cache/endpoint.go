package cache

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// endpoint is the primary or the reader: where its nodes are, and a circuit breaker for each of them, since each may be down
// alone.
type endpoint struct {
	name     string
	topology topology
	breakers *breakers
	secrets  *secretSource
	retries  int
}

func newEndpoint(name string, opts Options, secrets *secretSource, topology topology) *endpoint {
	return &endpoint{
		name:     name,
		topology: topology,
		breakers: newBreakers(opts.BreakerThreshold, opts.BreakerCooldown, secrets.now),
		secrets:  secrets,
		// As many connections may have died while idle.
		retries: opts.PoolSize,
	}
}

// do finds the node of the key and runs a command there. redis.Nil, the reply for an absent key, is a success.
func (e *endpoint) do(ctx context.Context, key string, command func(redis.Cmdable) error) error {
	var node string
	var client redis.Cmdable
	// No node has an empty name: its breaker is the one of the map of the slots.
	err := e.guard(ctx, "", func() (err error) {
		node, client, err = e.topology.locate(ctx, key)
		return err
	})
	if err != nil {
		return err
	}
	return e.guard(ctx, node, func() error { return command(client) })
}

// guard makes an attempt if the node's breaker allows it, and tells the breaker how it went.
func (e *endpoint) guard(ctx context.Context, node string, attempt func() error) error {
	breaker := e.breakers.of(node)
	if !breaker.allow() {
		return errCircuitOpen
	}
	err := e.withRenewal(ctx, attempt)
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		breaker.succeeded()
	case errors.Is(err, context.Canceled):
		// The caller gave up; that says nothing about Redis.
	default:
		breaker.failed()
		e.topology.refresh(ctx)
	}
	return err
}

// withRenewal repeats an attempt whose login was refused, if the secret has another login by now.
func (e *endpoint) withRenewal(ctx context.Context, attempt func() error) error {
	used, err := e.secrets.get(ctx)
	if err != nil {
		return secretError{err}
	}
	err = e.withReconnect(ctx, attempt)
	if !isRefused(err) {
		return err
	}
	renewed, renewErr := e.secrets.renew(ctx, used)
	if renewErr != nil || *renewed == *used {
		return err
	}
	return e.withReconnect(ctx, attempt)
}

// withReconnect repeats an attempt whose connection was dead.
func (e *endpoint) withReconnect(ctx context.Context, attempt func() error) error {
	err := attempt()
	for range e.retries {
		if err == nil || errors.Is(err, redis.Nil) || !isBroken(err) || ctx.Err() != nil {
			break
		}
		err = attempt()
	}
	return err
}
