package rediscache_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// drawClusterMode draws up to 90 nodes, mostly few: what a larger cache needs is known by its numbers.
func (d *drawn) drawClusterMode(t *rapid.T) {
	d.ClusterMode = &rediscache.ClusterModeOptions{}
	d.shards, d.replicas = 2, 1
	if draws(t, "NumNodeGroups") {
		most := oneOf(t, "most shards", 1, 4, 4, 15)
		d.shards = rapid.IntRange(1, most).Draw(t, "NumNodeGroups")
		d.ClusterMode.NumNodeGroups = jsii.Number(d.shards)
	}
	if draws(t, "ReplicasPerNodeGroup") {
		d.replicas = rapid.IntRange(1, 5).Draw(t, "ReplicasPerNodeGroup")
		d.ClusterMode.ReplicasPerNodeGroup = jsii.Number(d.replicas)
	}
	d.nodes = d.shards * (1 + d.replicas)
}

// scaling is a number under auto scaling.
type scaling struct {
	dimension   string
	least, most int
	policies    int
	schedules   int
	call        func(cache rediscache.RedisCache)
}

// drawScaling draws auto scaling for the node types that take it: those with a version of the engine in the table, and for a
// type or a version that is a token, of which nobody knows.
func (d *drawn) drawScaling(t *rapid.T) {
	if oldest := d.nodeType["auto_scaling_"+d.engine]; len(d.nodeType) > 0 && (oldest == "" || d.major > 0 && d.older(oldest)) {
		return
	}
	if draws(t, "AutoScaleNodeGroups") {
		d.scaling = append(d.scaling, drawScalable(t, "NodeGroups", d.shards, 60/(1+d.replicas), rediscache.RedisCache.AutoScaleNodeGroups))
	}
	if draws(t, "AutoScaleReplicas") {
		d.scaling = append(d.scaling, drawScalable(t, "Replicas", d.replicas, 5, rediscache.RedisCache.AutoScaleReplicas))
	}
}

// older compares majors only: no node type starts to scale with a later minor version.
func (d *drawn) older(oldest string) bool {
	major, err := strconv.Atoi(strings.Split(oldest, ".")[0])
	return err != nil || d.major < major
}

type scalableMethod = func(rediscache.RedisCache, *awsapplicationautoscaling.EnableScalingProps) rediscache.ScalableNodes

func drawScalable(t *rapid.T, dimension string, now, most int, method scalableMethod) scaling {
	s := scaling{dimension: dimension, least: now}
	options := &awsapplicationautoscaling.EnableScalingProps{}
	if draws(t, dimension+" minimum") {
		s.least = rapid.IntRange(1, now).Draw(t, dimension+" minimum")
		options.MinCapacity = jsii.Number(s.least)
	}
	s.most = rapid.IntRange(s.least, max(now, most)).Draw(t, dimension+" maximum")
	options.MaxCapacity = jsii.Number(s.most)
	onCPU := draws(t, dimension+" on CPU")
	utilization := &rediscache.UtilizationScalingOptions{DisableScaleIn: oneOf(t, dimension+" scale in", nil, jsii.Bool(true))}
	if draws(t, dimension+" target") {
		utilization.TargetUtilizationPercent = jsii.Number(rapid.IntRange(35, 70).Draw(t, dimension+" target"))
	}
	if onCPU {
		s.policies = 1
	}
	s.schedules = rapid.IntRange(0, 2).Draw(t, dimension+" schedules")
	s.call = func(cache rediscache.RedisCache) {
		nodes := method(cache, options)
		if onCPU {
			nodes.ScaleOnEngineCpuUtilization(utilization)
		}
		for i := range s.schedules {
			nodes.ScaleOnSchedule(jsii.String(fmt.Sprint("At", i)), &awsapplicationautoscaling.ScalingSchedule{
				Schedule:    awsapplicationautoscaling.Schedule_Expression(jsii.String("rate(1 day)")),
				MinCapacity: jsii.Number(s.least),
			})
		}
	}
	return s
}

