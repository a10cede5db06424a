package cache

import (
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheBreakerOpensAfterThreeFailuresAndClosesWhenRedisIsBack(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)

	var asked atomic.Int32
	var down atomic.Bool
	down.Store(true)
	hook(f.redis, "GET", func(p *server.Peer) bool {
		asked.Add(1)
		if down.Load() {
			p.WriteError("LOADING Redis is loading the dataset in memory")
		}
		return down.Load()
	})
	wantAsked := func(want int32, when string) {
		t.Helper()
		require.Equal(t, want, asked.Load(), "how often Redis was asked "+when)
	}

	for range 10 {
		f.wantSource(t, "k", FromDatabase)
	}
	wantAsked(3, "while down")
	assert.Len(t, f.output.lines(t, "msg"), 3, "failures that opened the breaker")
	lines := f.output.lines(t, "_aws")
	last := lines[len(lines)-1]
	assert.Equal(t, ReasonCircuitOpen, last["reason"])
	assert.Equal(t, 1.0, last["CacheFailure"])
	assert.Equal(t, 1.0, last["CacheMiss"])

	f.clock.advance(DefaultBreakerCooldown)
	for range 10 {
		f.wantSource(t, "k", FromDatabase)
	}
	wantAsked(4, "after the cooldown, still down,")

	down.Store(false)
	f.clock.advance(DefaultBreakerCooldown)
	for range 10 {
		f.wantSource(t, "k", FromCache)
	}
	wantAsked(14, "when back")
}

func TestFailuresThatAreNotInARowLeaveTheBreakerClosed(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	for range 5 {
		failures := 0
		hook(f.redis, "GET", func(p *server.Peer) bool {
			if failures++; failures <= 2 {
				p.WriteError("LOADING")
				return true
			}
			return false
		})
		f.wantSource(t, "k", FromDatabase)
		f.wantSource(t, "k", FromDatabase)
		f.wantSource(t, "k", FromCache)
	}
}

func TestAnOpenBreakerAdmitsOneRequestAfterTheCooldown(t *testing.T) {
	clock := &fakeClock{}
	b := breaker{threshold: 1, cooldown: DefaultBreakerCooldown, now: clock.now}
	b.failed()
	assert.False(t, b.allow(), "just opened")
	clock.advance(DefaultBreakerCooldown)
	assert.True(t, b.allow(), "after the cooldown")
	assert.False(t, b.allow(), "before the first request is back")
}
