package drills

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// keyWriter writes numbered keys through the primary endpoint and remembers which writes were acknowledged, and when they were
// sent: the acknowledgement may have arrived before the test saw it.
type keyWriter struct {
	stop, done chan struct{}

	mu           sync.Mutex
	acknowledged map[int]time.Time
}

func writerKey(n int) string { return fmt.Sprintf("written:%d", n) }

// startWriter writes about a thousand keys a second from now on.
func startWriter(t testing.TB, cache *deploy.Cache, addr string) *keyWriter {
	w := &keyWriter{stop: make(chan struct{}), done: make(chan struct{}), acknowledged: map[int]time.Time{}}
	options := cache.Options(addr)
	options.ReadTimeout = 500 * time.Millisecond
	client := engines.Dial(t, options)
	go func() {
		defer close(w.done)
		for n := 0; ; n++ {
			select {
			case <-w.stop:
				return
			case <-time.After(time.Millisecond):
			}
			sent := time.Now()
			if client.Set(context.Background(), writerKey(n), n, time.Hour).Err() == nil {
				w.mu.Lock()
				w.acknowledged[n] = sent
				w.mu.Unlock()
			}
		}
	}()
	t.Cleanup(w.Stop)
	return w
}

// Stop ends the writing.
func (w *keyWriter) Stop() {
	select {
	case <-w.stop:
	default:
		close(w.stop)
	}
	<-w.done
}

// Missing are the acknowledged writes that a server does not have, with the time at which each was sent.
func (w *keyWriter) Missing(t testing.TB, client *redis.Client) (missing []time.Time, acknowledged int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx := context.Background()
	pipe := client.Pipeline()
	found := map[int]*redis.IntCmd{}
	for n := range w.acknowledged {
		found[n] = pipe.Exists(ctx, writerKey(n))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
	for n, exists := range found {
		if exists.Val() == 0 {
			missing = append(missing, w.acknowledged[n])
		}
	}
	return missing, len(w.acknowledged)
}