// checkShards looks at what depends on the cluster mode.
func (d *drawn) checkShards(t *rapid.T, tpl template, group object) {
	var updatePolicy object
	for _, r := range tpl.allOf(replicationGroup) {
		updatePolicy = r.UpdatePolicy
	}
	for _, r := range tpl.allOf(parameterGroup) {
		enabled := r.Properties["Properties"].(object)["cluster-enabled"]
		assert.Equal(t, map[bool]any{true: "yes"}[d.shards > 0], enabled)
	}
	assert.NotContains(t, group, "NodeGroupConfiguration", "it replaces the group together with another number of shards")
	for id, r := range tpl.allOf(secret) {
		if text, has := r.Properties["SecretString"]; has && isOfCache(id) {
			endpoint := map[bool]string{true: "ConfigurationEndPoint", false: "PrimaryEndPoint"}[d.shards > 0]
			assert.Regexp(t, `\\"host\\":\\"",\{"Fn::GetAtt":\["Cache\w+","`+endpoint+`.Address"\]`, jsonOf(text))
		}
	}
	d.checkScaling(t, tpl)
	if d.shards == 0 {
		assert.EqualValues(t, d.nodes, group["NumCacheClusters"])
		for _, absent := range []string{"NumNodeGroups", "ReplicasPerNodeGroup", "Durability"} {
			assert.NotContains(t, group, absent)
		}
		assert.Empty(t, updatePolicy)
		return
	}
	assert.NotContains(t, group, "NumCacheClusters")
	assert.EqualValues(t, d.shards, group["NumNodeGroups"])
	assert.EqualValues(t, d.replicas, group["ReplicasPerNodeGroup"])
	assert.Equal(t, object{"UseOnlineResharding": true}, updatePolicy)
	assert.Equal(t, map[bool]any{true: "disabled"}[d.engine == "valkey" && d.familyMajor() >= 9], group["Durability"])
}

// familyMajor is the major version also where the version is a token.
func (d *drawn) familyMajor() int {
	if d.Engine == nil {
		return d.major
	}
	major, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(*d.Engine.Family(), d.engine), ".x"))
	if err != nil {
		panic(err)
	}
	return major
}

func (d *drawn) checkScaling(t *rapid.T, tpl template) {
	targets, policies := tpl.allOf("AWS::ApplicationAutoScaling::ScalableTarget"), 0
	require.Len(t, targets, len(d.scaling))
	for _, s := range d.scaling {
		policies += s.policies
		var target resource
		for id, r := range targets {
			if strings.HasPrefix(id, "Cache"+s.dimension) {
				target = r
			}
		}
		assert.Equal(t, "elasticache:replication-group:"+s.dimension, target.Properties["ScalableDimension"])
		assert.EqualValues(t, s.least, target.Properties["MinCapacity"])
		assert.EqualValues(t, s.most, target.Properties["MaxCapacity"])
		actions, _ := target.Properties["ScheduledActions"].(list)
		assert.Len(t, actions, s.schedules)
		assert.Contains(t, jsonOf(target.DependsOn), "CacheReplicationGroup", "the group has to exist")
		assert.Contains(t, jsonOf(target.Properties["ResourceId"]), "replication-group/")
	}
	assert.Len(t, tpl.allOf("AWS::ApplicationAutoScaling::ScalingPolicy"), policies)
}

// nodeNames are the ends of the nodes' ids: "001", or "0001-001" in cluster mode.
func (d *drawn) nodeNames() (names []string) {
	if d.shards == 0 {
		for node := range d.nodes {
			names = append(names, fmt.Sprintf("%03d", node+1))
		}
		return names
	}
	for shard := range d.shards {
		for node := range d.replicas + 1 {
			names = append(names, fmt.Sprintf("%04d-%03d", shard+1, node+1))
		}
	}
	return names
}

// nodeOf is the end of a node's id, of which the start may be a reference.
func (d *drawn) nodeOf(clusterID any) string {
	parts := strings.Split(strings.Trim(jsonOf(clusterID), `"]}`), "-")
	if d.shards > 0 {
		return strings.Join(parts[len(parts)-2:], "-")
	}
	return parts[len(parts)-1]
}
