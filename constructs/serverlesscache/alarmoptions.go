package serverlesscache

import "github.com/securebase/cdk-redis-cache/constructs/rediscache"

// AlarmOptions changes the alarms of a ServerlessCache; nil leaves an alarm at its default. Every alarm has a description
// that says what to do.
type AlarmOptions struct {
	// Enabled switches all alarms on or off.
	//
	// Default: true.
	Enabled *bool `field:"optional" json:"enabled" yaml:"enabled"`

	// DataStorage watches BytesUsedForCache, in percent of the Maximum of CacheUsageLimits.DataStorage. Only with that
	// limit. A GB is counted as 1,000,000,000 bytes, so that the alarm never comes late.
	//
	// Default: above 75, as AWS recommends, for 5 periods of one minute.
	DataStorage *rediscache.AlarmThreshold `field:"optional" json:"dataStorage" yaml:"dataStorage"`

	// EcpuPerSecond watches ElastiCacheProcessingUnits, in percent of the Maximum of CacheUsageLimits.EcpuPerSecond, as the
	// average of a minute. Only with that limit.
	//
	// Default: above 75, as AWS recommends, for 5 periods of one minute.
	EcpuPerSecond *rediscache.AlarmThreshold `field:"optional" json:"ecpuPerSecond" yaml:"ecpuPerSecond"`

	// ThrottledCmds watches the number of requests that were throttled in a period of five minutes, at the limit or because
	// the load grew faster than the cache could scale.
	//
	// Default: above 100 in 1 period.
	ThrottledCmds *rediscache.AlarmThreshold `field:"optional" json:"throttledCmds" yaml:"throttledCmds"`

	// Evictions watches the number of keys evicted before they expired, in a period of five minutes.
	//
	// Default: above 1000 in 1 period.
	Evictions *rediscache.AlarmThreshold `field:"optional" json:"evictions" yaml:"evictions"`

	// CacheHitRate watches hits in percent of reads, in periods of five minutes. A period with fewer than 100 reads counts
	// as good.
	//
	// Default: below 70 for 3 periods.
	CacheHitRate *rediscache.AlarmThreshold `field:"optional" json:"cacheHitRate" yaml:"cacheHitRate"`

	// AuthenticationFailures watches the number of refused logins in a period of five minutes. Only with a login.
	//
	// Default: above 10 in 1 period.
	AuthenticationFailures *rediscache.AlarmThreshold `field:"optional" json:"authenticationFailures" yaml:"authenticationFailures"`
}
