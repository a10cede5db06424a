package cache

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newReaderFixture has a reader of its own at address.
func newReaderFixture(t *testing.T, address string) *fixture {
	t.Helper()
	f := newFixture(t, func(o *Options) { o.ReadFromReplicas = true })
	_ = f.reader.topology.close()
	f.reader.topology = newSingleNode("reader", f.opts, f.Cache.secrets, newLogin(f.opts, f.Cache.secrets, f.clock.now),
		func(*secret) (string, error) {
			if address == "" {
				return "", errors.New("the reader is down")
			}
			return address, nil
		})
	return f
}

func store(t *testing.T, r *miniredis.Miniredis, key string) {
	t.Helper()
	require.NoError(t, r.Set(key, `{"Events":42}`))
}

func TestReadsGoToTheReaderAndWritesToThePrimary(t *testing.T) {
	replica := newRedis(t, token)
	f := newReaderFixture(t, replica.Addr())
	store(t, replica, "on the replica only")
	f.wantSource(t, "on the replica only", FromCache)
	f.wantSource(t, "new", FromDatabase)
	assert.True(t, f.redis.Exists("new"))
	assert.False(t, replica.Exists("new"))
}

func TestAFailingReaderFallsBackToThePrimary(t *testing.T) {
	f := newReaderFixture(t, "")
	store(t, f.redis, "k")
	f.wantSource(t, "k", FromCache)
	f.wantReason(t, "GET", "reader", ReasonConnection)
	assert.Equal(t, 1.0, f.metric(t, "CacheHit"))
}

func TestADeadReaderOpensItsOwnBreakerOnly(t *testing.T) {
	f := newReaderFixture(t, "")
	store(t, f.redis, "k")
	for range 10 {
		f.wantSource(t, "k", FromCache)
	}
	assert.Len(t, f.output.lines(t, "msg"), DefaultBreakerThreshold, "failures before the reader was skipped")
}

func TestTheReaderIsNotUsedUnlessAskedFor(t *testing.T) {
	f := newReaderFixture(t, "")
	f.opts.ReadFromReplicas = false
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
	assert.Empty(t, f.output.lines(t, "msg"), "failures")
}

func TestWithoutAReaderHostReadsGoToThePrimary(t *testing.T) {
	f := newReaderFixture(t, "")
	f.Cache.secrets.current = &secret{token: token}
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)
	assert.Empty(t, f.output.lines(t, "msg"), "failures")
}

func TestTheReaderHostComesFromTheEnvironmentOrTheSecret(t *testing.T) {
	inSecret := fmt.Sprintf(`{"auth_token": %q, "reader_host": "127.0.0.1"}`, token)
	for name, c := range map[string]struct {
		readerHost string
		secret     string
	}{
		"of the secret":                       {"", inSecret},
		"of the variable":                     {"127.0.0.1", fmt.Sprintf(`{"auth_token": %q}`, token)},
		"of the variable before the secret's": {"127.0.0.1", secretJSON(token)},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, func(o *Options) { o.ReadFromReplicas, o.ReaderHost = true, c.readerHost })
			f.secrets.set(c.secret, nil)
			store(t, f.redis, "k")
			f.primary.topology = downTopology{}
			f.wantSource(t, "k", FromCache)
			assert.Empty(t, f.output.lines(t, "msg"), "failures")
		})
	}
}

// downTopology has no node.
type downTopology struct{}

func (downTopology) locate(context.Context, string) (string, redis.Cmdable, error) {
	return "", nil, dialError{errors.New("no node is reachable")}
}

func (downTopology) refresh(context.Context) {}

func (downTopology) close() error { return nil }
