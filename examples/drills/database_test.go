package drills

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

const buys = "7 What the cache buys"

var (
	rowsDatabase = table.Rows(buys, "a year of a customer's orders, of 3 million in all, by the database: p50; p99", "Go", "Python")
	rowsCache    = table.Rows(buys, "the same, by the cache: p50; p99", "Go", "Python")
	rowAlone     = table.Row(buys, "Zipf load of both functions, by the database alone: requests a second")
	rowZipf      = table.Row(buys, "The same with the cache: requests a second; hit rate; queries a second kept from the database")
)

// Drill 7: the same request answered by the database and by the cache.
func TestDrill7DatabaseAndCache(t *testing.T) {
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		const hitsPerQuery = 20
		s := newServerStage(t, engine)
		f := handler.Start(t, s.Env(t))
		lambda.Ask(t, f, lambda.Week("customer-01", 5), lambda.FromDatabase) // the connections are made
		ask := func(q lambda.Query, source string) time.Duration {
			answer, took, err := f.Invoke(q)
			if err != nil || answer.Source != source {
				t.Fatalf("an answer from the %q, %v; want the %s's", answer.Source, err, source)
			}
			return took
		}
		var database, cache []time.Duration
		for customer := range 20 {
			for _, endedDaysAgo := range []int{1, 180} {
				q := lambda.Days(fmt.Sprintf("customer-%02d", customer+1), 365, endedDaysAgo)
				database = append(database, ask(q, lambda.FromDatabase))
				for range hitsPerQuery {
					cache = append(cache, ask(q, lambda.FromCache))
				}
			}
		}
		if slow, fast := results.Percentile(database, 50), results.Percentile(cache, 99); slow <= fast {
			t.Errorf("half of the answers come from the database within %v, the cache needs %v: it buys nothing", slow, fast)
		}
		rowsDatabase[handler.Name].Record(t, engine, "%s", percentiles(database))
		rowsCache[handler.Name].Record(t, engine, "%s", percentiles(cache))
	})
}

func percentiles(values []time.Duration) string {
	milliseconds := func(percent int) float64 { return results.Percentile(values, percent).Seconds() * 1000 }
	return fmt.Sprintf("%.1f ms; %.1f ms", milliseconds(50), milliseconds(99))
}

// Drill 7, second part: how many queries the cache keeps from the database where some are asked for much more often than others.
func TestDrill7Zipf(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		const warmUp, measured = 6 * time.Second, 10 * time.Second
		s := newServerStage(t, engine)
		alone := zipfLoad(t, s.Env(t).With(lambda.Env{"REDIS_PORT": strconv.Itoa(closedPort(t))}), 0, measured/2)
		cached := zipfLoad(t, s.Env(t), warmUp, measured)
		withCache, without := perSecond(cached.requests, measured), perSecond(alone.requests, measured/2)
		if withCache <= without || cached.hits == 0 || alone.hits > 0 {
			t.Errorf("%.0f requests a second with the cache (%d hits), %.0f without (%d hits)", withCache, cached.hits, without, alone.hits)
		}
		rowAlone.Record(t, engine, "%.0f", without)
		hitRate := 100 * float64(cached.hits) / float64(cached.requests)
		rowZipf.Record(t, engine, "%.0f; %.0f%%; %.0f", withCache, hitRate, perSecond(cached.hits, measured))
	})
}

func perSecond(n int, time time.Duration) float64 { return float64(n) / time.Seconds() }

type served struct{ requests, hits int }

// zipfLoad has both functions answer one request after the other, and counts after the warm-up. The i-th most wanted of 2,000 months
// of customers is asked for in proportion to 1/i.
func zipfLoad(t *testing.T, env lambda.Env, warmUp, measured time.Duration) (sum served) {
	t.Helper()
	var mu sync.Mutex
	var loads sync.WaitGroup
	begun := time.Now()
	for i, handler := range lambda.Handlers {
		f, zipf := handler.Start(t, env), lambda.NewZipf(2000, uint64(i))
		loads.Go(func() {
			for {
				rank := zipf.Next()
				answer, _, err := f.Call(lambda.Days(fmt.Sprintf("customer-%02d", 1+rank*7%20), 30, rank/20*6))
				var reply struct{ Source string }
				if err == nil {
					err = json.Unmarshal(answer, &reply)
				}
				if err != nil {
					t.Errorf("%s: %v", handler.Name, err)
					return
				}
				switch now := time.Since(begun); {
				case now > warmUp+measured:
					return
				case now > warmUp:
					mu.Lock()
					sum.requests++
					if reply.Source == lambda.FromCache {
						sum.hits++
					}
					mu.Unlock()
				}
			}
		})
	}
	loads.Wait()
	return sum
}
