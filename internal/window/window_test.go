package window

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDailyWindowsAreReadAndMeasured(t *testing.T) {
	tests := []struct {
		name, text string
		minutes    int
		valid      bool
	}{
		{"two hours at night", "03:00-05:00", 120, true},
		{"a window across midnight", "23:30-00:29", 59, true},
		{"no time at all", "03:00-03:00", 0, true},
		{"one digit for the hour", "3:00-5:00", 0, false},
		{"the 25th hour", "25:00-26:00", 0, false},
		{"the 60th minute", "03:60-05:00", 0, false},
		{"midnight as 24:00", "22:00-24:00", 0, false},
		{"a weekday", "sun:03:00-sun:05:00", 0, false},
		{"words", "at night", 0, false},
		{"nothing", "", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, valid := ParseDaily(test.text)
			require.Equal(t, test.valid, valid)
			if valid {
				assert.Equal(t, test.minutes, got.Minutes())
			}
		})
	}
}

func TestWeeklyWindowsAreReadAndMeasured(t *testing.T) {
	tests := []struct {
		name, text string
		minutes    int
		valid      bool
	}{
		{"two hours on Sunday", "sun:05:00-sun:07:00", 120, true},
		{"a night from Saturday to Sunday", "sat:23:00-sun:01:00", 120, true},
		{"a night across the end of the week", "sun:23:00-mon:01:00", 120, true},
		{"two days", "fri:20:00-sun:20:00", 48 * 60, true},
		{"a long weekday", "sunday:05:00-sunday:06:00", 0, false},
		{"capitals", "Sun:05:00-Sun:06:00", 0, false},
		{"no weekday", "05:00-06:00", 0, false},
		{"the 24th hour", "sun:24:00-sun:25:00", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, valid := ParseWeekly(test.text)
			require.Equal(t, test.valid, valid)
			if valid {
				assert.Equal(t, test.minutes, got.Minutes())
			}
		})
	}
}

func TestOverlaps(t *testing.T) {
	tests := []struct {
		name, daily, weekly string
		want                bool
	}{
		{"windows that touch do not overlap", "03:00-05:00", "sun:05:00-sun:07:00", false},
		{"windows that touch at the other end do not overlap", "07:00-08:00", "sun:05:00-sun:07:00", false},
		{"one minute is an overlap", "03:00-05:01", "sun:05:00-sun:07:00", true},
		{"one window inside the other is an overlap", "05:30-06:30", "sun:05:00-sun:07:00", true},
		{"a window across midnight meets the day after", "23:30-00:30", "mon:00:00-mon:02:00", true},
		{"a window across midnight meets the end of the week", "23:30-00:30", "sun:22:00-sun:23:45", true},
		{"maintenance across a weekend night meets the small hours", "00:30-01:30", "sat:23:00-sun:01:00", true},
		{"maintenance across the end of the week meets Monday", "00:30-01:30", "sun:23:00-mon:01:00", true},
		{"maintenance of two days meets every window", "12:00-13:00", "fri:20:00-sun:20:00", true},
		{"other hours do not overlap", "03:00-05:00", "sat:23:00-sun:01:00", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			daily, ok1 := ParseDaily(test.daily)
			weekly, ok2 := ParseWeekly(test.weekly)
			require.True(t, ok1 && ok2)
			assert.Equal(t, test.want, daily.Overlaps(weekly))
		})
	}
}

// FuzzOverlapsAgreesWithCountingMinutes holds Overlaps against an oracle that marks every minute of two weeks.
func FuzzOverlapsAgreesWithCountingMinutes(f *testing.F) {
	f.Add(180, 120, 6*1440+300, 120)
	f.Add(1410, 60, 0, 120)
	f.Fuzz(func(t *testing.T, dailyStart, dailyMinutes, weeklyStart, weeklyMinutes int) {
		within := func(n, limit int) int { return (n%limit + limit) % limit }
		length := func(n, cycle int) int { return 1 + within(n, cycle-1) }
		daily := Daily{span{within(dailyStart, minutesOfDay), length(dailyMinutes, minutesOfDay)}}
		weekly := Weekly{span{within(weeklyStart, minutesOfWeek), length(weeklyMinutes, minutesOfWeek)}}
		var maintenance [minutesOfWeek]bool
		for m := range weekly.minutes {
			maintenance[(weekly.start+m)%minutesOfWeek] = true
		}
		meet := false
		for day := range 7 {
			for m := range daily.minutes {
				meet = meet || maintenance[(day*minutesOfDay+daily.start+m)%minutesOfWeek]
			}
		}
		assert.Equal(t, meet, daily.Overlaps(weekly), "%+v and %+v", daily, weekly)
	})
}
