package rediscache_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// dimension of a node as an alarm has it.
func dimension(clusterID any) list {
	return list{object{"Name": "CacheClusterId", "Value": clusterID}}
}

func TestEveryNodeHasItsAlarms(t *testing.T) {
	tpl := templateOf(t, func(p *props) {
		p.Name, p.NodeType = jsii.String("securebase-prod"), jsii.String("cache.r6g.xlarge")
	})
	above, below := "GreaterThanThreshold", "LessThanThreshold"
	tests := []struct {
		id, suffix, metric, statistic string
		period, periods, threshold    float64
		comparison, missing           string
	}{
		{"CpuAlarm", "cpu", "CPUUtilization", "Average", 60, 10, 75, above, "missing"},
		{"EngineCpuAlarm", "engine-cpu", "EngineCPUUtilization", "Average", 60, 10, 90, above, "missing"},
		{"MemoryAlarm", "memory", "DatabaseMemoryUsagePercentage", "Average", 60, 10, 85, above, "missing"},
		{"EvictionsAlarm", "evictions", "Evictions", "Sum", 300, 1, 1000, above, "missing"},
		{"ReplicationLagAlarm", "replication-lag", "ReplicationLag", "Maximum", 60, 5, 5, above, "notBreaching"},
		{"NodeUnreachableAlarm", "node-unreachable", "CPUUtilization", "SampleCount", 60, 15, 1, below, "breaching"},
		{"AuthenticationFailuresAlarm", "authentication-failures", "AuthenticationFailures", "Sum", 300, 1, 10, above, "notBreaching"},
	}
	for _, test := range tests {
		for node := 1; node <= 2; node++ {
			t.Run(fmt.Sprintf("%s of node %d", test.suffix, node), func(t *testing.T) {
				got := tpl.named(t, fmt.Sprintf("Cache%s%d", test.id, node)).Properties
				description := got["AlarmDescription"].(string)
				assert.Contains(t, description, fmt.Sprintf("Redis query cache securebase-prod, node %03d: ", node))
				assert.Greater(t, len(description), 100, "it says what to do")
				delete(got, "AlarmDescription")
				assert.Equal(t, object{
					"AlarmName":          fmt.Sprintf("securebase-prod-redis-%03d-%s", node, test.suffix),
					"Namespace":          "AWS/ElastiCache",
					"MetricName":         test.metric,
					"Dimensions":         dimension(fmt.Sprintf("securebase-prod-redis-%03d", node)),
					"Statistic":          test.statistic,
					"Period":             test.period,
					"EvaluationPeriods":  test.periods,
					"Threshold":          test.threshold,
					"ComparisonOperator": test.comparison,
					"TreatMissingData":   test.missing,
				}, got)
			})
		}
	}
	t.Run("hit rate of node 2, which needs a minimum of reads", func(t *testing.T) {
		reads := func(id, metric string) object {
			return object{"Id": id, "ReturnData": false, "MetricStat": object{
				"Period": 300.0, "Stat": "Sum",
				"Metric": object{"Namespace": "AWS/ElastiCache", "MetricName": metric, "Dimensions": dimension("securebase-prod-redis-002")},
			}}
		}
		got := tpl.named(t, "CacheCacheHitRateAlarm2").Properties
		delete(got, "AlarmDescription")
		assert.Equal(t, object{
			"AlarmName": "securebase-prod-redis-002-hit-rate",
			"Metrics": list{
				object{"Id": "expr_1", "Label": "CacheHitRate", "ReturnData": true,
					"Expression": "IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)"},
				reads("hits", "CacheHits"), reads("misses", "CacheMisses"),
			},
			"EvaluationPeriods":  3.0,
			"Threshold":          70.0,
			"ComparisonOperator": "LessThanThreshold",
			"TreatMissingData":   "notBreaching",
		}, got)
	})
	assert.Len(t, tpl.allOf(alarm), 16)
}

func TestAlarmsOfAGroupWithoutANameFindItsNodes(t *testing.T) {
	tpl := templateOf(t, nil)
	for node := 1; node <= 2; node++ {
		id := join(tpl.ref(t, "CacheReplicationGroup"), fmt.Sprintf("-%03d", node))
		assert.Equal(t, dimension(id), tpl.named(t, fmt.Sprintf("CacheCpuAlarm%d", node)).Properties["Dimensions"])
	}
}

