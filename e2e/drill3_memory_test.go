package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

const (
	maxmemory = 12 << 20
	valueSize = 1000
	// The engines' LRU clock ticks once a second, so pressure has to last for several seconds before they can tell an
	// old key from a new one.
	pressureTime = 14 * time.Second
	tick         = 250 * time.Millisecond
)

var (
	rowWrites     = table.Row("3 Memory", "Writes of four times maxmemory: failed")
	rowEvictions  = table.Row("3 Memory", "Keys evicted meanwhile")
	rowHotKeys    = table.Row("3 Memory", "Hot keys that survived")
	rowNoEviction = table.Row("3 Memory", "Control, noeviction: writes refused of twice maxmemory")
	rowZipf       = table.Row("3 Memory", "Hit rate of a Zipf load (in theory: LRU; random eviction; best possible)")
)

// Drill 3: a full cache has to make room, and make it in the right place.
func TestDrill3MemoryPressure(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		// The parts wait for the clock most of the time, so they share the machine.
		t.Parallel()
		t.Run("writes never fail, evictions are counted and hot keys survive", func(t *testing.T) {
			t.Parallel()
			pressure(t, engine)
		})
		t.Run("with noeviction instead the same writes fail", func(t *testing.T) {
			t.Parallel()
			noEviction(t, engine)
		})
		t.Run("the hit rate of a Zipf load is that of LRU, not of random eviction", func(t *testing.T) {
			t.Parallel()
			zipfLoad(t, engine)
		})
	})
}

func smallCache(t *testing.T, engine engines.Engine, extra ...string) *redis.Client {
	cache := deploy.NewCache(t, engine)
	server := cache.Start(t, append([]string{fmt.Sprintf("maxmemory %d", maxmemory)}, extra...)...)
	return cache.Client(t, server.Addr())
}

func pressure(t *testing.T, engine engines.Engine) {
	const times, hotKeys = 4, 200
	ctx := context.Background()
	client := smallCache(t, engine)
	value := strings.Repeat("v", valueSize)
	hot := func(i int) string { return fmt.Sprintf("hot:%d", i) }

	pipe := client.Pipeline()
	for i := range hotKeys {
		pipe.Set(ctx, hot(i), value, 0)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
	ticks := int(pressureTime / tick)
	writes := times * maxmemory / valueSize
	written, failed := 0, 0
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for range ticks {
		<-clock.C
		pipe := client.Pipeline()
		for i := range hotKeys {
			pipe.Get(ctx, hot(i))
		}
		for range writes / ticks {
			pipe.Set(ctx, fmt.Sprintf("cold:%d", written), value, 0)
			written++
		}
		commands, _ := pipe.Exec(ctx)
		for _, command := range commands {
			if err := command.Err(); err != nil && !errors.Is(err, redis.Nil) {
				failed++
			}
		}
	}
	surviving := int(engines.Must(client.Exists(ctx, hotNames(hotKeys, hot)...).Result())(t))
	evicted := engines.InfoInt(t, client, "stats", "evicted_keys")
	used := engines.InfoInt(t, client, "memory", "used_memory")

	if failed > 0 {
		t.Errorf("%d of %d writes failed", failed, written)
	}
	// Three quarters of what was written cannot be there any more.
	if evicted < written/2 {
		t.Errorf("the engine counts %d evictions after %d writes", evicted, written)
	}
	if used > maxmemory*11/10 {
		t.Errorf("%d bytes used of %d", used, maxmemory)
	}
	if surviving < hotKeys*95/100 {
		t.Errorf("%d of %d hot keys survived", surviving, hotKeys)
	}
	rowWrites.Record(t, engine, "%d of %d", failed, written)
	rowEvictions.Record(t, engine, "%d", evicted)
	rowHotKeys.Record(t, engine, "%d of %d", surviving, hotKeys)
}

func hotNames(n int, name func(int) string) (names []string) {
	for i := range n {
		names = append(names, name(i))
	}
	return names
}

func noEviction(t *testing.T, engine engines.Engine) {
	ctx := context.Background()
	client := smallCache(t, engine, "maxmemory-policy noeviction")
	value := strings.Repeat("v", valueSize)
	refused, writes := 0, 2*maxmemory/valueSize
	for start := 0; start < writes; start += 500 {
		pipe := client.Pipeline()
		for i := range 500 {
			pipe.Set(ctx, fmt.Sprintf("cold:%d", start+i), value, 0)
		}
		commands, _ := pipe.Exec(ctx)
		for _, command := range commands {
			if redis.HasErrorPrefix(command.Err(), "OOM") {
				refused++
			}
		}
	}
	if refused == 0 {
		t.Error("no write was refused: the pressure of this drill is none")
	}
	rowNoEviction.Record(t, engine, "%d%%", 100*refused/writes)
}

func zipfLoad(t *testing.T, engine engines.Engine) {
	const keys, requestsPerTick = 30_000, 1500
	ctx := context.Background()
	client := smallCache(t, engine)
	value := strings.Repeat("v", valueSize)
	zipf := lambda.NewZipf(keys, 4)
	name := func(i int) string { return fmt.Sprintf("zipf:%d", i) }

	// Keys in no order of demand fill the cache, so that the warm-up starts from a full one.
	for start := 0; start < keys; start += 1000 {
		pipe := client.Pipeline()
		for i := range 1000 {
			pipe.Set(ctx, name((start+i)*7919%keys), value, 0)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	ticks := int(pressureTime / tick)
	hits, requests := 0, 0
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for n := range ticks {
		<-clock.C
		reads, fills := client.Pipeline(), client.Pipeline()
		asked := make([]int, requestsPerTick)
		for i := range asked {
			asked[i] = zipf.Next()
			reads.Get(ctx, name(asked[i]))
		}
		answers, _ := reads.Exec(ctx)
		for i, key := range asked {
			hit := answers[i].Err() == nil
			if !hit {
				fills.Set(ctx, name(key), value, 0)
			}
			// The first half is warm-up.
			if n >= ticks/2 {
				requests++
				if hit {
					hits++
				}
			}
		}
		if _, err := fills.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	capacity := int(engines.Must(client.DBSize(ctx).Result())(t))
	got := float64(hits) / float64(requests)
	lru, random, best := zipf.LRUHitRate(capacity), zipf.RandomHitRate(capacity), zipf.BestHitRate(capacity)
	t.Logf("%d keys fit; random %.3f, LRU %.3f, best %.3f, got %.3f", capacity, random, lru, best, got)
	if got <= (random+lru)/2 || got > best {
		t.Errorf("hit rate %.3f; LRU would reach %.3f, random eviction %.3f, the best cache of that size %.3f", got, lru, random, best)
	}
	rowZipf.Record(t, engine, "%.1f%% (%.1f; %.1f; %.1f)", 100*got, 100*lru, 100*random, 100*best)
}
