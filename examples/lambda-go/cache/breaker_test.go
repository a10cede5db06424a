package cache

import (
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2/server"
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
		if got := asked.Load(); got != want {
			t.Fatalf("%s Redis was asked %d times, want %d", when, got, want)
		}
	}

	for range 10 {
		f.wantSource(t, "k", FromDatabase)
	}
	wantAsked(3, "while down")
	if got := len(f.output.lines(t, "msg")); got != 3 {
		t.Errorf("%d failures were logged, want the 3 that opened the breaker", got)
	}
	lines := f.output.lines(t, "_aws")
	last := lines[len(lines)-1]
	if last["reason"] != ReasonCircuitOpen || last["CacheFailure"] != 1.0 || last["CacheMiss"] != 1.0 {
		t.Errorf("a skipped lookup counted %v", last)
	}

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
	if b.allow() {
		t.Error("a breaker that has just opened admits a request")
	}
	clock.advance(DefaultBreakerCooldown)
	if !b.allow() {
		t.Error("after the cooldown no request is admitted")
	}
	if b.allow() {
		t.Error("a second request is admitted before the first one is back")
	}
}
