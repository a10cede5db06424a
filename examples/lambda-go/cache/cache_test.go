package cache

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestAnAbsentValueIsLoadedAndThenComesFromTheCache(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	if hit, miss, failure := f.metric(t, "CacheHit"), f.metric(t, "CacheMiss"), f.metric(t, "CacheFailure"); hit != 0 || miss != 1 || failure != 0 {
		t.Errorf("a miss counted hit %v, miss %v, failure %v", hit, miss, failure)
	}
	f.wantSource(t, "k", FromCache)
	if hit, miss, failure := f.metric(t, "CacheHit"), f.metric(t, "CacheMiss"), f.metric(t, "CacheFailure"); hit != 1 || miss != 0 || failure != 0 {
		t.Errorf("a hit counted hit %v, miss %v, failure %v", hit, miss, failure)
	}
	if f.loads != 1 {
		t.Errorf("the value was loaded %d times, want once", f.loads)
	}
	if stored, err := f.redis.Get("k"); err != nil || stored != `{"Events":42}` {
		t.Errorf("Redis holds %q, %v, want the value as JSON", stored, err)
	}
	f.secrets.wantReads(t, 1)
	if n := f.redis.Server().TotalConnections(); n != 1 {
		t.Errorf("%d connections were made, want one that is reused", n)
	}
}

func TestAValueIsStoredForItsTierLessAtMostTenPercent(t *testing.T) {
	f := newFixture(t)
	for _, tier := range []time.Duration{TTLToday, TTLMonth, TTLHistory} {
		_, _, err := GetOrLoad(context.Background(), f.Cache, tier.String(), tier, func(context.Context) (int, error) { return 1, nil })
		if err != nil {
			t.Fatal(err)
		}
		if ttl := f.redis.TTL(tier.String()); ttl > tier || ttl < tier*9/10-time.Second {
			t.Errorf("a value of tier %s is stored for %s", tier, ttl)
		}
	}
}

func TestWithoutATTLNothingIsStored(t *testing.T) {
	f := newFixture(t)
	_, _, err := GetOrLoad(context.Background(), f.Cache, "k", 0, func(context.Context) (int, error) { return 1, nil })
	if err != nil || f.redis.Exists("k") {
		t.Errorf("with ttl 0 the value was stored, or failed with %v", err)
	}
}

func TestOneFlightPerKeyLoadsOnceForAllRequests(t *testing.T) {
	f := newFixture(t)
	var loads atomic.Int32
	started, release := make(chan struct{}, 100), make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got, _, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (int, error) {
				loads.Add(1)
				started <- struct{}{}
				<-release
				return 42, nil
			})
			if got != 42 || err != nil {
				t.Errorf("GetOrLoad = %d, %v", got, err)
			}
		}()
	}
	<-started
	time.Sleep(50 * time.Millisecond) // for the others to arrive; one that comes later finds the value in Redis
	close(release)
	wg.Wait()
	if loads.Load() != 1 {
		t.Errorf("the value was loaded %d times, want once", loads.Load())
	}
}

func TestACancelledRequestDoesNotFailTheOthersOfItsFlight(t *testing.T) {
	f := newFixture(t)
	leader, cancel := context.WithCancel(context.Background())
	loading := make(chan struct{})
	leaderDone := make(chan error, 1)
	go func() {
		_, _, err := GetOrLoad(leader, f.Cache, "k", time.Hour, func(ctx context.Context) (int, error) {
			close(loading)
			<-ctx.Done()
			time.Sleep(50 * time.Millisecond) // keeps the flight open until the follower has surely joined
			return 0, ctx.Err()
		})
		leaderDone <- err
	}()
	<-loading
	follower := make(chan int, 1)
	go func() {
		got, _, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (int, error) { return 42, nil })
		if err != nil {
			t.Errorf("the follower failed with %v", err)
		}
		follower <- got
	}()
	time.Sleep(20 * time.Millisecond)
	cancel()
	if err := <-leaderDone; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled request ended with %v", err)
	}
	if got := <-follower; got != 42 {
		t.Errorf("the follower got %d", got)
	}
}

func TestOneKeyWithTwoTypesDoesNotMixThem(t *testing.T) {
	f := newFixture(t)
	release := make(chan struct{})
	loading := make(chan struct{})
	go func() {
		_, _, _ = GetOrLoad(context.Background(), f.Cache, "k", 0, func(context.Context) (int, error) {
			close(loading)
			<-release
			return 1, nil
		})
	}()
	<-loading
	got, _, err := GetOrLoad(context.Background(), f.Cache, "k", 0, func(context.Context) (string, error) { return "one", nil })
	close(release)
	if got != "one" || err != nil {
		t.Errorf("GetOrLoad of a string = %q, %v", got, err)
	}
}

func TestAnErrorOfLoadReachesTheCallerAndIsNotStored(t *testing.T) {
	f := newFixture(t)
	broken := errors.New("the table is gone")
	_, _, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (int, error) { return 0, broken })
	if !errors.Is(err, broken) || f.redis.Exists("k") {
		t.Errorf("GetOrLoad failed with %v (stored: %v), want load's error and nothing stored", err, f.redis.Exists("k"))
	}
}

func TestAValueThatIsNotJSONIsReturnedUncached(t *testing.T) {
	f := newFixture(t)
	got, source, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (float64, error) { return math.Inf(1), nil })
	if err != nil || !math.IsInf(got, 1) || source != FromDatabase {
		t.Errorf("GetOrLoad = %v, %s, %v", got, source, err)
	}
	f.wantReason(t, "SET", "primary", ReasonEncode)
}

func TestCorruptJSONIsLoadedAgainAndOverwritten(t *testing.T) {
	for name, stored := range map[string]string{"not JSON at all": `{"Events":`, "JSON of another type": `{"Events":"many"}`} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if err := f.redis.Set("k", stored); err != nil {
				t.Fatal(err)
			}
			f.wantSource(t, "k", FromDatabase)
			f.wantReason(t, "GET", "primary", ReasonCorrupt)
			f.wantSource(t, "k", FromCache)
		})
	}
}
