package rediscache_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func clusterChanges() []change {
	shards := func(nodeGroups, replicas float64, further ...func(p *props)) propsChange {
		return set(func(p *props) {
			p.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: &nodeGroups, ReplicasPerNodeGroup: &replicas}
			p.NodeType = rediscache.NodeType_R7G_LARGE()
			for _, change := range further {
				change(p)
			}
		})
	}
	plain := set(func(p *props) { p.NodeType = rediscache.NodeType_R7G_LARGE() })
	larger := func(p *props) { p.NodeType = rediscache.NodeType_R7G_XLARGE() }
	valkey := func(version rediscache.EngineVersion) func(p *props) { return func(p *props) { p.Engine = version } }
	two := shards(2, 1)
	return []change{
		// No property of it is create-only; ElastiCache refuses to change cluster-enabled of a replication group that lives.
		// Alarms in cluster mode have other logical ids and names.
		{property: "ClusterMode", change: "on", before: plain, after: two},
		{property: "ClusterMode", change: "off", before: two, after: plain},
		{property: "ClusterMode", change: "one more node group", ordinary: true, before: two, after: shards(3, 1)},
		{property: "ClusterMode", change: "one node group less", ordinary: true, before: shards(3, 1), after: two},
		{property: "ClusterMode", change: "node groups that take the alarms from all nodes to a node group each", ordinary: true,
			before: shards(3, 2), after: shards(4, 2)},
		{property: "ClusterMode", change: "one more replica", ordinary: true, before: two, after: shards(2, 2)},
		{property: "ClusterMode", change: "one replica less", ordinary: true, before: shards(2, 2), after: two},
		{property: "NodeType", change: "larger, in cluster mode", ordinary: true, before: two, after: shards(2, 1, larger)},
		// The parameter group's family changes its logical id, and Durability, which is new, is in place.
		{property: "Engine", change: "Valkey 8.2 to 9.0, in cluster mode", ordinary: true,
			before: shards(2, 1, valkey(rediscache.EngineVersion_VALKEY_8_2())), after: shards(2, 1, valkey(rediscache.EngineVersion_VALKEY_9_0())),
			does: []string{"ParameterGroupValkey8 gone"}},
		{property: "AutoScaleNodeGroups", change: "on", ordinary: true, before: two, after: two, call: scalesNodeGroups(4)},
		{property: "AutoScaleNodeGroups", change: "off", ordinary: true, before: two, after: two, calledBefore: scalesNodeGroups(4)},
		{property: "AutoScaleNodeGroups", change: "another maximum", ordinary: true, before: two, after: two,
			calledBefore: scalesNodeGroups(4), call: scalesNodeGroups(6)},
		{property: "AutoScaleReplicas", change: "on", ordinary: true, before: two, after: two, call: scalesReplicas},
		{property: "AutoScaleReplicas", change: "off", ordinary: true, before: two, after: two, calledBefore: scalesReplicas},
		{property: "AutoScaleReplicas", change: "with another number of replicas", ordinary: true, before: two, after: shards(2, 2),
			calledBefore: scalesReplicas, call: scalesReplicas},
	}
}

func scalesNodeGroups(most float64) func(fixture, rediscache.RedisCache) {
	return func(_ fixture, cache rediscache.RedisCache) {
		options := &awsapplicationautoscaling.EnableScalingProps{MaxCapacity: &most}
		cache.AutoScaleNodeGroups(options).ScaleOnEngineCpuUtilization(nil)
	}
}

func scalesReplicas(_ fixture, cache rediscache.RedisCache) {
	options := &awsapplicationautoscaling.EnableScalingProps{MaxCapacity: jsii.Number(5)}
	cache.AutoScaleReplicas(options).ScaleOnEngineCpuUtilization(nil)
}