func TestAlarmsCanBeSwitchedOff(t *testing.T) {
	off := &rediscache.AlarmThreshold{Enabled: jsii.Bool(false)}
	// ids are the logical ids of one kind of alarm after the other, without their hashes.
	ids := func(nodes int, kinds ...string) (ids []string) {
		for _, kind := range kinds {
			for node := range nodes {
				ids = append(ids, fmt.Sprintf("Cache%sAlarm%d", kind, node+1))
			}
		}
		return ids
	}
	tests := []struct {
		name   string
		change func(p *props)
		want   []string
	}{
		{"a cache of two nodes has alarms for both", nil,
			ids(2, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "ReplicationLag", "NodeUnreachable",
				"AuthenticationFailures")},
		{"a single node has no lag", func(p *props) { p.NumCacheNodes = jsii.Number(1) },
			ids(1, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "NodeUnreachable", "AuthenticationFailures")},
		{"one kind can be off", func(p *props) { p.Alarms = &rediscache.AlarmOptions{CacheHitRate: off} },
			ids(2, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "ReplicationLag", "NodeUnreachable", "AuthenticationFailures")},
		{"all kinds but one can be off", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{
				Cpu: off, EngineCpu: off, CpuCreditBalance: off, Memory: off, Evictions: off, CacheHitRate: off,
				NodeUnreachable: off, AuthenticationFailures: off,
			}
		}, ids(2, "ReplicationLag")},
		{"a node type without CPU credits has no alarm on them", func(p *props) { p.NodeType = jsii.String("cache.m7g.large") },
			ids(2, "Cpu", "EngineCpu", "Memory", "Evictions", "CacheHitRate", "ReplicationLag", "NodeUnreachable", "AuthenticationFailures")},
		{"a cache without a login has no alarm on refused logins", func(p *props) { p.Authentication = rediscache.Authentication_None() },
			ids(2, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "ReplicationLag", "NodeUnreachable")},
		{"all can be off", func(p *props) { p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)} }, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			cache := f.cache(test.change)
			ids := []string{}
			for id := range synthesize(t, f.stack).allOf(alarm) {
				ids = append(ids, id[:len(id)-8])
			}
			assert.ElementsMatch(t, test.want, ids)
			assert.Len(t, *cache.Alarms(), len(test.want))
		})
	}
}

func TestAlarmsCanBeChanged(t *testing.T) {
	t.Run("a threshold and its periods", func(t *testing.T) {
		memory := rediscache.AlarmThreshold{Threshold: jsii.Number(92.5), EvaluationPeriods: jsii.Number(3)}
		got := templateOf(t, func(p *props) { p.Alarms = &rediscache.AlarmOptions{Memory: &memory} }).named(t, "CacheMemoryAlarm2").Properties
		assert.Equal(t, 92.5, got["Threshold"])
		assert.Equal(t, 3.0, got["EvaluationPeriods"])
		assert.Contains(t, got["AlarmDescription"], "above 92.5%")
	})
	t.Run("a threshold that is a token is in the description too", func(t *testing.T) {
		f := newFixture()
		cpu := awscdk.NewCfnParameter(f.stack, jsii.String("Cpu"), &awscdk.CfnParameterProps{Type: jsii.String("Number")})
		f.cache(func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: cpu.ValueAsNumber()}}
			p.Dashboard = jsii.Bool(true)
		})
		got := synthesize(t, f.stack).named(t, "CacheCpuAlarm1").Properties
		assert.Equal(t, object{"Ref": "Cpu"}, got["Threshold"])
		assert.Contains(t, jsonOf(got["AlarmDescription"]), `"Redis query cache, node 001: Host CPU is above ",{"Ref":"Cpu"},"%. `)
	})
}

func TestAlarmsAreInTheOrderOfAlarmOptionsAndOfTheNodes(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	var ids []string
	for _, a := range *cache.Alarms() {
		ids = append(ids, *a.Node().Id())
	}
	assert.Equal(t, []string{
		"CpuAlarm1", "CpuAlarm2", "EngineCpuAlarm1", "EngineCpuAlarm2", "CpuCreditBalanceAlarm1", "CpuCreditBalanceAlarm2",
		"MemoryAlarm1", "MemoryAlarm2", "EvictionsAlarm1", "EvictionsAlarm2", "CacheHitRateAlarm1", "CacheHitRateAlarm2",
		"ReplicationLagAlarm1", "ReplicationLagAlarm2", "NodeUnreachableAlarm1", "NodeUnreachableAlarm2",
		"AuthenticationFailuresAlarm1", "AuthenticationFailuresAlarm2",
	}, ids)
	(*cache.Alarms())[0] = nil
	assert.NotNil(t, (*cache.Alarms())[0], "the list is a copy")
}

func TestAlarmsAreTheOnesOfTheTemplate(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	more := awssns.NewTopic(f.stack, jsii.String("More"), nil)
	for _, a := range *cache.Alarms() {
		a.SetInsufficientDataActions(&[]*string{more.TopicArn()})
	}
	awscloudwatch.NewCompositeAlarm(f.stack, jsii.String("Any"), &awscloudwatch.CompositeAlarmProps{
		AlarmRule: awscloudwatch.AlarmRule_FromAlarm((*cache.Alarms())[0], awscloudwatch.AlarmState_ALARM),
	})
	tpl := synthesize(t, f.stack)
	for id, r := range tpl.allOf(alarm) {
		assert.Equal(t, list{tpl.ref(t, "More")}, r.Properties["InsufficientDataActions"], id)
	}
	assert.Equal(t, join(`ALARM("`, tpl.getAtt(t, "CacheCpuAlarm1", "Arn"), `")`),
		tpl.one(t, "AWS::CloudWatch::CompositeAlarm").Properties["AlarmRule"])
}
