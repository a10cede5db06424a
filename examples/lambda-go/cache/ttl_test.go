package cache

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTierFollowsTheAgeOfTheLastDay(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		lastDay string
		want    time.Duration
	}{
		"a range that includes today":            {"2026-11-22", 300 * time.Second},
		"a range that reaches into the future":   {"2026-12-24", 300 * time.Second},
		"a range that ended yesterday":           {"2026-11-21", 3600 * time.Second},
		"a range that ended thirty days ago":     {"2026-10-23", 3600 * time.Second},
		"a range that ended thirty-one days ago": {"2026-10-22", 86400 * time.Second},
		"a range of years ago":                   {"2020-02-29", 86400 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			lastDay, err := time.Parse(time.DateOnly, c.lastDay)
			require.NoError(t, err)
			assert.Equal(t, c.want, TTLFor(lastDay, now))
		})
	}
}

func TestTodayIsADayOfUTC(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("west", -5*3600)) // the 23rd in UTC
	assert.Equal(t, TTLMonth, TTLFor(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), now), "in UTC the day is over")
}

func TestJitterSpreadsATTLAndNeverLengthensIt(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 1000 {
		ttl := jittered(time.Hour)
		require.LessOrEqual(t, ttl, time.Hour)
		require.GreaterOrEqual(t, ttl, 54*time.Minute)
		seen[ttl] = true
	}
	assert.Greater(t, len(seen), 100, "different ttls of 1000 keys")
}
