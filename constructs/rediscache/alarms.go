package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

const (
	// engineCpuVcpus is from how many vCPUs on the engine's one thread is full long before the host is: AWS advises to
	// alarm on EngineCPUUtilization from 4 vCPU up, and on CPUUtilization below.
	engineCpuVcpus = 4
	// hitRateExpression is the hit rate of a period in percent. Fewer than 100 reads in five minutes say nothing, so
	// they count as a good rate.
	hitRateExpression = "IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)"
)

// alarm is one alarm of one member, as plain values.
type alarm struct {
	id          string // of the construct
	name        *string
	description string
	metric      string
	statistic   string
	period      float64 // seconds
	setting     alarmSetting
	comparison  awscloudwatch.ComparisonOperator
	clusterId   string
}

// alarmKind is an alarm that every member has.
type alarmKind struct {
	id, suffix, metric, statistic string
	period                        float64
	setting                       alarmSetting
	comparison                    awscloudwatch.ComparisonOperator
	describe                      string // what fired and what to do, after the member and before the threshold
}

// alarmsMade are the settings with all off that is not made for this node type and number of nodes.
func (s *settings) alarmsMade() alarmSettings {
	a := s.alarms
	a.engineCpu.enabled = a.engineCpu.enabled && (a.engineCpu.given || nodeTypes()[s.nodeType].vcpus >= engineCpuVcpus)
	a.replicationLag.enabled = a.replicationLag.enabled && s.replicas()
	if !a.enabled {
		return alarmSettings{}
	}
	return a
}

// alarmKinds are the alarms that are on for these settings, in the order of AlarmOptions.
func alarmKinds(s *settings) []alarmKind {
	above, below := awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD, awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD
	a := s.alarmsMade()
	all := []alarmKind{
		{"CpuAlarm", "cpu", cpuUtilization, average, 60, a.cpu, above,
			"CPU of the host above %s %%. Look for costly commands in the slow log and for a jump in connections; then take a larger node type, or send reads to the reader endpoint."},
		{"EngineCpuAlarm", "engine-cpu", engineCpu, average, 60, a.engineCpu, above,
			"The engine's one thread is busy above %s %%. More vCPU do not help: look for costly commands in the slow log, send reads to the reader endpoint, or split the data over two caches."},
		{"MemoryAlarm", "memory", memoryUsage, average, 60, a.memory, above,
			"Memory in use above %s %%. Evictions follow: shorten TTLs, look for large keys, or take a node type with more memory."},
		{"EvictionsAlarm", "evictions", evictions, sum, 300, a.evictions, above,
			"More than %s keys evicted in five minutes, before their TTL ended. The working set does not fit: take a node type with more memory, or cache less."},
		{"CacheHitRateAlarm", "hit-rate", cacheHitRate, sum, 300, a.hitRate, below,
			"Fewer than %s %% of the reads hit. Look for changed keys or TTLs in the last release, for evictions, and for a restart or failover that emptied the cache."},
		{"ReplicationLagAlarm", "replication-lag", replicationLag, maximum, 60, a.replicationLag, above,
			"The replica is more than %s seconds behind: readers see old data, and a failover loses that much. Look for a burst of writes and for network limits of the node type."},
	}
	var on []alarmKind
	for _, kind := range all {
		if kind.setting.enabled {
			on = append(on, kind)
		}
	}
	return on
}

// alarmsOf has an alarm of each kind for each member. Roles move at a failover, so every member has them all.
func alarmsOf(s *settings, m members) []alarm {
	var all []alarm
	for _, kind := range alarmKinds(s) {
		for node := 1; node <= m.count; node++ {
			member := fmt.Sprintf("%03d", node)
			all = append(all, alarm{
				id:          fmt.Sprintf("%s%d", kind.id, node),
				name:        s.physicalName(groupIdSuffix + "-" + member + "-" + kind.suffix),
				description: fmt.Sprintf("%s, node %s: ", s.title(), member) + fmt.Sprintf(kind.describe, numberText(kind.setting.threshold)),
				metric:      kind.metric,
				statistic:   kind.statistic,
				period:      kind.period,
				setting:     kind.setting,
				comparison:  kind.comparison,
				clusterId:   m.clusterId(node),
			})
		}
	}
	return all
}

// isHitRate: the one alarm on an expression, because CacheHitRate alone is noise when nobody reads.
func (a alarm) isHitRate() bool { return a.metric == cacheHitRate }
