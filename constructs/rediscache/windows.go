package rediscache

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
	// ElastiCache asks for at least 60 minutes for both windows.
	shortestWindow = 60
)

// window is a span in minutes from Monday 00:00 (weekly) or from 00:00 (daily); it may run past the end of its cycle.
type window struct{ start, length int }

var (
	dailyWindow  = regexp.MustCompile(`^(\d\d):(\d\d)-(\d\d):(\d\d)$`)
	weeklyWindow = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):(\d\d):(\d\d)-(mon|tue|wed|thu|fri|sat|sun):(\d\d):(\d\d)$`)
)

// parseDaily reads "03:00-05:00"; an end before the start is on the next day.
func parseDaily(text string) (window, bool) {
	part := dailyWindow.FindStringSubmatch(text)
	if part == nil {
		return window{}, false
	}
	return span("", part[1], part[2], "", part[3], part[4], minutesOfDay)
}

// parseWeekly reads "sun:05:00-sun:07:00"; an end before the start is in the next week.
func parseWeekly(text string) (window, bool) {
	part := weeklyWindow.FindStringSubmatch(text)
	if part == nil {
		return window{}, false
	}
	return span(part[1], part[2], part[3], part[4], part[5], part[6], minutesOfWeek)
}

func span(fromDay, fromHour, fromMinute, toDay, toHour, toMinute string, cycle int) (window, bool) {
	from, ok1 := minuteOf(fromDay, fromHour, fromMinute)
	to, ok2 := minuteOf(toDay, toHour, toMinute)
	return window{from, (to - from + cycle) % cycle}, ok1 && ok2
}

func minuteOf(day, hour, minute string) (int, bool) {
	d := max(0, strings.Index("montuewedthufrisatsun", day)/3)
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return d*minutesOfDay + h*60 + m, h < 24 && m < 60
}

// overlaps tells whether a daily window meets a weekly one on any day that it can fall on.
func (daily window) overlaps(weekly window) bool {
	for day := -1; day <= 14; day++ {
		start := day*minutesOfDay + daily.start
		if start < weekly.start+weekly.length && weekly.start < start+daily.length {
			return true
		}
	}
	return false
}
