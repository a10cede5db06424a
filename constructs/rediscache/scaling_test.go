package rediscache_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// templateJSON is the whole template as text.
func templateJSON(t *testing.T, stack awscdk.Stack) string {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	return string(text)
}

// expressionOf is the expression of a metric that is metric math.
func expressionOf(t *testing.T, metric awscloudwatch.IMetric) string {
	t.Helper()
	expression, is := metric.(awscloudwatch.MathExpression)
	require.True(t, is, "not metric math")
	return *expression.Expression()
}

func TestNodeGroupsAndReplicasScale(t *testing.T) {
	f := newFixture()
	cache := f.sharded(2, 1, nil)
	groups := cache.AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(5)})
	groups.ScaleOnEngineCpuUtilization(nil)
	replicas := cache.AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: jsii.Number(1), MaxCapacity: jsii.Number(4),
	})
	replicas.ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{
		TargetUtilizationPercent: jsii.Number(45), DisableScaleIn: jsii.Bool(true), ScaleOutCooldown: awscdk.Duration_Minutes(jsii.Number(2)),
	})
	replicas.ScaleOnSchedule(jsii.String("Morning"), &awsapplicationautoscaling.ScalingSchedule{
		Schedule: awsapplicationautoscaling.Schedule_Expression(jsii.String("cron(0 7 * * ? *)")), MinCapacity: jsii.Number(3),
	})
	tpl := synthesize(t, f.stack)

	role := object{"Fn::Join": list{"", list{"arn:", object{"Ref": "AWS::Partition"}, ":iam::", object{"Ref": "AWS::AccountId"},
		":role/aws-service-role/elasticache.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG"}}}
	target := tpl.named(t, "CacheNodeGroups")
	assert.Equal(t, object{"ServiceNamespace": "elasticache", "ResourceId": "replication-group/securebase-prod-redis", "RoleARN": role,
		"ScalableDimension": "elasticache:replication-group:NodeGroups", "MinCapacity": 2.0, "MaxCapacity": 5.0}, target.Properties)
	assert.Contains(t, target.DependsOn, tpl.idOf(t, "CacheReplicationGroup"), "the id alone would not make CloudFormation wait")
	scaling := tpl.named(t, "CacheNodeGroupsEngineCpu").Properties["TargetTrackingScalingPolicyConfiguration"]
	assert.Equal(t, object{"PredefinedMetricSpecification": object{"PredefinedMetricType": "ElastiCachePrimaryEngineCPUUtilization"},
		"TargetValue": 60.0}, scaling)

	target = tpl.named(t, "CacheReplicas")
	assert.Equal(t, "elasticache:replication-group:Replicas", target.Properties["ScalableDimension"])
	assert.Equal(t, list{object{"Schedule": "cron(0 7 * * ? *)", "ScheduledActionName": "Morning",
		"ScalableTargetAction": object{"MinCapacity": 3.0}}},
		target.Properties["ScheduledActions"])
	scaling = tpl.named(t, "CacheReplicasEngineCpu").Properties["TargetTrackingScalingPolicyConfiguration"]
	assert.Equal(t, object{"PredefinedMetricSpecification": object{"PredefinedMetricType": "ElastiCacheReplicaEngineCPUUtilization"},
		"TargetValue": 45.0, "DisableScaleIn": true, "ScaleOutCooldown": 120.0}, scaling)
}

