package cache

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

// Source says where a value came from.
type Source string

// The sources of a value.
const (
	FromCache    Source = "cache"
	FromDatabase Source = "database"
)

// Cache is a connection to one ElastiCache replication group or serverless cache. It is safe for concurrent use. Make it with
// New, once for each execution environment.
type Cache struct {
	opts      Options
	secrets   *secretSource
	primary   *endpoint
	reader    *endpoint
	telemetry *telemetry
	flights   singleflight.Group
}

// New makes a Cache. It neither connects nor reads the secret: both happen on first use, where a failure costs a lookup and
// not a cold start.
func New(opts Options) *Cache {
	return newCache(opts, time.Now)
}

func newCache(opts Options, now func() time.Time) *Cache {
	opts = opts.withDefaults()
	secrets := &secretSource{
		id: opts.SecretID, reader: opts.Secrets, interval: opts.SecretInterval, timeout: opts.Budget, now: now,
	}
	login := newLogin(opts, secrets, now)
	port := func(held *secret) string { return cmp.Or(opts.Port, held.port, DefaultPort) }
	atPrimary := func(held *secret) (string, error) {
		host := cmp.Or(opts.Host, held.host)
		if host == "" {
			return "", fmt.Errorf("the cache has no host; set %s_HOST to its endpoint", opts.EnvironmentPrefix)
		}
		return net.JoinHostPort(host, port(held)), nil
	}
	atReader := func(held *secret) (string, error) {
		return net.JoinHostPort(cmp.Or(opts.ReaderHost, held.readerHost), port(held)), nil
	}
	var primary, reader topology
	if opts.ClusterMode {
		primary = &cluster{opts: opts, secrets: secrets, login: login, at: atPrimary}
		reader = &cluster{opts: opts, secrets: secrets, login: login, at: atPrimary, replicas: true}
	} else {
		primary = newSingleNode("primary", opts, secrets, login, atPrimary)
		reader = newSingleNode("reader", opts, secrets, login, atReader)
	}
	return &Cache{
		opts:      opts,
		secrets:   secrets,
		primary:   newEndpoint("primary", opts, secrets, primary),
		reader:    newEndpoint("reader", opts, secrets, reader),
		telemetry: newTelemetry(opts, secrets),
	}
}

// Close closes the connections. A Lambda function never needs it.
func (c *Cache) Close() error {
	return errors.Join(c.primary.topology.close(), c.reader.topology.close())
}

// GetOrLoad returns the value of key from the cache, or else from load, and then stores it for ttl less up to 10% at random,
// so that keys written together do not expire together. With a ttl under one millisecond nothing is stored.
//
// Values are JSON. Give each shape of T its own version in the key ("analytics:v1:..."), so that a deployment never reads
// what an older one wrote in another shape.
//
// Concurrent calls that miss the same key share one load, if they have the same T, and so the returned value: do not change it.
// An error is load's own, or ctx's when it ends first; neither is stored.
func GetOrLoad[T any](
	ctx context.Context, c *Cache, key string, ttl time.Duration, load func(context.Context) (T, error),
) (T, Source, error) {
	seen := &lookup{telemetry: c.telemetry}
	defer seen.emit()

	started := time.Now()
	cached, from, err := c.get(ctx, key, seen)
	spent := time.Since(started)
	if err == nil {
		var value T
		if json.Unmarshal(cached, &value) == nil {
			seen.hit = true
			return value, FromCache, nil
		}
		seen.fail(ctx, "GET", from, ReasonCorrupt, errCorrupt)
	}
	// A cache that has just failed to answer would only cost its timeout once more.
	if err != nil && !errors.Is(err, redis.Nil) || ttl < time.Millisecond {
		ttl = 0
	}
	value, err := loadOnce(ctx, c, key, ttl, c.opts.Budget-spent, load, seen)
	return value, FromDatabase, err
}

// loaded is the result of a flight. storeErr is what went wrong in the cache afterwards.
type loaded[T any] struct {
	value    T
	storeErr error
}

// loadOnce loads and stores the value, unless another call is about to: then it waits for that one's.
func loadOnce[T any](
	ctx context.Context, c *Cache, key string, ttl, budget time.Duration, load func(context.Context) (T, error), seen *lookup,
) (T, error) {
	flight := fmt.Sprintf("%T %s", loaded[T]{}, key)
	for {
		var mine bool
		result := c.flights.DoChan(flight, func() (any, error) {
			mine = true
			value, err := load(ctx)
			if err != nil || ttl == 0 {
				return loaded[T]{value: value}, err
			}
			return loaded[T]{value, c.set(ctx, key, value, ttl, budget)}, nil
		})
		select {
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		case r := <-result:
			// The request that began the flight was cancelled; this one was not.
			if isContextError(r.Err) && !mine && ctx.Err() == nil {
				continue
			}
			got, _ := r.Val.(loaded[T])
			if mine && got.storeErr != nil {
				seen.fail(ctx, "SET", "primary", reasonOf(got.storeErr), got.storeErr)
			}
			return got.value, r.Err
		}
	}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// get reads from the reader, if that is wanted and there is one, and from the primary when the reader fails. It names the
// endpoint that it asked last.
func (c *Cache) get(ctx context.Context, key string, seen *lookup) (value []byte, from string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Budget)
	defer cancel()

	for _, e := range c.readEndpoints(ctx) {
		from = e.name
		err = e.do(ctx, key, func(client redis.Cmdable) error {
			value, err = client.Get(ctx, key).Bytes()
			return err
		})
		if err == nil || errors.Is(err, redis.Nil) {
			break
		}
		seen.fail(ctx, "GET", from, reasonOf(err), err)
	}
	return value, from, err
}

func (c *Cache) readEndpoints(ctx context.Context) []*endpoint {
	if c.opts.ReadFromReplicas && c.hasReader(ctx) {
		return []*endpoint{c.reader, c.primary}
	}
	return []*endpoint{c.primary}
}

func (c *Cache) hasReader(ctx context.Context) bool {
	if c.opts.ClusterMode || c.opts.ReaderHost != "" {
		return true
	}
	held, err := c.secrets.get(ctx)
	return err == nil && held.readerHost != ""
}

func (c *Cache) set(ctx context.Context, key string, value any, ttl, budget time.Duration) error {
	text, err := json.Marshal(value)
	if err != nil {
		return encodeError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	return c.primary.do(ctx, key, func(client redis.Cmdable) error {
		return client.Set(ctx, key, text, jittered(ttl)).Err()
	})
}
