package e2e

import (
	"slices"
	"testing"
	"time"
)

const (
	rounds         = 3
	hitsPerRound   = 600
	freshPerRound  = 60
	warmUpRequests = 50
)

// Drill 8: what the handler costs on top of its client library, and what a connection costs that is not reused. Only
// ratios of one run on one machine mean anything, so nothing else is recorded.
func TestDrill8Load(t *testing.T) {
	bare := map[string]func(testing.TB, *Stage, string, int, int) bareTimes{"Go": bareGo, "Python": barePython}
	forEachEngineAndHandler(t, func(t *testing.T, engine Engine, handler Handler) {
		s := NewServerStage(t, engine)
		f := handler.Start(t, s.Env())
		q := week("acme", 5)
		ask(t, f, q, fromDatabase)
		for range warmUpRequests {
			ask(t, f, q, fromCache)
		}

		// The two take turns, so that a slow moment of the machine meets both.
		var library bareTimes
		var hits []time.Duration
		for range rounds {
			library.add(bare[handler.Name](t, s, q.Key(), hitsPerRound, freshPerRound))
			before := infoInt(t, s.Redis, "stats", "total_connections_received")
			for range hitsPerRound {
				answer, took, err := f.Invoke(q)
				if err != nil || answer != q.Right(fromCache) {
					t.Fatalf("got %+v, %v; want %+v", answer, err, q.Right(fromCache))
				}
				hits = append(hits, took)
			}
			if after := infoInt(t, s.Redis, "stats", "total_connections_received"); after != before {
				t.Errorf("%d new connections for %d hits", after-before, hitsPerRound)
			}
		}

		rate := ratio(sum(library.reused), sum(hits))
		p50, p99 := ratio(percentile(hits, 50), percentile(library.reused, 50)), ratio(percentile(hits, 99), percentile(library.reused, 99))
		fresh := ratio(percentile(library.fresh, 50), percentile(library.reused, 50))
		if fresh <= 1 {
			t.Errorf("a new connection for each call costs %.2f times a reused one: the measure measures nothing", fresh)
		}
		// A handler that connected for each request could not be faster than that.
		if p50 >= fresh {
			t.Errorf("a hit costs %.1f times a bare GET, as much as one on a new connection (%.1f)", p50, fresh)
		}
		record(t, engine, handler.of(rowGoRate, rowPythonRate), "%.2f", rate)
		record(t, engine, handler.of(rowGoLatency, rowPythonLatency), "%.1f; %.1f", p50, p99)
		record(t, engine, handler.of(rowGoConnect, rowPythonConnect), "%.1f", fresh)
	})
}

func sum(values []time.Duration) (total time.Duration) {
	for _, v := range values {
		total += v
	}
	return total
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func percentile(values []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*p/100]
}
