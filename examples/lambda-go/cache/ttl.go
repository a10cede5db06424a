package cache

import (
	"math/rand/v2"
	"time"
)

// The tiers of TTLFor.
const (
	// TTLToday is for ranges that include today: their numbers still grow.
	TTLToday = 300 * time.Second
	// TTLMonth is for ranges that ended within the last 30 days: late events still correct them.
	TTLMonth = 3600 * time.Second
	// TTLHistory is for older ranges.
	TTLHistory = 86400 * time.Second

	// jitter is the part of a ttl that may be taken off, so that keys written together do not expire together.
	jitter = 0.10
)

// TTLFor gives the tier for data whose last day is lastDay, counted in days of UTC. A day in the future counts as today.
func TTLFor(lastDay, now time.Time) time.Duration {
	today := now.UTC().Truncate(24 * time.Hour)
	switch last := lastDay.UTC().Truncate(24 * time.Hour); {
	case !last.Before(today):
		return TTLToday
	case !last.Before(today.AddDate(0, 0, -30)):
		return TTLMonth
	default:
		return TTLHistory
	}
}

// jittered never lengthens a ttl: the tier is a promise about how old an answer may be.
func jittered(ttl time.Duration) time.Duration {
	return ttl - time.Duration(rand.Float64()*jitter*float64(ttl))
}
