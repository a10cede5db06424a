package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// dimension of a member as an alarm has it.
func dimension(clusterId any) list {
	return list{object{"Name": "CacheClusterId", "Value": clusterId}}
}

func TestEveryMemberHasItsAlarms(t *testing.T) {
	f := newFixture()
	topic := awssns.NewTopic(f.stack, jsii.String("Topic"), nil)
	f.cache(func(p *props) {
		p.Name, p.NodeType = jsii.String("securebase-prod"), jsii.String("cache.r6g.xlarge")
		p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)}
	})
	tpl := synthesize(t, f.stack)
	actions := list{object{"Ref": tpl.idOf(t, "Topic")}}

	tests := []struct {
		id, suffix, metric, statistic string
		period, periods, threshold    float64
		operator, missing             string
	}{
		{"CpuAlarm", "cpu", "CPUUtilization", "Average", 60, 10, 75, "GreaterThanThreshold", "missing"},
		{"EngineCpuAlarm", "engine-cpu", "EngineCPUUtilization", "Average", 60, 10, 90, "GreaterThanThreshold", "missing"},
		{"MemoryAlarm", "memory", "DatabaseMemoryUsagePercentage", "Average", 60, 10, 85, "GreaterThanThreshold", "missing"},
		{"EvictionsAlarm", "evictions", "Evictions", "Sum", 300, 1, 1000, "GreaterThanThreshold", "missing"},
		{"ReplicationLagAlarm", "replication-lag", "ReplicationLag", "Maximum", 60, 5, 5, "GreaterThanThreshold", "notBreaching"},
		{"NodeUnreachableAlarm", "node-unreachable", "CPUUtilization", "SampleCount", 60, 15, 1, "LessThanThreshold", "breaching"},
		{"AuthenticationFailuresAlarm", "authentication-failures", "AuthenticationFailures", "Sum", 300, 1, 10, "GreaterThanThreshold", "notBreaching"},
	}
	for _, test := range tests {
		for node := 1; node <= 2; node++ {
			t.Run(fmt.Sprintf("%s of node %d", test.suffix, node), func(t *testing.T) {
				got := tpl.Resources[tpl.idOf(t, fmt.Sprintf("Cache%s%d", test.id, node))].Properties
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
					"ComparisonOperator": test.operator,
					"TreatMissingData":   test.missing,
					"AlarmActions":       actions,
					"OKActions":          actions,
				}, got)
			})
		}
	}
	t.Run("hit rate of node 2, guarded by a minimum of reads", func(t *testing.T) {
		reads := func(id, metric string) object {
			return object{"Id": id, "ReturnData": false, "MetricStat": object{"Period": 300.0, "Stat": "Sum",
				"Metric": object{"Namespace": "AWS/ElastiCache", "MetricName": metric, "Dimensions": dimension("securebase-prod-redis-002")}}}
		}
		got := tpl.Resources[tpl.idOf(t, "CacheCacheHitRateAlarm2")].Properties
		delete(got, "AlarmDescription")
		assert.Equal(t, object{
			"AlarmName": "securebase-prod-redis-002-hit-rate",
			"Metrics": list{
				object{"Id": "expr_1", "Expression": "IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)", "Label": "CacheHitRate", "ReturnData": true},
				reads("hits", "CacheHits"), reads("misses", "CacheMisses"),
			},
			"EvaluationPeriods":  3.0,
			"Threshold":          70.0,
			"ComparisonOperator": "LessThanThreshold",
			"TreatMissingData":   "notBreaching",
			"AlarmActions":       actions,
			"OKActions":          actions,
		}, got)
	})
	assert.Len(t, tpl.all(alarm), 16)
}

func TestAlarmsOfAGroupWithoutANamePointAtItsMembers(t *testing.T) {
	f := newFixture()
	f.cache(nil)
	tpl := synthesize(t, f.stack)
	for node := 1; node <= 2; node++ {
		id := object{"Fn::Join": list{"", list{object{"Ref": tpl.idOf(t, "CacheReplicationGroup")}, fmt.Sprintf("-%03d", node)}}}
		assert.Equal(t, dimension(id), tpl.Resources[tpl.idOf(t, fmt.Sprintf("CacheCpuAlarm%d", node))].Properties["Dimensions"])
	}
}

