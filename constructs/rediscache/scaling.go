package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ScalableNodes is the number of node groups, or of replicas per node group, under auto scaling.
type ScalableNodes interface {
	// ScaleOnEngineCpuUtilization keeps EngineCPUUtilization near a target: of the primaries for node groups, of the replicas
	// for replicas. It panics with a *[ValidationError] for options out of range, and when it is called twice.
	ScaleOnEngineCpuUtilization(options *UtilizationScalingOptions)
	// ScaleOnSchedule changes the limits of the number at a time. It panics with a *[ValidationError] without an id, without
	// a schedule, and for limits that the replication group cannot have, or that do not fit each other or those of the method
	// that returned this.
	ScaleOnSchedule(id *string, options *awsapplicationautoscaling.ScalingSchedule)
}

// UtilizationScalingOptions are the options of ScaleOnEngineCpuUtilization.
type UtilizationScalingOptions struct {
	// TargetUtilizationPercent is the EngineCPUUtilization to keep, 35 to 70 percent, the range that ElastiCache accepts
	// (user guide, "Auto Scaling ElastiCache clusters").
	//
	// Default: 60.
	TargetUtilizationPercent *float64 `field:"optional" json:"targetUtilizationPercent" yaml:"targetUtilizationPercent"`

	// ScaleInCooldown is the time after scaling in before it scales in again, in whole seconds.
	//
	// Default: 10 minutes, which is the default of Application Auto Scaling for ElastiCache.
	ScaleInCooldown awscdk.Duration `field:"optional" json:"scaleInCooldown" yaml:"scaleInCooldown"`

	// ScaleOutCooldown is the time after scaling out before it scales out again, in whole seconds.
	//
	// Default: 10 minutes, which is the default of Application Auto Scaling for ElastiCache.
	ScaleOutCooldown awscdk.Duration `field:"optional" json:"scaleOutCooldown" yaml:"scaleOutCooldown"`

	// DisableScaleIn only ever scales out. Scaling in moves data, and removes nodes that hold connections.
	//
	// Default: false.
	DisableScaleIn *bool `field:"optional" json:"disableScaleIn" yaml:"disableScaleIn"`
}

// dimension is a number of the replication group that scales.
type dimension struct {
	name   string // of Application Auto Scaling
	method string
	unit   string
	most   float64 // that ElastiCache takes
	metric awsapplicationautoscaling.PredefinedMetric
	number func(mode *clusterMode) *float64
}

var (
	nodeGroupsDimension = dimension{
		name: "NodeGroups", method: "AutoScaleNodeGroups", unit: "node groups", most: mostClusterNodes,
		metric: awsapplicationautoscaling.PredefinedMetric_ELASTICACHE_PRIMARY_ENGINE_CPU_UTILIZATION,
		number: func(mode *clusterMode) *float64 { return &mode.nodeGroups },
	}
	replicasDimension = dimension{
		name: "Replicas", method: "AutoScaleReplicas", unit: "replicas", most: mostReplicas,
		metric: awsapplicationautoscaling.PredefinedMetric_ELASTICACHE_REPLICA_ENGINE_CPU_UTILIZATION,
		number: func(mode *clusterMode) *float64 { return &mode.replicas },
	}
)

// scalableNodes is a dimension of one replication group.
type scalableNodes struct {
	dimension
	cache       *redisCache
	target      awsapplicationautoscaling.ScalableTarget
	least, most float64  // of the target
	onCPU       bool     // ScaleOnEngineCpuUtilization was called
	schedules   []string // ids
}

func (c *redisCache) AutoScaleNodeGroups(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes {
	return c.newScalableNodes(nodeGroupsDimension, options)
}

func (c *redisCache) AutoScaleReplicas(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes {
	return c.newScalableNodes(replicasDimension, options)
}

func (c *redisCache) newScalableNodes(d dimension, options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes {
	var r check.Report
	c.checkScaling(&r, d)
	panicIfRefused(&r, c, d.method)
	given := ptr.Value(options)
	c.checkCapacities(&r, d, given)
	if c.Node().TryFindChild(&d.name) != nil {
		r.Add(d.method, nil, "was called before; scale on what it returned")
	}
	panicIfRefused(&r, c, d.method)

	n := &scalableNodes{dimension: d, cache: c, least: ptr.Or(given.MinCapacity, c.inClusterMode(d)), most: *given.MaxCapacity}
	n.target = awsapplicationautoscaling.NewScalableTarget(c, &d.name, &awsapplicationautoscaling.ScalableTargetProps{
		ServiceNamespace:  awsapplicationautoscaling.ServiceNamespace_ELASTICACHE,
		ResourceId:        ptr.To("replication-group/" + c.cacheName),
		ScalableDimension: ptr.To("elasticache:replication-group:" + d.name),
		MinCapacity:       &n.least,
		MaxCapacity:       &n.most,
		Role:              scalingRole(c, d.name+"Role"),
	})
	n.target.Node().AddDependency(c.replicationGroup)
	n.warn()
	n.scaleTo(d.method, n.least, n.most)
	return n
}

// scalingRole is the service-linked role that Application Auto Scaling creates and uses for ElastiCache.
func scalingRole(c *redisCache, id string) awsiam.IRole {
	arn := awscdk.Stack_Of(c).FormatArn(&awscdk.ArnComponents{
		Service:  ptr.To("iam"),
		Region:   ptr.To(""),
		Resource: ptr.To("role"),
		ResourceName: ptr.To("aws-service-role/elasticache.application-autoscaling.amazonaws.com/" +
			"AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG"),
	})
	return awsiam.Role_FromRoleArn(c, &id, arn, nil)
}

func (n *scalableNodes) ScaleOnEngineCpuUtilization(options *UtilizationScalingOptions) {
	const method = "ScaleOnEngineCpuUtilization"
	given := ptr.Value(options)
	target := ptr.Or(given.TargetUtilizationPercent, 60)
	var r check.Report
	checkUtilization(&r, target, given)
	if n.onCPU {
		r.Add(method, nil, "was called before; a number has one target of a metric")
	}
	panicIfRefused(&r, n.cache, method)

	n.onCPU = true
	n.acknowledgeUnused()
	n.target.ScaleToTrackMetric(ptr.To("EngineCpu"), &awsapplicationautoscaling.BasicTargetTrackingScalingPolicyProps{
		PredefinedMetric: n.metric,
		TargetValue:      &target,
		ScaleInCooldown:  given.ScaleInCooldown,
		ScaleOutCooldown: given.ScaleOutCooldown,
		DisableScaleIn:   given.DisableScaleIn,
	})
}

func (n *scalableNodes) ScaleOnSchedule(id *string, options *awsapplicationautoscaling.ScalingSchedule) {
	const method = "ScaleOnSchedule"
	given := ptr.Value(options)
	var r check.Report
	n.checkSchedule(&r, id, given)
	panicIfRefused(&r, n.cache, method)

	n.schedules = append(n.schedules, *id)
	n.acknowledgeUnused()
	n.scaleTo(method, ptr.Or(given.MinCapacity, n.cache.inClusterMode(n.dimension)), ptr.Or(given.MaxCapacity, n.most))
	n.target.ScaleOnSchedule(id, options)
}
