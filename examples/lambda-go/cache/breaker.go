package cache

import (
	"sync"
	"time"
)

// breaker skips an endpoint for a while after several failures in a row.
type breaker struct {
	threshold int
	cooldown  time.Duration
	now       func() time.Time

	mu       sync.Mutex
	failures int
	retryAt  time.Time
}

// allow reports whether the endpoint may be asked. When the cooldown is over it admits one caller and holds the others back
// for another cooldown, or until that caller succeeds.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < b.threshold {
		return true
	}
	if b.now().Before(b.retryAt) {
		return false
	}
	b.retryAt = b.now().Add(b.cooldown)
	return true
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = 0
}

func (b *breaker) failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	b.retryAt = b.now().Add(b.cooldown)
}