func TestScalingThatElastiCacheCannotDoIsRefused(t *testing.T) {
	most := &awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(4)}
	scalable := func() rediscache.ScalableNodes { return newFixture().sharded(2, 1, nil).AutoScaleReplicas(most) }
	large := func(nodeGroups, replicas float64) rediscache.RedisCache {
		return newFixture().sharded(nodeGroups, replicas, withoutAlarms)
	}
	schedule := awsapplicationautoscaling.Schedule_Expression(jsii.String("rate(1 day)"))
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"cluster mode disabled", func() { newFixture().cache(nil).AutoScaleReplicas(most) },
			"AutoScaleReplicas: needs cluster mode; create the cache with ClusterMode"},
		{"a burstable node type", func() {
			newFixture().sharded(2, 1, func(p *props) { p.NodeType = rediscache.NodeType_T4G_MEDIUM() }).AutoScaleNodeGroups(most)
		}, `AutoScaleNodeGroups: cannot scale NodeType "cache.t4g.medium"; ` +
			`use a large, xlarge or 2xlarge of an m5, r5, m6g, r6g or newer family`},
		{"no maximum", func() { newFixture().sharded(2, 1, nil).AutoScaleNodeGroups(nil) },
			"AutoScaleNodeGroups: options.MaxCapacity: is required; pass the most that you want to pay for"},
		{"more replicas than a node group has", func() {
			newFixture().sharded(2, 1, nil).AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(6)})
		}, "AutoScaleReplicas: options.MaxCapacity: 6 is not a whole number from 1 to 5"},
		{"a minimum above the maximum", func() {
			newFixture().sharded(2, 1, nil).AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{
				MinCapacity: jsii.Number(5), MaxCapacity: jsii.Number(4),
			})
		}, "AutoScaleReplicas: options.MinCapacity: 5 is above MaxCapacity 4"},
		{"the same number twice", func() {
			cache := newFixture().sharded(2, 1, nil)
			cache.AutoScaleReplicas(most)
			cache.AutoScaleReplicas(most)
		}, "AutoScaleReplicas: was called before; scale on what it returned"},
		{"a target below 35%", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(34)})
		}, "ScaleOnEngineCpuUtilization: options.TargetUtilizationPercent: 34 is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a target above 70%", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(71)})
		}, "ScaleOnEngineCpuUtilization: options.TargetUtilizationPercent: 71 is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a target that is no number", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(math.NaN())})
		}, "ScaleOnEngineCpuUtilization: options.TargetUtilizationPercent: NaN is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a schedule with a minimum above its maximum", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MinCapacity: jsii.Number(4), MaxCapacity: jsii.Number(2)})
		}, "ScaleOnSchedule: options.MinCapacity: 4 is above MaxCapacity 2"},
		{"two schedules of one id", func() {
			nodes := scalable()
			for range 2 {
				nodes.ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{
					Schedule: schedule, MinCapacity: jsii.Number(1),
				})
			}
		}, `ScaleOnSchedule: id: "Night" is the id of another schedule; use one that is unique`},
		{"a maximum below the number that there is", func() { newFixture().sharded(5, 1, nil).AutoScaleNodeGroups(most) },
			"AutoScaleNodeGroups: options.MaxCapacity: 4 is below the 5 node groups of ClusterMode"},
		{"more than 500 nodes", func() {
			large(83, 5).AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(84)})
		}, "AutoScaleNodeGroups: options.MaxCapacity: 84 makes up to 504 nodes; a replication group has at most 500"},
		{"more than 500 nodes by both numbers", func() {
			cache := large(2, 1)
			cache.AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(101)})
			cache.AutoScaleReplicas(most)
		}, "AutoScaleReplicas: options.MaxCapacity: 4 makes up to 505 nodes; a replication group has at most 500"},
		{"more than 500 nodes at an hour", func() {
			cache := large(2, 4)
			nodes := cache.AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(100)})
			nodes.ScaleOnSchedule(jsii.String("Day"), &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule, MaxCapacity: jsii.Number(101)})
		}, "ScaleOnSchedule: options.MaxCapacity: 101 makes up to 505 nodes; a replication group has at most 500"},
		{"a schedule with a minimum above the maximum of the target", func() {
			scalable().ScaleOnSchedule(jsii.String("Day"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MinCapacity: jsii.Number(5),
			})
		}, "ScaleOnSchedule: options.MinCapacity: 5 is above the MaxCapacity 4 of AutoScaleReplicas; pass MaxCapacity too"},
		{"a schedule with a maximum below the minimum of the target", func() {
			nodes := newFixture().sharded(2, 3, nil).AutoScaleReplicas(most)
			nodes.ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MaxCapacity: jsii.Number(2),
			})
		}, "ScaleOnSchedule: options.MaxCapacity: 2 is below the MinCapacity 3 of AutoScaleReplicas; pass MinCapacity too"},
		{"a schedule with a token as its id", func() {
			f := newFixture()
			id := awscdk.NewCfnParameter(f.stack, jsii.String("Id"), nil).ValueAsString()
			nodes := f.sharded(2, 1, nil).AutoScaleReplicas(most)
			nodes.ScaleOnSchedule(id, &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule, MinCapacity: jsii.Number(1)})
		}, "ScaleOnSchedule: id: is a token, which the id of a construct cannot be; pass a literal"},
		{"a cooldown of 10 ms", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{ScaleInCooldown: awscdk.Duration_Millis(jsii.Number(10))})
		}, "ScaleOnEngineCpuUtilization: options.ScaleInCooldown: 0.01 is not a whole number of seconds"},
		{"two targets", func() {
			nodes := scalable()
			nodes.ScaleOnEngineCpuUtilization(nil)
			nodes.ScaleOnEngineCpuUtilization(nil)
		}, "ScaleOnEngineCpuUtilization: was called before; a number has one target of a metric"},
		{"a schedule without limits", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule})
		}, "ScaleOnSchedule: options.MinCapacity: is required; pass MinCapacity, MaxCapacity or both"},
		{"a schedule without a time", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{MinCapacity: jsii.Number(1)})
		}, "ScaleOnSchedule: options.Schedule: is required; pass awsapplicationautoscaling.Schedule_Cron(...)"},
		{"a schedule without an id", func() {
			scalable().ScaleOnSchedule(nil, &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule, MinCapacity: jsii.Number(1)})
		}, `ScaleOnSchedule: id: is required; use one that is unique, such as "Morning"`},
		{"a schedule with more replicas than a node group has", func() {
			scalable().ScaleOnSchedule(jsii.String("Day"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MaxCapacity: jsii.Number(6),
			})
		}, "ScaleOnSchedule: options.MaxCapacity: 6 is not a whole number from 1 to 5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.EqualError(t, validationError(t, test.call), invalid("Test/Cache", test.want))
		})
	}
}

