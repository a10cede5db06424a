package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"
	"github.com/stretchr/testify/assert"
)

// rotate changes the token of the server and of the secret, an hour after the secret was read.
func (f *fixture) rotate(next string) {
	f.redis.RequireAuth(next)
	f.secrets.set(secretJSON(next), nil)
	f.clock.advance(time.Hour)
}

func TestARefusedTokenIsReadAgainAndTheLookupSucceeds(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	f.rotate("second-token-0123456789")
	hook(f.redis, "GET", once(func(p *server.Peer) { p.Close() }))
	f.wantSource(t, "k", FromCache)
	f.secrets.wantReads(t, 2)
	assert.Zero(t, f.metric(t, "CacheFailure"))
}

func TestAnEstablishedConnectionOutlivesARotation(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	f.rotate("second-token-0123456789")
	f.wantSource(t, "k", FromCache)
	f.secrets.wantReads(t, 1)
}

func TestEveryReplyThatRefusesATokenIsRecognised(t *testing.T) {
	for _, reply := range []string{
		"WRONGPASS invalid username-password pair or user is disabled.",
		"WRONGPASS this user has no such password",
		"NOAUTH Authentication required.",
		"ERR invalid password",
		"ERR invalid username-password pair",
	} {
		t.Run(reply, func(t *testing.T) {
			f := newFixture(t)
			f.wantSource(t, "k", FromDatabase)
			f.rotate("second-token-0123456789")
			hook(f.redis, "GET", once(func(p *server.Peer) { p.WriteError(reply) }))
			f.wantSource(t, "k", FromCache)
			f.secrets.wantReads(t, 2)
		})
	}
}

func TestManyRefusedRequestsReadTheSecretOnce(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.PoolSize = 10; o.BreakerThreshold = 100 })
	f.wantSource(t, "k", FromDatabase)
	f.rotate("second-token-0123456789")
	f.disconnect(t)

	var wg sync.WaitGroup
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, _, err := GetOrLoad(context.Background(), f.Cache, fmt.Sprint(i), time.Hour, func(context.Context) (int, error) { return i, nil })
			assert.NoError(t, err)
		}()
	}
	wg.Wait()
	f.secrets.wantReads(t, 2)
	assert.Empty(t, f.output.lines(t, "msg"), "failures")
}

func TestATokenThatStaysRefusedIsNotReadForEachRequest(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.BreakerThreshold = 100 })
	f.redis.RequireAuth("a token that nobody wrote to the secret")
	for range 5 {
		f.wantSource(t, "k", FromDatabase)
		f.wantReason(t, "GET", "primary", ReasonAuth)
	}
	f.secrets.wantReads(t, 1)
	f.clock.advance(DefaultSecretInterval)
	f.wantSource(t, "k", FromDatabase)
	f.secrets.wantReads(t, 2)
}

func TestASecretUnreadableAtColdStartIsReadLater(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.BreakerThreshold = 100 })
	f.secrets.set("", errors.New("secrets manager is down"))
	for range 5 {
		f.wantSource(t, "k", FromDatabase)
		f.wantReason(t, "GET", "primary", ReasonSecret)
	}
	f.secrets.wantReads(t, 1)

	f.secrets.set(secretJSON(token), nil)
	f.clock.advance(DefaultSecretInterval)
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
	f.secrets.wantReads(t, 2)
}

func TestAFailedRenewalKeepsTheOldTokenForLater(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.BreakerThreshold = 100 })
	f.wantSource(t, "k", FromDatabase)
	f.rotate("second-token-0123456789")
	f.secrets.set("", errors.New("secrets manager is down"))
	hook(f.redis, "GET", once(func(p *server.Peer) { p.Close() }))
	f.wantSource(t, "k", FromDatabase)
	f.wantReason(t, "GET", "primary", ReasonAuth)

	f.redis.RequireAuth(token)
	f.wantSource(t, "k", FromCache)
}
