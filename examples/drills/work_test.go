package drills

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

var rowsConnections = table.Rows("8 Functions", "connections for 101 requests", "Go", "Python")

// Drill 8: the functions at work on a cache that works.
func TestDrill8Work(t *testing.T) {
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		t.Run("a miss asks the database and the next request is a hit", func(t *testing.T) { missThenHit(t, engine, handler) })
		t.Run("an answer lives as long as its tier allows", func(t *testing.T) { lifetimes(t, engine, handler) })
		t.Run("connections and the secret are reused", func(t *testing.T) { reuse(t, engine, handler) })
		t.Run("reads go to the reader endpoint when they may", func(t *testing.T) { readerEndpoint(t, engine, handler) })
	})
}

func missThenHit(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s := newServerStage(t, engine)
	f := handler.Start(t, s.Env(t))
	q := lambda.Week("customer-01", 5)
	lambda.Ask(t, f, q, lambda.FromDatabase)
	lambda.Ask(t, f, q, lambda.FromCache)
	lambda.Ask(t, f, lambda.Week("customer-02", 5), lambda.FromDatabase)
	metrics, reasons := f.Logged(t, 0, 3)
	if want := (lambda.Metrics{CacheHit: 1, CacheMiss: 2}); metrics != want || len(reasons) != 0 {
		t.Errorf("logged %+v and the failures %v; want %+v", metrics, reasons, want)
	}
	// An answer from the cache needs no database at all.
	without := handler.Start(t, s.Env(t).With(lambda.Env{"DB_PORT": strconv.Itoa(closedPort(t))}))
	lambda.Ask(t, without, q, lambda.FromCache)
}

func lifetimes(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s := newServerStage(t, engine)
	f := handler.Start(t, s.Env(t))
	for _, c := range []struct {
		name         string
		endedDaysAgo int
		tier         time.Duration
	}{
		{"a range that includes today", 0, 300 * time.Second},
		{"a range that ended yesterday", 1, 3600 * time.Second},
		{"a range that ended 29 days ago", 29, 3600 * time.Second},
		{"a range that ended 32 days ago", 32, 86400 * time.Second},
	} {
		q := lambda.Week("customer-01", c.endedDaysAgo)
		lambda.Ask(t, f, q, lambda.FromDatabase)
		left := engines.Must(s.Redis.PTTL(context.Background(), q.Key()).Result())(t)
		// A tenth may be taken off at random, and a moment has passed.
		if left > c.tier || left < c.tier*9/10-2*time.Second {
			t.Errorf("%s lives for %v; its tier is %v", c.name, left, c.tier)
		}
	}
}

func reuse(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	const requests = 100
	s := newServerStage(t, engine)
	before := engines.InfoInt(t, s.Redis, "stats", "total_connections_received")
	f := handler.Start(t, s.Env(t))
	q := lambda.Week("customer-01", 5)
	lambda.Ask(t, f, q, lambda.FromDatabase)
	for range requests {
		lambda.Ask(t, f, q, lambda.FromCache)
	}
	connections := engines.InfoInt(t, s.Redis, "stats", "total_connections_received") - before
	if connections != 1 {
		t.Errorf("%d connections for %d requests one after the other", connections, requests)
	}
	if reads := s.Secrets.Reads(); reads != 1 {
		t.Errorf("the secret was read %d times", reads)
	}
	rowsConnections[handler.Name].Record(t, engine, "%d", connections)
}

func readerEndpoint(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	cache := deploy.NewCache(t, engine)
	group := startGroup(t, cache, 2)
	primary, replica := group.Servers[0], group.Servers[1]
	proxy := startProxy(t, func(reader bool) string {
		if reader {
			return replica.Addr()
		}
		return primary.Addr()
	})
	s := newStage(t, cache, proxy.Port)
	f := handler.Start(t, s.Env(t).With(fromReplicas))
	q := lambda.Week("customer-01", 5)
	lambda.Ask(t, f, q, lambda.FromDatabase)
	// Replication is asynchronous: a read may come too early.
	copied := cache.Client(t, replica.Addr())
	engines.WaitFor(t, "the answer is on the replica", func() bool { return copied.Exists(context.Background(), q.Key()).Val() == 1 })
	for range 20 {
		lambda.Ask(t, f, q, lambda.FromCache)
	}
	if n := gets(t, cache, replica); n < 20 {
		t.Errorf("the replica served %d reads of at least 20", n)
	}
	if n := gets(t, cache, primary); n != 0 {
		t.Errorf("the primary served %d reads, all could go to the replica", n)
	}

	replica.Kill()
	lambda.Ask(t, f, q, lambda.FromCache) // from the primary: a lost replica costs no database query
}