func TestAlarmsCanBeChangedAndSwitchedOff(t *testing.T) {
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
		{"a cache of two nodes has alarms for both", nil, ids(2, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate",
			"ReplicationLag", "NodeUnreachable", "AuthenticationFailures")},
		{"a single node has no lag", func(p *props) { p.NumCacheNodes = jsii.Number(1) },
			ids(1, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "NodeUnreachable", "AuthenticationFailures")},
		{"one kind can be off", func(p *props) { p.Alarms = &rediscache.AlarmOptions{CacheHitRate: off} },
			ids(2, "Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "ReplicationLag", "NodeUnreachable", "AuthenticationFailures")},
		{"all kinds but one can be off", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{
				Cpu: off, EngineCpu: off, CpuCreditBalance: off, Memory: off, Evictions: off, CacheHitRate: off, NodeUnreachable: off, AuthenticationFailures: off,
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
			for id := range synthesize(t, f.stack).all(alarm) {
				ids = append(ids, id[:len(id)-8])
			}
			assert.ElementsMatch(t, test.want, ids)
			assert.Len(t, *cache.Alarms(), len(test.want))
		})
	}
	t.Run("a threshold and its periods", func(t *testing.T) {
		f := newFixture()
		f.cache(func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{Memory: &rediscache.AlarmThreshold{Threshold: jsii.Number(92.5), EvaluationPeriods: jsii.Number(3)}}
		})
		tpl := synthesize(t, f.stack)
		got := tpl.Resources[tpl.idOf(t, "CacheMemoryAlarm2")].Properties
		assert.Equal(t, 92.5, got["Threshold"])
		assert.Equal(t, 3.0, got["EvaluationPeriods"])
		assert.Contains(t, got["AlarmDescription"], "above 92.5%")
	})
}

// alarmsOnly are the alarms of a template, without CDK's path.
func alarmsOnly(tpl template) map[string]object {
	found := map[string]object{}
	for id, r := range tpl.all(alarm) {
		found[id] = r.Properties
	}
	return found
}

func TestAlarmsAreInTheOrderOfAlarmOptionsAndOfTheNodes(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.NodeType = jsii.String("cache.r6g.xlarge") })
	var ids []string
	for _, a := range *cache.Alarms() {
		ids = append(ids, *a.Node().Id())
	}
	assert.Equal(t, []string{
		"CpuAlarm1", "CpuAlarm2", "EngineCpuAlarm1", "EngineCpuAlarm2", "MemoryAlarm1", "MemoryAlarm2", "EvictionsAlarm1", "EvictionsAlarm2",
		"CacheHitRateAlarm1", "CacheHitRateAlarm2", "ReplicationLagAlarm1", "ReplicationLagAlarm2",
		"NodeUnreachableAlarm1", "NodeUnreachableAlarm2", "AuthenticationFailuresAlarm1", "AuthenticationFailuresAlarm2",
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
	for id, r := range tpl.all(alarm) {
		assert.Equal(t, list{object{"Ref": tpl.idOf(t, "More")}}, r.Properties["InsufficientDataActions"], id)
	}
	rule := tpl.the(t, "AWS::CloudWatch::CompositeAlarm").Properties["AlarmRule"]
	assert.Equal(t, object{"Fn::Join": list{"", list{`ALARM("`, object{"Fn::GetAtt": list{tpl.idOf(t, "CacheCpuAlarm1"), "Arn"}}, `")`}}}, rule)
}

func TestALambdaActionMayBeInvokedByEachAlarm(t *testing.T) {
	f := newFixture()
	fn := awslambda.NewFunction(f.stack, jsii.String("Fn"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("def handler(e, c): pass")),
	})
	f.cache(func(p *props) {
		p.Alarms = &rediscache.AlarmOptions{}
		p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewLambdaAction(fn, &awscloudwatchactions.LambdaActionProps{})}
	})
	tpl := synthesize(t, f.stack)
	sources := map[string]bool{}
	for _, permission := range tpl.all("AWS::Lambda::Permission") {
		sources[permission.Properties["SourceArn"].(object)["Fn::GetAtt"].(list)[0].(string)] = true
	}
	for id, r := range tpl.all(alarm) {
		assert.True(t, sources[id], "permission for %s", id)
		assert.Equal(t, list{object{"Fn::GetAtt": list{tpl.idOf(t, "Fn"), "Arn"}}}, r.Properties["AlarmActions"])
		assert.Equal(t, r.Properties["AlarmActions"], r.Properties["OKActions"])
	}
	assert.Len(t, tpl.all(alarm), 18)
	assert.NotEmpty(t, tpl.idOf(t, "CacheCpuAlarm1"))
}

