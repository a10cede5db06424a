package rediscache

import "github.com/securebase/cdk-redis-cache/internal/check"

const (
	above = "GreaterThanThreshold"
	below = "LessThanThreshold"
)

// What an alarm makes of a missing value. Every live node publishes CPU, memory and evictions each minute, so a silent node
// shows as INSUFFICIENT_DATA and not as OK. Only replicas publish the lag, and nothing is read at night.
const (
	insufficientData = "missing"
	notBreaching     = "notBreaching"
	breaching        = "breaching"
)

// unknownNodeType is a token, or a mistake that is told as one of NodeType.
const unknownNodeType = "the node type is not known"

// alarmKind is an alarm that every node has, as data.
type alarmKind struct {
	field                        string // of AlarmOptions
	option                       func(*AlarmOptions) *AlarmThreshold
	id, suffix                   string // of the construct, and of the physical name
	metric, statistic            string
	period                       float64 // seconds
	comparison                   string
	threshold, evaluationPeriods float64
	percent                      bool
	missing                      string
	// nothingToWatch says why a cache has no use for the alarm; empty where it has. nil: every cache has.
	nothingToWatch func(t topology, a auth) string
	text           string // what fired and what to do
	clusterText    string // the same in cluster mode, where it differs
}

// alarmKinds are the alarms in the order of AlarmOptions.
var alarmKinds = []alarmKind{
	{
		field: "Cpu", option: func(o *AlarmOptions) *AlarmThreshold { return o.Cpu },
		id: "CpuAlarm", suffix: "cpu", metric: cpuUtilization, statistic: average,
		period: 60, comparison: above, threshold: 75, evaluationPeriods: 10, percent: true, missing: insufficientData,
		text: "Host CPU is above %s%%. Look for costly commands in the slow log and for a jump in connections; " +
			"then use a larger node type, or send reads to the reader endpoint.",
		clusterText: "Host CPU is above %s%%. Look for costly commands in the slow log and for a jump in connections; " +
			"then use a larger node type, read from replicas with the cluster client, or add node groups.",
	},
	{
		field: "EngineCpu", option: func(o *AlarmOptions) *AlarmThreshold { return o.EngineCpu },
		id: "EngineCpuAlarm", suffix: "engine-cpu", metric: engineCPU, statistic: average,
		period: 60, comparison: above, threshold: 90, evaluationPeriods: 10, percent: true, missing: insufficientData,
		text: "The engine's one thread is busy above %s%%. More vCPUs do not help: look for costly commands in the slow log, " +
			"send reads to the reader endpoint, or split the data over two caches.",
		clusterText: "The engine's one thread is busy above %s%%. More vCPUs do not help: look for costly commands in the slow log, " +
			"read from replicas with the cluster client, or add node groups.",
	},
	{
		field: "CpuCreditBalance", option: func(o *AlarmOptions) *AlarmThreshold { return o.CpuCreditBalance },
		id: "CpuCreditBalanceAlarm", suffix: "cpu-credit-balance", metric: cpuCreditBalance, statistic: average,
		period: 300, comparison: below, threshold: 20, evaluationPeriods: 3, missing: insufficientData,
		nothingToWatch: func(t topology, _ auth) string {
			switch {
			case t.nodeType.CreditBalance:
				return ""
			case t.nodeType.Name == "" || t.nodeType.Retired:
				return unknownNodeType
			}
			return "NodeType " + check.Quote(t.nodeTypeName) + " publishes no CPUCreditBalance"
		},
		text: "Fewer than %s CPU credits are left. Without credits the node slows down to its baseline: " +
			"use an m or r node type if the load stays.",
	},
	{
		field: "Memory", option: func(o *AlarmOptions) *AlarmThreshold { return o.Memory },
		id: "MemoryAlarm", suffix: "memory", metric: memoryUsage, statistic: average,
		period: 60, comparison: above, threshold: 85, evaluationPeriods: 10, percent: true, missing: insufficientData,
		text: "Memory use is above %s%%. Evictions follow: shorten TTLs, look for large keys, or use a node type with more memory.",
		clusterText: "Memory use is above %s%%. Evictions follow: shorten TTLs, look for large keys, add node groups, " +
			"or use a node type with more memory.",
	},
	{
		field: "Evictions", option: func(o *AlarmOptions) *AlarmThreshold { return o.Evictions },
		id: "EvictionsAlarm", suffix: "evictions", metric: evictions, statistic: sum,
		period: 300, comparison: above, threshold: 1000, evaluationPeriods: 1, missing: insufficientData,
		text: "More than %s keys were evicted in five minutes, before they expired. The working set does not fit: " +
			"use a node type with more memory, or cache less.",
		clusterText: "More than %s keys were evicted in five minutes, before they expired. The working set does not fit: " +
			"add node groups, use a node type with more memory, or cache less.",
	},
	{
		field: "CacheHitRate", option: func(o *AlarmOptions) *AlarmThreshold { return o.CacheHitRate },
		id: "CacheHitRateAlarm", suffix: "hit-rate", metric: cacheHitRate, statistic: sum,
		period: 300, comparison: below, threshold: 70, evaluationPeriods: 3, percent: true, missing: notBreaching,
		text: "Fewer than %s%% of the reads hit. Look for changed keys or TTLs in the last release, for evictions, " +
			"and for a restart or failover that emptied the cache.",
	},
	{
		field: "ReplicationLag", option: func(o *AlarmOptions) *AlarmThreshold { return o.ReplicationLag },
		id: "ReplicationLagAlarm", suffix: "replication-lag", metric: replicationLag, statistic: maximum,
		period: 60, comparison: above, threshold: 5, evaluationPeriods: 5, missing: notBreaching,
		nothingToWatch: func(t topology, _ auth) string {
			if t.replicas() || t.nodes != 1 {
				return ""
			}
			return "NumCacheNodes is 1, so there is no replica"
		},
		text: "The replica is more than %s seconds behind: readers see old data, and a failover loses that much. " +
			"Look for a burst of writes and for the network limits of the node type.",
	},
	{
		// CPUUtilization arrives each minute from every live node, so no sample means that the node is down, or that
		// ElastiCache has replaced it by one with another id.
		field: "NodeUnreachable", option: func(o *AlarmOptions) *AlarmThreshold { return o.NodeUnreachable },
		id: "NodeUnreachableAlarm", suffix: "node-unreachable", metric: cpuUtilization, statistic: sampleCount,
		period: 60, comparison: below, threshold: 1, evaluationPeriods: 15, missing: breaching,
		text: "Fewer than %s metric samples a minute: the node is down, or ElastiCache has replaced it by one with another id. " +
			"Compare the ids in describe-replication-groups with the alarms, and look at describe-events.",
		clusterText: "A node has fewer than %s metric samples a minute: it is down, or ElastiCache has replaced it by one with another id. " +
			"Compare the ids in describe-replication-groups with the template, and look at describe-events. Until this is OK again, a " +
			"second silent node does not show.",
	},
	{
		field: "AuthenticationFailures", option: func(o *AlarmOptions) *AlarmThreshold { return o.AuthenticationFailures },
		id: "AuthenticationFailuresAlarm", suffix: "authentication-failures", metric: authFailures, statistic: sum,
		period: 300, comparison: above, threshold: 10, evaluationPeriods: 1, missing: notBreaching,
		nothingToWatch: func(_ topology, a auth) string {
			if a.kind != noLogin {
				return ""
			}
			return "Authentication is none"
		},
		text: "More than %s logins were refused in five minutes. Look for a client with an old token, " +
			"and for one that should not connect at all.",
	},
}

// made are the alarms that the cache has. An alarm with a threshold of the caller's is made also where the node type is a
// token, of which nothing is known.
func (m monitoring) made(t topology, login auth) (made []alarmSetting) {
	for _, a := range m.alarms {
		if a.enabled && (a.nothingToWatch == nil || a.nothingToWatch(t, login) == "" || a.given) {
			made = append(made, a)
		}
	}
	return made
}
