package cache

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInClusterModeEveryKeyIsKeptOnTheShardOfItsSlot(t *testing.T) {
	f, s := newSharded(t)
	for _, keys := range s.fill(t, f) {
		for _, key := range keys {
			f.wantSource(t, key, FromCache)
			assert.Equal(t, 1.0, f.metric(t, "CacheHit"))
		}
	}
	assert.Equal(t, 1, s.slotsAsked(), "reads of the map of the slots")
	assert.Empty(t, f.output.lines(t, "msg"), "failures")
	f.secrets.wantReads(t, 1)
}

func TestInClusterModeHostAndPortMayComeFromTheSecret(t *testing.T) {
	f, s := newSharded(t, func(o *Options) { o.Host, o.Port = "", "" })
	f.secrets.set(fmt.Sprintf(`{"host": %q, "port": %s, "auth_token": %q}`, f.redis.Host(), f.redis.Port(), token), nil)
	s.fill(t, f)
}

func TestInClusterModeRedirectionsAreFollowed(t *testing.T) {
	for _, c := range []struct {
		name    string
		command string
		reply   string
	}{
		{"a slot that has moved, read", "GET", "MOVED 1 %s"},
		{"a slot that has moved, written", "SET", "MOVED 1 %s"},
		{"a slot that is on the move, read", "GET", "ASK 1 %s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, s := newSharded(t)
			key := s.fill(t, f)[0][0]
			store(t, s.shards[1], key)
			s.set(func() { s.redirect[c.command+" "+s.primary[0]] = fmt.Sprintf(c.reply, s.primary[1]) })
			if c.command == "SET" {
				s.shards[0].Del(key)
				s.shards[1].Del(key)
				f.wantSource(t, key, FromDatabase)
				assert.True(t, s.shards[1].Exists(key), "the value is where the slot is now")
			} else {
				f.wantSource(t, key, FromCache)
			}
			assert.Empty(t, f.output.lines(t, "msg"), "failures")
		})
	}
}

func TestALostShardCostsItsOwnKeysOnly(t *testing.T) {
	f, s := newSharded(t)
	keys := s.fill(t, f)
	s.shards[1].Close()
	for range 5 {
		f.wantSource(t, keys[0][0], FromCache)
		f.wantSource(t, keys[1][0], FromDatabase)
		assert.NotZero(t, f.metric(t, "CacheFailure"))
	}
	assert.Len(t, f.output.lines(t, "msg"), DefaultBreakerThreshold, "failures before the breaker of the lost shard opened")
	lines := f.output.lines(t, "_aws")
	assert.Equal(t, ReasonCircuitOpen, lines[len(lines)-1]["reason"])
}

func TestAfterAFailoverTheNewPrimaryIsFound(t *testing.T) {
	f, s := newSharded(t)
	keys := s.fill(t, f)
	s.shards[1].Close()
	s.set(func() { s.primary[1] = s.primary[0] })
	store(t, s.shards[0], keys[1][0])
	f.wantSource(t, keys[1][0], FromDatabase)
	require.Eventually(t, func() bool {
		_, source := f.get(t, keys[1][0])
		return source == FromCache
	}, 20*time.Second, 20*time.Millisecond, "the key comes from its new primary")
}

func TestAnUnreachableConfigurationEndpointCostsTheCacheOnly(t *testing.T) {
	f, _ := newSharded(t, func(o *Options) { o.Port = closedPort(t) })
	for range 5 {
		f.wantSource(t, "k", FromDatabase)
	}
	f.wantReason(t, "GET", "primary", ReasonConnection)
	assert.Len(t, f.output.lines(t, "msg"), DefaultBreakerThreshold, "failures before the breaker opened")
}

func TestInClusterModeTheNameOfEachNodeIsVerified(t *testing.T) {
	f, s := newSharded(t)
	// The test's certificate is valid for 127.0.0.1 and not for localhost.
	s.primary[1] = strings.Replace(s.primary[1], "127.0.0.1", "localhost", 1)
	for range DefaultBreakerThreshold {
		for i := range 12 {
			f.get(t, fmt.Sprintf("report:v1:%d", i))
		}
	}
	logs := f.output.lines(t, "msg")
	require.Len(t, logs, DefaultBreakerThreshold)
	assert.Contains(t, logs[0]["error"], "wanted to match localhost")
	assert.False(t, len(s.shards[1].Keys()) > 0, "a value was sent to a node that is not who it says")
}

func TestInClusterModeARefusedTokenIsReadAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		warm bool // the map of the slots is known when the token changes
	}{
		{"when the map of the slots is read", false},
		{"when a node is connected to", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, s := newSharded(t)
			if c.warm {
				f.wantSource(t, s.keyOf(t, 0), FromDatabase) // connects to the first shard only
			} else {
				_, err := f.Cache.secrets.get(context.Background())
				require.NoError(t, err)
			}
			for _, shard := range s.shards {
				shard.RequireAuth("second-token-0123456789")
			}
			f.secrets.set(secretJSON("second-token-0123456789"), nil)
			f.clock.advance(time.Hour)
			f.wantSource(t, s.keyOf(t, 1), FromDatabase)
			f.wantSource(t, s.keyOf(t, 1), FromCache)
			assert.Empty(t, f.output.lines(t, "msg"), "failures")
			f.secrets.wantReads(t, 2)
		})
	}
}

func TestInClusterModeReadsGoToReplicasAndWritesToPrimaries(t *testing.T) {
	f, s := newSharded(t, func(o *Options) { o.ReadFromReplicas = true })
	replica := newRedis(t, token)
	s.serve(replica)
	s.replica = [2]string{replica.Addr(), replica.Addr()}
	store(t, replica, "on the replica only")
	f.wantSource(t, "on the replica only", FromCache)
	f.wantSource(t, "new", FromDatabase)
	assert.False(t, replica.Exists("new"))
	assert.True(t, s.shards[0].Exists("new") || s.shards[1].Exists("new"))
	assert.Empty(t, f.output.lines(t, "msg"), "failures")

	replica.Close()
	f.wantSource(t, "new", FromCache) // from the primary
	f.wantReason(t, "GET", "reader", ReasonConnection)
}

func TestInClusterModeAShardWithoutAReplicaIsReadFromItsPrimary(t *testing.T) {
	f, s := newSharded(t, func(o *Options) { o.ReadFromReplicas = true })
	for _, keys := range s.fill(t, f) {
		f.wantSource(t, keys[0], FromCache)
	}
	assert.Empty(t, f.output.lines(t, "msg"), "failures")
}

// keyOf is a key of a shard, found by storing it in a cluster of another cache.
func (s *shardedRedis) keyOf(t *testing.T, shard int) string {
	t.Helper()
	f, other := newSharded(t)
	return other.fill(t, f)[shard][0]
}
