package e2e

import (
	"context"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// Drill 5, first part: the handlers at work on a cache that works.
func TestDrill5Handlers(t *testing.T) {
	forEachEngineAndHandler(t, func(t *testing.T, engine Engine, handler Handler) {
		t.Run("a miss asks the database and the next request is a hit", func(t *testing.T) { missThenHit(t, engine, handler) })
		t.Run("an answer lives as long as its tier allows", func(t *testing.T) { lifetimes(t, engine, handler) })
		t.Run("connections and the secret are reused", func(t *testing.T) { reuse(t, engine, handler) })
		t.Run("reads go to the reader endpoint when they may", func(t *testing.T) { readerEndpoint(t, engine, handler) })
	})
}

func missThenHit(t *testing.T, engine Engine, handler Handler) {
	s := NewServerStage(t, engine)
	f := handler.Start(t, s.Env())
	q := week("acme", 5)
	ask(t, f, q, fromDatabase)
	ask(t, f, q, fromCache)
	ask(t, f, week("other", 5), fromDatabase)
	if n := s.Database.Queries(); n != 2 {
		t.Errorf("the database was asked %d times for 2 misses", n)
	}
	metrics, reasons := f.Logged(t, 0, 3)
	if metrics.CacheHit != 1 || metrics.CacheMiss != 2 || metrics.CacheFailure != 0 || len(reasons) != 0 {
		t.Errorf("logged %d hits, %d misses, %d failures %v; want 1, 2 and none", metrics.CacheHit, metrics.CacheMiss, metrics.CacheFailure, reasons)
	}
}

func lifetimes(t *testing.T, engine Engine, handler Handler) {
	s := NewServerStage(t, engine)
	f := handler.Start(t, s.Env())
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
		q := week("acme", c.endedDaysAgo)
		ask(t, f, q, fromDatabase)
		left := must(s.Redis.PTTL(context.Background(), q.Key()).Result())(t)
		// A tenth may be taken off at random, and a moment has passed.
		if left > c.tier || left < c.tier*9/10-2*time.Second {
			t.Errorf("%s lives for %v; its tier is %v", c.name, left, c.tier)
		}
	}
}

func reuse(t *testing.T, engine Engine, handler Handler) {
	const requests = 100
	s := NewServerStage(t, engine)
	before := infoInt(t, s.Redis, "stats", "total_connections_received")
	f := handler.Start(t, s.Env())
	q := week("acme", 5)
	ask(t, f, q, fromDatabase)
	for range requests {
		ask(t, f, q, fromCache)
	}
	connections := infoInt(t, s.Redis, "stats", "total_connections_received") - before
	if connections != 1 {
		t.Errorf("%d connections for %d requests one after the other", connections, requests)
	}
	if reads := s.Secrets.Reads(); reads != 1 {
		t.Errorf("the secret was read %d times", reads)
	}
	if n := s.Database.Queries(); n != 1 {
		t.Errorf("the database was asked %d times", n)
	}
	record(t, engine, handler.of(rowGoConnections, rowPythonConnections), "%d", connections)
}

func readerEndpoint(t *testing.T, engine Engine, handler Handler) {
	cache := NewCache(t, engine)
	group := StartGroup(t, cache)
	primary, replica := group.Servers[0], group.Servers[len(group.Servers)-1]
	proxy := StartProxy(t, func(serverName string) string {
		if serverName == readerHost {
			return replica.Addr()
		}
		return primary.Addr()
	})
	s := NewStage(t, cache, proxy.Port)
	f := handler.Start(t, s.Env().With(Env{"REDIS_READ_FROM_REPLICAS": "true"}))
	q := week("acme", 5)
	ask(t, f, q, fromDatabase)
	// Replication is asynchronous: a read may come too early.
	copied := cache.Client(t, replica.Addr())
	waitFor(t, "the answer is on the replica", func() bool { return copied.Exists(context.Background(), q.Key()).Val() == 1 })
	for range 20 {
		ask(t, f, q, fromCache)
	}
	if n := gets(t, cache, replica); n < 20 {
		t.Errorf("the replica served %d reads of at least 20", n)
	}
	if n := gets(t, cache, primary); n != 0 {
		t.Errorf("the primary served %d reads, all could go to the replica", n)
	}

	replica.Kill()
	ask(t, f, q, fromCache) // from the primary: a lost replica costs no database query
}

// gets counts the GET commands that a server has served.
func gets(t *testing.T, cache *Cache, server *Server) int {
	client := cache.Client(t, server.Addr())
	stats := must(client.InfoMap(context.Background(), "commandstats").Result())(t)
	line, ok := stats["Commandstats"]["cmdstat_get"]
	if !ok {
		return 0
	}
	return countCalls(t, line)
}

// callsPattern reads "calls=21,usec=84,...".
var callsPattern = regexp.MustCompile(`^calls=(\d+),`)

func countCalls(t *testing.T, line string) int {
	match := callsPattern.FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("no calls in %q", line)
	}
	return must(strconv.Atoi(match[1]))(t)
}
