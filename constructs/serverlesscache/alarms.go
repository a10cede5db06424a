package serverlesscache

import "github.com/securebase/cdk-redis-cache/constructs/rediscache"

const (
	above = "GreaterThanThreshold"
	below = "LessThanThreshold"
)

// alarmKind is an alarm of the cache, as data. A cache that nobody uses publishes nothing, so missing data is not breaching.
type alarmKind struct {
	field                        string // of AlarmOptions
	option                       func(*AlarmOptions) *rediscache.AlarmThreshold
	id, suffix                   string // of the construct, and of the physical name
	metric, statistic            string
	period                       float64 // seconds
	comparison                   string
	threshold, evaluationPeriods float64
	percent                      bool
	limit                        func(l limits) limit // that the threshold is a percentage of; nil for a threshold of the metric's own
	unit                         float64              // of the limit in the metric
	ofLogins                     bool                 // nothing to watch without a login
	text                         string               // what fired and what to do
}

const bytesPerGB = 1_000_000_000

// percentOfLimit is where AWS recommends an alarm on a maximum ("Scaling ElastiCache", user guide).
const percentOfLimit = 75

// alarmKinds are the alarms in the order of AlarmOptions.
var alarmKinds = []alarmKind{
	{
		field: "DataStorage", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.DataStorage },
		id: "DataStorageAlarm", suffix: "data-storage", metric: bytesUsedForCache, statistic: maximum,
		period: 60, comparison: above, threshold: percentOfLimit, evaluationPeriods: 5, percent: true,
		limit: func(l limits) limit { return l.storage }, unit: bytesPerGB,
		text: "The data has reached %s%% of CacheUsageLimits.DataStorage. At the maximum, keys with a TTL are evicted, and without " +
			"such keys writes fail: shorten TTLs, look for large keys, or raise the maximum.",
	},
	{
		field: "EcpuPerSecond", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.EcpuPerSecond },
		id: "EcpuPerSecondAlarm", suffix: "ecpu-per-second", metric: elastiCacheProcessingUnits, statistic: sum,
		period: 60, comparison: above, threshold: percentOfLimit, evaluationPeriods: 5, percent: true,
		limit: func(l limits) limit { return l.ecpu }, unit: 60, // the metric is a sum over a period of 60 seconds
		text: "The load has reached %s%% of CacheUsageLimits.EcpuPerSecond. At the maximum, requests are throttled: look for a jump " +
			"in requests and for costly commands, or raise the maximum.",
	},
	{
		field: "ThrottledCmds", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.ThrottledCmds },
		id: "ThrottledCmdsAlarm", suffix: "throttled-cmds", metric: throttledCmds, statistic: sum,
		period: 300, comparison: above, threshold: 100, evaluationPeriods: 1,
		text: "More than %s requests were throttled in five minutes: the load is at its limit, or grows faster than the cache scales. " +
			"Raise the maximum of CacheUsageLimits.EcpuPerSecond, or set its minimum before an expected peak.",
	},
	{
		field: "Evictions", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.Evictions },
		id: "EvictionsAlarm", suffix: "evictions", metric: evictions, statistic: sum,
		period: 300, comparison: above, threshold: 1000, evaluationPeriods: 1,
		text: "More than %s keys were evicted in five minutes, before they expired. The working set does not fit: " +
			"raise the maximum of CacheUsageLimits.DataStorage, or cache less.",
	},
	{
		field: "CacheHitRate", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.CacheHitRate },
		id: "CacheHitRateAlarm", suffix: "hit-rate", metric: cacheHitRate, statistic: sum,
		period: 300, comparison: below, threshold: 70, evaluationPeriods: 3, percent: true,
		text: "Fewer than %s%% of the reads hit. Look for changed keys or TTLs in the last release, and for evictions.",
	},
	{
		field: "AuthenticationFailures", option: func(o *AlarmOptions) *rediscache.AlarmThreshold { return o.AuthenticationFailures },
		id: "AuthenticationFailuresAlarm", suffix: "authentication-failures", metric: authFailures, statistic: sum,
		period: 300, comparison: above, threshold: 10, evaluationPeriods: 1,
		ofLogins: true,
		text: "More than %s logins were refused in five minutes. Look for a client with an old user, " +
			"and for one that should not connect at all.",
	},
}
