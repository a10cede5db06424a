package rediscache

import (
	"math"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func TestAlarmRules(t *testing.T) {
	alarms := func(name string, options AlarmOptions, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Alarms = &options }, want...)
	}
	threshold := func(t float64) *AlarmThreshold { return &AlarmThreshold{Threshold: &t} }
	periods := func(n float64) *AlarmThreshold { return &AlarmThreshold{EvaluationPeriods: &n} }
	percentage := " is not a percentage from 0 to 100"
	runRules(t, []ruleCase{
		alarms("a percentage may be 0", AlarmOptions{Memory: threshold(0)}),
		alarms("a percentage may be 100", AlarmOptions{Memory: threshold(100)}),
		alarms("a percentage is not above 100", AlarmOptions{Cpu: threshold(100.5)}, "Alarms.Cpu.Threshold: 100.5"+percentage),
		alarms("a percentage is not negative", AlarmOptions{EngineCpu: threshold(-1)}, "Alarms.EngineCpu.Threshold: -1"+percentage),
		alarms("a percentage is a number", AlarmOptions{CacheHitRate: threshold(math.NaN())}, "Alarms.CacheHitRate.Threshold: NaN"+percentage),
		alarms("evictions may be many", AlarmOptions{Evictions: threshold(1e6)}),
		alarms("evictions are not negative", AlarmOptions{Evictions: threshold(-1)},
			"Alarms.Evictions.Threshold: -1 is not a number from 0 up"),
		alarms("lag is finite", AlarmOptions{ReplicationLag: threshold(math.Inf(1))},
			"Alarms.ReplicationLag.Threshold: +Inf is not a number from 0 up"),
		alarms("one period is the fewest", AlarmOptions{Cpu: periods(1)}),
		alarms("no period is refused", AlarmOptions{Cpu: periods(0)}, "Alarms.Cpu.EvaluationPeriods: 0 is not a whole number from 1 to 1440"),
		alarms("half a period is refused", AlarmOptions{Cpu: periods(1.5)},
			"Alarms.Cpu.EvaluationPeriods: 1.5 is not a whole number from 1 to 1440"),
		alarms("a day of minutes is the longest", AlarmOptions{Memory: periods(1440)}),
		alarms("a minute more is refused", AlarmOptions{Memory: periods(1441)},
			"Alarms.Memory.EvaluationPeriods: 1441 is not a whole number from 1 to 1440"),
		alarms("a day of five minutes is the longest", AlarmOptions{Evictions: periods(288)}),
		alarms("five minutes more are refused", AlarmOptions{Evictions: periods(289)},
			"Alarms.Evictions.EvaluationPeriods: 289 is not a whole number from 1 to 288"),
		alarms("an alarm that is off is not judged", AlarmOptions{Cpu: &AlarmThreshold{Threshold: ptr.To(500.0), Enabled: ptr.To(false)}}),
		alarms("alarms that are all off are not judged", AlarmOptions{Enabled: ptr.To(false), Cpu: threshold(500)}),
		alarms("a token as threshold is not judged", AlarmOptions{Cpu: threshold(numberToken)}),
	})
}

func TestAlarmWithNothingToWatchIsRefused(t *testing.T) {
	given, off := &AlarmThreshold{}, &AlarmThreshold{Enabled: ptr.To(false)}
	lag := func(name string, nodes float64, threshold *AlarmThreshold, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) {
			p.NumCacheNodes, p.Alarms = &nodes, &AlarmOptions{ReplicationLag: threshold}
		}, want...)
	}
	credits := func(name, nodeType string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.NodeType, p.Alarms = &nodeType, &AlarmOptions{CpuCreditBalance: given} }, want...)
	}
	runRules(t, []ruleCase{
		lag("lag of two nodes is accepted", 2, given),
		lag("lag of one node is refused", 1, given,
			"Alarms.ReplicationLag: has nothing to watch: NumCacheNodes is 1, so there is no replica; leave it out"),
		lag("lag of one node may be off", 1, off),
		lag("lag of a wrong number of nodes is one problem, not two", 0, given, "NumCacheNodes: 0 is not a whole number from 1 to 6"),
		with("lag of one node is refused for any node type", func(p *RedisCacheProps) {
			p.NodeType, p.NumCacheNodes, p.Alarms = ptr.To(stringToken), ptr.To(1.0), &AlarmOptions{ReplicationLag: given}
		}, "Alarms.ReplicationLag: has nothing to watch: NumCacheNodes is 1, so there is no replica; leave it out"),
		with("lag in cluster mode is no problem of a number of nodes beside it", func(p *RedisCacheProps) {
			p.ClusterMode, p.NumCacheNodes = &ClusterModeOptions{}, ptr.To(1.0)
			p.Alarms = &AlarmOptions{ReplicationLag: given}
		}, "NumCacheNodes: 1 and ClusterMode exclude each other; leave out one of them"),
		credits("credits of a burstable type are accepted", "cache.t4g.medium"),
		credits("credits of another type are refused", "cache.r7g.large",
			`Alarms.CpuCreditBalance: has nothing to watch: NodeType "cache.r7g.large" publishes no CPUCreditBalance; leave it out`),
		credits("credits of a type that is a token are accepted", stringToken),
		credits("credits of a type that does not exist are one problem, not two", "cache.x9.large",
			`NodeType: "cache.x9.large" is not an ElastiCache node type; did you mean "cache.m4.large"?`),
		credits("credits of a retired type are one problem, not two", "cache.m3.large",
			`NodeType: "cache.m3.large" is retired; use a current type, such as "cache.t4g.small" or "cache.r7g.large"`),
		with("refused logins without a login are refused", func(p *RedisCacheProps) {
			p.Authentication, p.Alarms = Authentication_None(), &AlarmOptions{AuthenticationFailures: given}
		}, "Alarms.AuthenticationFailures: has nothing to watch: Authentication is none; leave it out"),
	})
}

func TestAlarmActionRules(t *testing.T) {
	runRules(t, []ruleCase{
		with("a nil action is refused by its place", func(p *RedisCacheProps) { p.AlarmActions = &[]awscloudwatch.IAlarmAction{nil} },
			"AlarmActions[0]: is nil; leave it out"),
	})
}

func TestLogRetentionRules(t *testing.T) {
	retention := func(name string, retention awslogs.RetentionDays, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.LogRetention = retention }, want...)
	}
	runRules(t, []ruleCase{
		retention("a retention of CloudWatch Logs is accepted", awslogs.RetentionDays_INFINITE),
		retention("another one is refused", "TEN_DAYS",
			`LogRetention: "TEN_DAYS" is not a retention of CloudWatch Logs; use one of awslogs.RetentionDays_*`),
	})
}
