package cache

import (
	"testing"
	"time"
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
			if err != nil {
				t.Fatal(err)
			}
			if got := TTLFor(lastDay, now); got != c.want {
				t.Errorf("TTLFor(%s) = %s, want %s", c.lastDay, got, c.want)
			}
		})
	}
}

func TestTodayIsADayOfUTC(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("west", -5*3600)) // the 23rd in UTC
	if got := TTLFor(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), now); got != TTLMonth {
		t.Errorf("TTLFor = %s, want %s: in UTC the day is over", got, TTLMonth)
	}
}

func TestJitterSpreadsATTLAndNeverLengthensIt(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 1000 {
		ttl := jittered(time.Hour)
		if ttl > time.Hour || ttl < 54*time.Minute {
			t.Fatalf("jittered(1h) = %s, want 54m to 1h", ttl)
		}
		seen[ttl] = true
	}
	if len(seen) < 100 {
		t.Errorf("1000 keys share %d ttls, want them spread", len(seen))
	}
}