func TestScalingLimitsThatAreTokensAreNotCompared(t *testing.T) {
	f := newFixture()
	token := awscdk.NewCfnParameter(f.stack, jsii.String("P"), &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber()
	nodes := f.sharded(2, 1, nil).AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: token})
	nodes.ScaleOnSchedule(jsii.String("Day"), &awsapplicationautoscaling.ScalingSchedule{
		Schedule: awsapplicationautoscaling.Schedule_Expression(jsii.String("rate(1 day)")), MinCapacity: jsii.Number(3), MaxCapacity: token,
	})
	parameter := object{"Ref": "P"}
	target := synthesize(t, f.stack).named(t, "CacheNodeGroups").Properties
	assert.Equal(t, parameter, target["MaxCapacity"])
	assert.Equal(t, object{"MinCapacity": 3.0, "MaxCapacity": parameter},
		target["ScheduledActions"].(list)[0].(object)["ScalableTargetAction"])
}

// warningIDs are the ends of the ids of the warnings of a construct and of all in it.
func warningIDs(construct constructs.IConstruct) (ids []string) {
	for _, child := range *construct.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		for _, warning := range warningsOf(child) {
			id := warning[strings.LastIndex(warning, rediscache.WarningPrefix)+len(rediscache.WarningPrefix):]
			ids = append(ids, strings.TrimSuffix(id, "]"))
		}
	}
	return ids
}

