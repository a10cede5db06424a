package cache

import (
	"sync"
	"time"
)

// breakers are the circuit breakers of an endpoint by node.
type breakers struct {
	threshold int
	cooldown  time.Duration
	now       func() time.Time

	mu     sync.Mutex
	byNode map[string]*breaker
}

func newBreakers(threshold int, cooldown time.Duration, now func() time.Time) *breakers {
	return &breakers{threshold: threshold, cooldown: cooldown, now: now, byNode: map[string]*breaker{}}
}

func (b *breakers) of(node string) *breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := b.byNode[node]
	if found == nil {
		found = &breaker{threshold: b.threshold, cooldown: b.cooldown, now: b.now}
		b.byNode[node] = found
	}
	return found
}

// breaker skips a node for a while after several failures in a row.
type breaker struct {
	threshold int
	cooldown  time.Duration
	now       func() time.Time

	mu       sync.Mutex
	failures int
	retryAt  time.Time
}

// allow reports whether the node may be asked. When the cooldown is over it admits one caller and holds the others back for
// another cooldown, or until that caller succeeds.
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
