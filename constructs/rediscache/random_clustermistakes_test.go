package rediscache_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

var clusterMistakes = []mistake{
	{"no shard", "ClusterMode.NumNodeGroups", withShards(0, 1)},
	{"2.5 shards", "ClusterMode.NumNodeGroups", withShards(2.5, 1)},
	{"a number of shards that is a token", "ClusterMode.NumNodeGroups", func(d *drawn) { withShards(*d.numberParameter("Shards"), 1)(d) }},
	{"no replica to fail over to", "ClusterMode.ReplicasPerNodeGroup", withShards(2, 0)},
	{"6 replicas", "ClusterMode.ReplicasPerNodeGroup", withShards(2, 6)},
	{"501 nodes", "ClusterMode.NumNodeGroups", func(d *drawn) {
		withShards(167, 2)(d)
		withAlarms(rediscache.AlarmOptions{Enabled: jsii.Bool(false)})(d)
	}},
	{"more alarms than a template has room for", "ClusterMode.NumNodeGroups", withShards(80, 1)},
	{"alarms that are too long for a template", "ClusterMode.NumNodeGroups", withShards(50, 4)},
	{"nodes and shards", "NumCacheNodes", func(d *drawn) {
		withShards(2, 1)(d)
		d.NumCacheNodes = jsii.Number(4)
	}},
}

// withShards enables cluster mode, with every alarm.
func withShards(nodeGroups, replicas float64) func(d *drawn) {
	return func(d *drawn) {
		d.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: &nodeGroups, ReplicasPerNodeGroup: &replicas}
		d.NumCacheNodes, d.MultiAzEnabled, d.Alarms, d.scaling = nil, nil, nil, nil
	}
}

var scalingMistakes = []mistake{
	{"auto scaling without cluster mode", "AutoScaleReplicas", func(d *drawn) {
		withNodes(2)(d)
		d.Alarms = nil
		d.scaling = replicasUpTo(jsii.Number(5))
	}},
	{"auto scaling of a burstable type", "AutoScaleReplicas", func(d *drawn) {
		withScalableShards(d)
		d.NodeType = rediscache.NodeType_T4G_MEDIUM()
		d.scaling = replicasUpTo(jsii.Number(5))
	}},
	{"auto scaling of an engine that cannot", "AutoScaleReplicas", func(d *drawn) {
		withScalableShards(d)
		d.Engine, d.NodeType = rediscache.EngineVersion_REDIS_6_2(), rediscache.NodeType_R6GD_XLARGE()
		d.MaxmemoryPolicy, d.Authentication = "", nil
		d.scaling = replicasUpTo(jsii.Number(5))
	}},
	{"auto scaling without a maximum", "options.MaxCapacity", func(d *drawn) {
		withScalableShards(d)
		d.scaling = replicasUpTo(nil)
	}},
	{"auto scaling to 6 replicas", "options.MaxCapacity", func(d *drawn) {
		withScalableShards(d)
		d.scaling = replicasUpTo(jsii.Number(6))
	}},
	{"auto scaling to fewer than there are", "options.MinCapacity", func(d *drawn) {
		withScalableShards(d)
		d.scaling = replicasUpTo(jsii.Number(1))
	}},
	{"auto scaling twice", "AutoScaleReplicas", func(d *drawn) {
		withScalableShards(d)
		d.scaling = append(replicasUpTo(jsii.Number(5)), replicasUpTo(jsii.Number(5))...)
	}},
	{"a target of 34%", "options.TargetUtilizationPercent", func(d *drawn) {
		withScalableShards(d)
		d.scaling = []scaling{{call: func(cache rediscache.RedisCache) {
			cache.AutoScaleNodeGroups(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(9)}).
				ScaleOnEngineCpuUtilization(&rediscache.UtilizationScalingOptions{TargetUtilizationPercent: jsii.Number(34)})
		}}}
	}},
}

// withScalableShards has two replicas a shard, of a type and an engine that scale.
func withScalableShards(d *drawn) {
	withShards(2, 2)(d)
	d.Engine, d.Parameters, d.NodeType = rediscache.EngineVersion_REDIS_7_1(), nil, rediscache.NodeType_R7G_LARGE()
}

func replicasUpTo(most *float64) []scaling {
	return []scaling{{call: func(cache rediscache.RedisCache) {
		cache.AutoScaleReplicas(&awsapplicationautoscaling.EnableScalingProps{MaxCapacity: most})
	}}}
}
