package rediscache_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
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
			"options.MaxCapacity: is required; pass the most that you want to pay for"},
		{"more replicas than a node group has", func() {
			newFixture().sharded(2, 1, nil).AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(6)})
		}, "options.MaxCapacity: 6 is not a whole number from 1 to 5"},
		{"a minimum above the maximum", func() {
			newFixture().sharded(2, 1, nil).AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{
				MinCapacity: jsii.Number(5), MaxCapacity: jsii.Number(4),
			})
		}, "options.MinCapacity: 5 is above MaxCapacity 4"},
		{"the same number twice", func() {
			cache := newFixture().sharded(2, 1, nil)
			cache.AutoScaleReplicas(most)
			cache.AutoScaleReplicas(most)
		}, "AutoScaleReplicas: was called before; scale on what it returned"},
		{"a target below 35%", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(34)})
		}, "options.TargetUtilizationPercent: 34 is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a target above 70%", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(71)})
		}, "options.TargetUtilizationPercent: 71 is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a target that is no number", func() {
			scalable().ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(math.NaN())})
		}, "options.TargetUtilizationPercent: NaN is not a percentage from 35 to 70, which ElastiCache accepts"},
		{"a schedule with a minimum above its maximum", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MinCapacity: jsii.Number(4), MaxCapacity: jsii.Number(2)})
		}, "options.MinCapacity: 4 is above MaxCapacity 2"},
		{"two schedules of one id", func() {
			nodes := scalable()
			for range 2 {
				nodes.ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{
					Schedule: schedule, MinCapacity: jsii.Number(1),
				})
			}
		}, `id: "Night" is the id of another schedule; use one that is unique`},
		{"two targets", func() {
			nodes := scalable()
			nodes.ScaleOnEngineCpuUtilization(nil)
			nodes.ScaleOnEngineCpuUtilization(nil)
		}, "ScaleOnEngineCpuUtilization: was called before; a number has one target of a metric"},
		{"a schedule without limits", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule})
		}, "options.MinCapacity: is required; pass MinCapacity, MaxCapacity or both"},
		{"a schedule without a time", func() {
			scalable().ScaleOnSchedule(jsii.String("Night"), &awsapplicationautoscaling.ScalingSchedule{MinCapacity: jsii.Number(1)})
		}, "options.Schedule: is required; pass awsapplicationautoscaling.Schedule_Cron(...)"},
		{"a schedule without an id", func() {
			scalable().ScaleOnSchedule(nil, &awsapplicationautoscaling.ScalingSchedule{Schedule: schedule, MinCapacity: jsii.Number(1)})
		}, `id: is required; use one that is unique, such as "Morning"`},
		{"a schedule with more replicas than a node group has", func() {
			scalable().ScaleOnSchedule(jsii.String("Day"), &awsapplicationautoscaling.ScalingSchedule{
				Schedule: schedule, MaxCapacity: jsii.Number(6),
			})
		}, "options.MaxCapacity: 6 is not a whole number from 1 to 5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.EqualError(t, validationError(t, test.call), invalid("Test/Cache", test.want))
		})
	}
}

func TestScalingWarnsOfWhatDoesNotFollow(t *testing.T) {
	most := &awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(4)}
	const number = "AutoScaleReplicas: a deployment that changes the number in ClusterMode sets it on the scaled replication group; leave the " +
		"number as it is and change MinCapacity instead (docs/cluster-mode.md#auto-scaling)"
	const members = "AutoScaleReplicas: alarms, dashboard and Members() have the nodes of ClusterMode: a node that scaling adds has no " +
		"alarm, and NodeUnreachable fires for one that it removes (docs/cluster-mode.md#auto-scaling)"
	off := &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	for _, test := range []struct {
		name   string
		change func(p *props)
		want   []string
	}{
		{"the number, and the alarms", nil, []string{number, members}},
		{"the number alone, without alarms", func(p *props) { p.Alarms = off }, []string{number}},
		{"the dashboard too", func(p *props) { p.Alarms, p.Dashboard = off, jsii.Bool(true) }, []string{number, members}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cache := newFixture().sharded(2, 1, test.change)
			before := len(warningsOf(cache))
			cache.AutoScaleReplicas(most)
			warnings := warningsOf(cache)[before:]
			require.Len(t, warnings, len(test.want))
			for i, want := range test.want {
				assert.Contains(t, warnings[i], want)
			}
		})
	}
}
