package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// engineCPUvCPUs is the number of vCPUs from which on the engine's one thread is full long before the host is: AWS
// advises an alarm on EngineCPUUtilization from 4 vCPUs, and one on CPUUtilization below.
const engineCPUvCPUs = 4

const (
	above = "GreaterThanThreshold"
	below = "LessThanThreshold"
)

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
	madeFor                      func(t topology, given bool) bool // nil: for every topology
	text                         string                            // what fired and what to do
}

// alarmKinds are the alarms in the order of AlarmOptions.
var alarmKinds = []alarmKind{
	{
		field: "Cpu", option: func(o *AlarmOptions) *AlarmThreshold { return o.Cpu },
		id: "CpuAlarm", suffix: "cpu", metric: cpuUtilization, statistic: average,
		period: 60, comparison: above, threshold: 75, evaluationPeriods: 10, percent: true, missing: "notBreaching",
		text: "CPU of the host above %s %%. Look for costly commands in the slow log and for a jump in connections; then take a larger node type, or send reads to the reader endpoint.",
	},
	{
		field: "EngineCpu", option: func(o *AlarmOptions) *AlarmThreshold { return o.EngineCpu },
		id: "EngineCpuAlarm", suffix: "engine-cpu", metric: engineCPU, statistic: average,
		period: 60, comparison: above, threshold: 90, evaluationPeriods: 10, percent: true, missing: "notBreaching",
		madeFor: func(t topology, given bool) bool { return given || t.nodeType.VCPUs >= engineCPUvCPUs },
		text:    "The engine's one thread is busy above %s %%. More vCPU do not help: look for costly commands in the slow log, send reads to the reader endpoint, or split the data over two caches.",
	},
	{
		field: "Memory", option: func(o *AlarmOptions) *AlarmThreshold { return o.Memory },
		id: "MemoryAlarm", suffix: "memory", metric: memoryUsage, statistic: average,
		period: 60, comparison: above, threshold: 85, evaluationPeriods: 10, percent: true, missing: "notBreaching",
		text: "Memory in use above %s %%. Evictions follow: shorten TTLs, look for large keys, or take a node type with more memory.",
	},
	{
		field: "Evictions", option: func(o *AlarmOptions) *AlarmThreshold { return o.Evictions },
		id: "EvictionsAlarm", suffix: "evictions", metric: evictions, statistic: sum,
		period: 300, comparison: above, threshold: 1000, evaluationPeriods: 1, missing: "notBreaching",
		text: "More than %s keys evicted in five minutes, before their TTL ended. The working set does not fit: take a node type with more memory, or cache less.",
	},
	{
		field: "CacheHitRate", option: func(o *AlarmOptions) *AlarmThreshold { return o.CacheHitRate },
		id: "CacheHitRateAlarm", suffix: "hit-rate", metric: cacheHitRate, statistic: sum,
		period: 300, comparison: below, threshold: 70, evaluationPeriods: 3, percent: true, missing: "notBreaching",
		text: "Fewer than %s %% of the reads hit. Look for changed keys or TTLs in the last release, for evictions, and for a restart or failover that emptied the cache.",
	},
	{
		field: "ReplicationLag", option: func(o *AlarmOptions) *AlarmThreshold { return o.ReplicationLag },
		id: "ReplicationLagAlarm", suffix: "replication-lag", metric: replicationLag, statistic: maximum,
		period: 60, comparison: above, threshold: 5, evaluationPeriods: 5, missing: "notBreaching",
		madeFor: func(t topology, _ bool) bool { return t.replicas() },
		text:    "The replica is more than %s seconds behind: readers see old data, and a failover loses that much. Look for a burst of writes and for network limits of the node type.",
	},
}

// neverFiresWarning is the id of the warning for a threshold that cannot be passed.
func (k alarmKind) neverFiresWarning() string {
	if k.comparison == below {
		return "hitRateThreshold"
	}
	return "fullThreshold"
}

// made are the alarms that a topology has.
func (m monitoring) made(t topology) (made []alarmSetting) {
	for _, a := range m.alarms {
		if a.enabled && (a.madeFor == nil || a.madeFor(t, a.given)) {
			made = append(made, a)
		}
	}
	return made
}

// newAlarms creates every alarm for every node. Roles move at a failover, so every node has the same ones.
func newAlarms(scope constructs.Construct, s *settings, members []member) []awscloudwatch.CfnAlarm {
	actions := newAlarmActions(scope, s.monitoring.actions)
	var alarms []awscloudwatch.CfnAlarm
	for _, a := range s.monitoring.made(s.topology) {
		for i, m := range members {
			alarms = append(alarms, newAlarm(scope, s, a, m, a.id+numberText(float64(i+1)), actions))
		}
	}
	return alarms
}

func newAlarm(scope constructs.Construct, s *settings, a alarmSetting, m member, id string, actions alarmActions) awscloudwatch.CfnAlarm {
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName:          s.naming.physicalName(groupIDSuffix + m.suffix + "-" + a.suffix),
		AlarmDescription:   ptr.To(s.naming.title() + ", node " + m.suffix[1:] + ": " + a.describe()),
		ComparisonOperator: &a.comparison,
		Threshold:          &a.threshold,
		EvaluationPeriods:  &a.evaluationPeriods,
		TreatMissingData:   &a.missing,
	}
	if a.metric == cacheHitRate {
		props.Metrics = hitRateQueries(a, m)
	} else {
		props.Namespace = ptr.To(namespace)
		props.MetricName = &a.metric
		props.Dimensions = m.dimensions()
		props.Statistic = &a.statistic
		props.Period = &a.period
	}
	alarm := awscloudwatch.NewCfnAlarm(scope, &id, props)
	actions.bind(alarm)
	return alarm
}

// hitRateExpression is the hit rate of a period in percent. Fewer than 100 reads in five minutes say nothing, so they
// count as a good rate; CacheHitRate itself is noise when nobody reads.
const hitRateExpression = "IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)"

func hitRateQueries(a alarmSetting, m member) []*awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	reads := func(id, metric string) *awscloudwatch.CfnAlarm_MetricDataQueryProperty {
		return &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			Id: &id,
			MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
				Metric: &awscloudwatch.CfnAlarm_MetricProperty{
					Namespace: ptr.To(namespace), MetricName: &metric, Dimensions: m.dimensions(),
				},
				Period: &a.period,
				Stat:   &a.statistic,
			},
			ReturnData: false,
		}
	}
	return []*awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		{Id: ptr.To("expr_1"), Expression: ptr.To(hitRateExpression), Label: &a.metric, ReturnData: true},
		reads("hits", cacheHits),
		reads("misses", cacheMisses),
	}
}
