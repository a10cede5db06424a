// Package retention knows the retention times of CloudWatch Logs, in days and by CDK's names.
package retention

import (
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// byDays are what CloudWatch Logs accepts (PutRetentionPolicy, API reference). 0 is for logs that never expire.
var byDays = map[float64]awslogs.RetentionDays{
	0: awslogs.RetentionDays_INFINITE, 1: awslogs.RetentionDays_ONE_DAY, 3: awslogs.RetentionDays_THREE_DAYS,
	5: awslogs.RetentionDays_FIVE_DAYS, 7: awslogs.RetentionDays_ONE_WEEK, 14: awslogs.RetentionDays_TWO_WEEKS,
	30: awslogs.RetentionDays_ONE_MONTH, 60: awslogs.RetentionDays_TWO_MONTHS, 90: awslogs.RetentionDays_THREE_MONTHS,
	120: awslogs.RetentionDays_FOUR_MONTHS, 150: awslogs.RetentionDays_FIVE_MONTHS, 180: awslogs.RetentionDays_SIX_MONTHS,
	365: awslogs.RetentionDays_ONE_YEAR, 400: awslogs.RetentionDays_THIRTEEN_MONTHS, 545: awslogs.RetentionDays_EIGHTEEN_MONTHS,
	731: awslogs.RetentionDays_TWO_YEARS, 1096: awslogs.RetentionDays_THREE_YEARS, 1827: awslogs.RetentionDays_FIVE_YEARS,
	2192: awslogs.RetentionDays_SIX_YEARS, 2557: awslogs.RetentionDays_SEVEN_YEARS, 2922: awslogs.RetentionDays_EIGHT_YEARS,
	3288: awslogs.RetentionDays_NINE_YEARS, 3653: awslogs.RetentionDays_TEN_YEARS,
}

// OfDays returns the retention of a number of days.
func OfDays(days float64) (retention awslogs.RetentionDays, exists bool) {
	retention, exists = byDays[days]
	return retention, exists
}

// Exists reports whether CloudWatch Logs has the retention.
func Exists(retention awslogs.RetentionDays) bool {
	return slices.Contains(slices.Collect(maps.Values(byDays)), retention)
}

// Days lists all retentions for a message: "0 (never expire), 1, 3 or 5".
func Days() string {
	var list []string
	for _, days := range slices.Sorted(maps.Keys(byDays)) {
		list = append(list, strconv.FormatFloat(days, 'f', -1, 64))
	}
	list[0] += " (never expire)"
	return check.Either(list)
}
