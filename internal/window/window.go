// Package window reads ElastiCache's daily and weekly time windows. All times are UTC.
package window

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

// Minimum is the shortest window that ElastiCache accepts, in minutes, for snapshots and for maintenance alike
// (CreateReplicationGroup, API reference).
const Minimum = 60

// Daily is a time range of every day, such as the snapshot window. It may run past midnight.
type Daily struct{ span }

// Weekly is a time range of every week, such as the maintenance window. It may run past the end of Sunday.
type Weekly struct{ span }

// span is a range in minutes, from 00:00 (daily) or from Monday 00:00 (weekly).
type span struct{ start, minutes int }

// Minutes is the length of the window.
func (s span) Minutes() int { return s.minutes }

const clock = `(\d\d):(\d\d)`

var (
	dailyPattern  = regexp.MustCompile(`^()` + clock + `-()` + clock + `$`)
	weeklyPattern = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):` + clock + `-(mon|tue|wed|thu|fri|sat|sun):` + clock + `$`)
)

// ParseDaily reads "03:00-05:00". An end before the start is on the next day.
func ParseDaily(text string) (Daily, bool) {
	s, ok := parse(dailyPattern, text, minutesOfDay)
	return Daily{s}, ok
}

// ParseWeekly reads "sun:05:00-sun:07:00". An end before the start is in the next week.
func ParseWeekly(text string) (Weekly, bool) {
	s, ok := parse(weeklyPattern, text, minutesOfWeek)
	return Weekly{s}, ok
}

// Overlaps reports whether the daily window meets the weekly one on any day that it falls on.
func (d Daily) Overlaps(w Weekly) bool {
	for day := -1; day <= 14; day++ {
		start := day*minutesOfDay + d.start
		if start < w.start+w.minutes && w.start < start+d.minutes {
			return true
		}
	}
	return false
}

func parse(pattern *regexp.Regexp, text string, cycle int) (span, bool) {
	part := pattern.FindStringSubmatch(text)
	if part == nil {
		return span{}, false
	}
	from, ok1 := minuteOf(part[1], part[2], part[3])
	to, ok2 := minuteOf(part[4], part[5], part[6])
	return span{from, (to - from + cycle) % cycle}, ok1 && ok2
}

// minuteOf is the minute within the cycle; an empty day is the first one.
func minuteOf(day, hour, minute string) (int, bool) {
	d := max(0, strings.Index("montuewedthufrisatsun", day)/3)
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return d*minutesOfDay + h*60 + m, h < 24 && m < 60
}