func TestOneLambdaActionServesTwoCaches(t *testing.T) {
	f := newFixture()
	fn := awslambda.NewFunction(f.stack, jsii.String("Fn"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("def handler(e, c): pass")),
	})
	actions := &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewLambdaAction(fn, &awscloudwatchactions.LambdaActionProps{})}
	for _, id := range []string{"A", "B"} {
		rediscache.NewRedisCache(f.stack, &id, &props{Vpc: f.vpc, AlarmActions: actions})
	}
	assert.Len(t, synthesize(t, f.stack).all("AWS::Lambda::Permission"), 36)
}

func TestAnOpsItemIsMadeForWhatIsWrongOnly(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) {
		p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSsmAction(awscloudwatchactions.OpsItemSeverity_HIGH, "")}
	})
	for id, r := range synthesize(t, f.stack).all(alarm) {
		assert.Len(t, r.Properties["AlarmActions"], 1, id)
		assert.NotContains(t, r.Properties, "OKActions", id)
	}
}

func TestAlarmActionsThatAnAlarmDoesNotTake(t *testing.T) {
	f := newFixture()
	sns := awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil))
	err := validationError(t, func() {
		f.cache(func(p *props) { p.AlarmActions = &[]awscloudwatch.IAlarmAction{sns, sns, sns, sns, sns, sns} })
	})
	assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - AlarmActions: has 6 actions; a CloudWatch alarm supports at most 5")
	err = validationError(t, func() {
		f.cache(func(p *props) {
			p.AlarmActions = &[]awscloudwatch.IAlarmAction{sns, awscloudwatchactions.NewEc2Action(awscloudwatchactions.Ec2InstanceAction_REBOOT)}
		})
	})
	assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - AlarmActions[1]: is an EC2 action, which needs an alarm on an instance; use an SNS or Lambda action")
}

func TestLogicalIdsOfAlarmsDoNotDependOnTheKindOfAction(t *testing.T) {
	f := newFixture()
	f.cache(nil)
	sns := alarmsOnly(synthesize(t, f.stack))
	g := newFixture()
	g.cache(func(p *props) {
		p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSsmAction(awscloudwatchactions.OpsItemSeverity_HIGH, "")}
	})
	for id := range alarmsOnly(synthesize(t, g.stack)) {
		assert.Contains(t, sns, id)
	}
}