func TestScalingWarnsOfWhatDoesNotFollow(t *testing.T) {
	limits := func(least, most float64) *awsapplicationautoscaling.EnableScalingProps {
		return &awsapplicationautoscaling.EnableScalingProps{MinCapacity: &least, MaxCapacity: &most}
	}
	night := func(least float64) *awsapplicationautoscaling.ScalingSchedule {
		return &awsapplicationautoscaling.ScalingSchedule{
			Schedule: awsapplicationautoscaling.Schedule_Expression(jsii.String("rate(1 day)")), MinCapacity: &least,
		}
	}
	for _, test := range []struct {
		name   string
		change func(p *props)
		scale  func(cache rediscache.RedisCache)
		want   []string
	}{
		{"the number, and the alarms", nil, func(cache rediscache.RedisCache) {
			cache.AutoScaleReplicas(limits(1, 4)).ScaleOnEngineCpuUtilization(nil)
		}, []string{"scaledNumber", "scaledMembers"}},
		{"both numbers once", nil, func(cache rediscache.RedisCache) {
			cache.AutoScaleReplicas(limits(1, 4)).ScaleOnEngineCpuUtilization(nil)
			cache.AutoScaleNodeGroups(limits(2, 4)).ScaleOnSchedule(jsii.String("Night"), night(3))
		}, []string{"scaledNumber", "scaledMembers"}},
		{"the number alone, without alarms", withoutAlarms, func(cache rediscache.RedisCache) {
			cache.AutoScaleNodeGroups(limits(1, 4)).ScaleOnEngineCpuUtilization(nil)
		}, []string{"scaledNumber"}},
		{"the dashboard too", func(p *props) {
			withoutAlarms(p)
			p.Dashboard = jsii.Bool(true)
		}, func(cache rediscache.RedisCache) {
			cache.AutoScaleReplicas(limits(1, 4)).ScaleOnEngineCpuUtilization(nil)
		}, []string{"scaledNumber", "scaledMembers"}},
		{"nothing scales", withoutAlarms, func(cache rediscache.RedisCache) { cache.AutoScaleReplicas(limits(1, 4)) },
			[]string{"scaledNumber", "unusedScaling"}},
		{"a minimum below the number in ClusterMode", nil, func(cache rediscache.RedisCache) {
			cache.AutoScaleNodeGroups(limits(1, 4)).ScaleOnEngineCpuUtilization(nil)
		}, []string{"scaledNumber", "scaledMembers", "scaledMinimum"}},
		{"a minimum below the number in ClusterMode at night", nil, func(cache rediscache.RedisCache) {
			cache.AutoScaleNodeGroups(limits(2, 4)).ScaleOnSchedule(jsii.String("Night"), night(1))
		}, []string{"scaledNumber", "scaledMembers", "scaledMinimum"}},
		{"91 nodes by both numbers", withoutAlarms, func(cache rediscache.RedisCache) {
			cache.AutoScaleNodeGroups(limits(2, 31)).ScaleOnEngineCpuUtilization(nil)
			cache.AutoScaleReplicas(limits(1, 2)).ScaleOnEngineCpuUtilization(nil)
		}, []string{"scaledNumber", "nodesQuota"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cache := newFixture().sharded(2, 1, test.change)
			before := len(warningIDs(cache))
			test.scale(cache)
			assert.Equal(t, test.want, warningIDs(cache)[before:])
		})
	}
}

func TestWarningsOfScalingNameTheRemedy(t *testing.T) {
	cache := newFixture().sharded(3, 1, nil)
	before := len(warningsOf(cache))
	nodes := cache.AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: jsii.Number(2), MaxCapacity: jsii.Number(46),
	})
	want := []string{
		"Auto scaling: a deployment that changes a number in ClusterMode sets it on the scaled replication group; leave the number as it is " +
			"and change MinCapacity instead (docs/cluster-mode.md#auto-scaling)",
		"Auto scaling: alarms, dashboard and Members() cover only the nodes of ClusterMode: a node that scaling adds has no alarm, and " +
			"NodeUnreachable fires for one that it removes (docs/cluster-mode.md#auto-scaling)",
		"AutoScaleNodeGroups: MinCapacity 2 is below the 3 node groups of ClusterMode, so scaling in can remove nodes that the alarms watch; " +
			"use at least 3",
		"AutoScaleNodeGroups: up to 92 nodes are more than the default quota of 90 nodes per replication group; request an increase before you " +
			"deploy",
	}
	warnings := warningsOf(cache)[before:]
	require.Len(t, warnings, len(want))
	for i := range want {
		assert.Contains(t, warnings[i], want[i])
	}
	unused := warningsOf(cache.Node().FindChild(jsii.String("NodeGroups")))
	require.Len(t, unused, 1)
	assert.Contains(t, unused[0],
		"AutoScaleNodeGroups: nothing scales yet; call ScaleOnEngineCpuUtilization or ScaleOnSchedule on what it returned")
	nodes.ScaleOnEngineCpuUtilization(nil)
	assert.Empty(t, warningsOf(cache.Node().FindChild(jsii.String("NodeGroups"))))
}
