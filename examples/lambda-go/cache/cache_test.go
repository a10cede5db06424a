package cache

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAbsentValueIsLoadedAndThenComesFromTheCache(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	assert.Equal(t, [3]float64{0, 1, 0}, f.counts(t))
	f.wantSource(t, "k", FromCache)
	assert.Equal(t, [3]float64{1, 0, 0}, f.counts(t))
	assert.Equal(t, 1, f.loads)
	stored, err := f.redis.Get("k")
	require.NoError(t, err)
	assert.Equal(t, `{"Events":42}`, stored)
	f.secrets.wantReads(t, 1)
	assert.EqualValues(t, 1, f.redis.Server().TotalConnections())
}

func TestAValueIsStoredForItsTierLessAtMostTenPercent(t *testing.T) {
	f := newFixture(t)
	for _, tier := range []time.Duration{TTLToday, TTLMonth, TTLHistory} {
		_, _, err := GetOrLoad(context.Background(), f.Cache, tier.String(), tier, func(context.Context) (int, error) { return 1, nil })
		require.NoError(t, err)
		assert.LessOrEqual(t, f.redis.TTL(tier.String()), tier)
		assert.GreaterOrEqual(t, f.redis.TTL(tier.String()), tier*9/10-time.Second)
	}
}

func TestWithoutATTLNothingIsStored(t *testing.T) {
	f := newFixture(t)
	_, _, err := GetOrLoad(context.Background(), f.Cache, "k", 0, func(context.Context) (int, error) { return 1, nil })
	require.NoError(t, err)
	assert.False(t, f.redis.Exists("k"))
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
			assert.NoError(t, err)
			assert.Equal(t, 42, got)
		}()
	}
	<-started
	time.Sleep(50 * time.Millisecond) // for the others to arrive; one that comes later finds the value in Redis
	close(release)
	wg.Wait()
	assert.EqualValues(t, 1, loads.Load())
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
		assert.NoError(t, err)
		follower <- got
	}()
	time.Sleep(20 * time.Millisecond)
	cancel()
	assert.ErrorIs(t, <-leaderDone, context.Canceled)
	assert.Equal(t, 42, <-follower)
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
	require.NoError(t, err)
	assert.Equal(t, "one", got)
}

func TestAnErrorOfLoadReachesTheCallerAndIsNotStored(t *testing.T) {
	f := newFixture(t)
	broken := errors.New("the table is gone")
	_, _, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (int, error) { return 0, broken })
	assert.ErrorIs(t, err, broken)
	assert.False(t, f.redis.Exists("k"))
}

func TestAValueThatIsNotJSONIsReturnedUncached(t *testing.T) {
	f := newFixture(t)
	got, source, err := GetOrLoad(context.Background(), f.Cache, "k", time.Hour, func(context.Context) (float64, error) {
		return math.Inf(1), nil
	})
	require.NoError(t, err)
	assert.Equal(t, math.Inf(1), got)
	assert.Equal(t, FromDatabase, source)
	f.wantReason(t, "SET", "primary", ReasonEncode)
}

func TestCorruptJSONIsLoadedAgainAndOverwritten(t *testing.T) {
	for name, stored := range map[string]string{"not JSON at all": `{"Events":`, "JSON of another type": `{"Events":"many"}`} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			require.NoError(t, f.redis.Set("k", stored))
			f.wantSource(t, "k", FromDatabase)
			f.wantReason(t, "GET", "primary", ReasonCorrupt)
			f.wantSource(t, "k", FromCache)
		})
	}
}