func TestDashboard(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Name, p.Dashboard = jsii.String("securebase-prod"), jsii.Bool(true) })
	tpl := synthesize(t, f.stack)
	got := tpl.the(t, "AWS::CloudWatch::Dashboard")
	assert.Equal(t, object{"Fn::Join": list{"", list{"securebase-prod-redis-", object{"Ref": "AWS::Region"}}}}, got.Properties["DashboardName"],
		"dashboards are global, so two regions need two names")
	var body string
	for _, part := range got.Properties["DashboardBody"].(object)["Fn::Join"].(list)[1].(list) {
		if text, ok := part.(string); ok {
			body += text
		}
	}
	for _, shown := range []string{"CPUUtilization", "EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "CacheHitRate", "Evictions", "CurrConnections",
		"ReplicationLag", "GetTypeCmdsLatency", "SetTypeCmdsLatency", "CPUCreditBalance", "securebase-prod-redis-001", "securebase-prod-redis-002", `"type":"alarm"`, `"type":"log"`} {
		assert.Contains(t, body, shown)
	}
	t.Run("only the alarms that are made have a line", func(t *testing.T) {
		lines := func(nodeType string) int {
			f := newFixture()
			f.cache(func(p *props) { p.Dashboard, p.NodeType = jsii.Bool(true), &nodeType })
			body := fmt.Sprint(synthesize(t, f.stack).the(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"])
			return strings.Count(body, `"annotations"`)
		}
		assert.Equal(t, 7, lines("cache.r7g.large"), "host, engine, memory, evictions, hit rate, refused logins and lag")
		assert.Equal(t, 8, lines("cache.t4g.medium"), "and CPU credits")
	})
	t.Run("a single node on an r type has neither lag nor credits", func(t *testing.T) {
		f := newFixture()
		f.cache(func(p *props) {
			p.Dashboard, p.NumCacheNodes, p.NodeType = jsii.Bool(true), jsii.Number(1), jsii.String("cache.r7g.large")
			p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
		})
		body := fmt.Sprint(synthesize(t, f.stack).the(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"])
		assert.NotContains(t, body, "ReplicationLag")
		assert.NotContains(t, body, "CPUCreditBalance")
		assert.NotContains(t, body, `"type":"alarm"`)
		assert.NotContains(t, body, `"annotations"`)
	})
}

func TestWarningsAreAcknowledgeable(t *testing.T) {
	topic := func(f fixture) *[]awscloudwatch.IAlarmAction {
		return &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil))}
	}
	tests := []struct {
		name   string
		change func(p *props)
		want   []string
	}{
		{"a cache with alarm actions has none", nil, nil},
		{"no alarm action", func(p *props) { p.AlarmActions = nil }, []string{"noAlarmActions"}},
		{"no alarm action is fine without alarms", func(p *props) {
			p.AlarmActions, p.Alarms = nil, &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
		}, nil},
		{"one node", func(p *props) { p.NumCacheNodes = jsii.Number(1) }, []string{"singleNode"}},
		{"one node that may go is fine", func(p *props) { p.NumCacheNodes, p.RemovalPolicy = jsii.Number(1), awscdk.RemovalPolicy_DESTROY }, nil},
		{"AUTH off", func(p *props) { p.Authentication = rediscache.Authentication_None() }, []string{"noAuth"}},
		{"no snapshots", func(p *props) { p.SnapshotRetentionLimit = jsii.Number(0) }, []string{"noSnapshots"}},
		{"a burstable type that was chosen, with Multi-AZ", func(p *props) { p.NodeType = jsii.String("cache.t4g.medium") }, []string{"burstableMultiAz"}},
		{"a retired type", func(p *props) { p.NodeType, p.MultiAzEnabled = jsii.String("cache.t2.medium"), jsii.Bool(false) }, []string{"nodeTypeRetired"}},
		{"an engine whose support ends", func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() }, []string{"engineSupport"}},
		{"an engine that is not known", func(p *props) {
			p.Engine = rediscache.EngineVersion_Of(jsii.String("valkey"), jsii.String("10.0"), jsii.String("valkey10"))
		}, []string{"engineUnknown"}},
		{"a CPU threshold above AWS's advice", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(46)}}
		}, []string{"cpuThreshold"}},
		{"a CPU threshold as AWS advises", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(45)}}
		}, nil},
		{"a threshold that is never exceeded", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{Memory: &rediscache.AlarmThreshold{Threshold: jsii.Number(100)}}
		}, []string{"fullThreshold"}},
		{"a hit rate that is never below", func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{CacheHitRate: &rediscache.AlarmThreshold{Threshold: jsii.Number(0)}}
		}, []string{"hitRateThreshold"}},
		{"a parameter of a disputed range", func(p *props) {
			p.Parameters = &map[string]*string{"active-defrag-ignore-bytes": jsii.String("1048576")}
		}, []string{"parameters"}},
		{"a parameter in that range", func(p *props) {
			p.Parameters = &map[string]*string{"active-defrag-ignore-bytes": jsii.String("10485760")}
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			cache := f.cache(func(p *props) {
				p.AlarmActions = topic(f)
				if test.change != nil {
					test.change(p)
				}
			})
			var ids []string
			for _, entry := range *cache.Node().Metadata() {
				if *entry.Type == "aws:cdk:warning" {
					ids = append(ids, fmt.Sprint(entry.Data))
				}
			}
			require.Len(t, ids, len(test.want), "%v", ids)
			for i, id := range test.want {
				assert.Contains(t, ids[i], "[ack: "+rediscache.WarningPrefix+id+"]")
			}
		})
	}
}
