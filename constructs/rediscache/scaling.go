package rediscache

import (
	"slices"

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
	// a schedule, and for limits that the replication group cannot have.
	ScaleOnSchedule(id *string, options *awsapplicationautoscaling.ScalingSchedule)
}

// UtilizationScalingOptions are the options of ScaleOnEngineCpuUtilization.
type UtilizationScalingOptions struct {
	// TargetUtilizationPercent is the EngineCPUUtilization to keep, 35 to 70 percent, the range that ElastiCache accepts
	// (user guide, "Auto Scaling ElastiCache clusters").
	//
	// Default: 60.
	TargetUtilizationPercent *float64 `field:"optional" json:"targetUtilizationPercent" yaml:"targetUtilizationPercent"`

	// ScaleInCooldown is the time after scaling in before it scales in again.
	//
	// Default: 10 minutes, which is the default of Application Auto Scaling for ElastiCache.
	ScaleInCooldown awscdk.Duration `field:"optional" json:"scaleInCooldown" yaml:"scaleInCooldown"`

	// ScaleOutCooldown is the time after scaling out before it scales out again.
	//
	// Default: 10 minutes, which is the default of Application Auto Scaling for ElastiCache.
	ScaleOutCooldown awscdk.Duration `field:"optional" json:"scaleOutCooldown" yaml:"scaleOutCooldown"`

	// DisableScaleIn only ever scales out. Scaling in moves data, and removes nodes that hold connections.
	//
	// Default: false.
	DisableScaleIn *bool `field:"optional" json:"disableScaleIn" yaml:"disableScaleIn"`
}

// scalableNodes is one dimension of a replication group.
type scalableNodes struct {
	cache  *redisCache
	target awsapplicationautoscaling.ScalableTarget
	metric awsapplicationautoscaling.PredefinedMetric
	limits scalingLimits
	onCPU  bool // ScaleOnEngineCpuUtilization was called
	// schedules are the ids of ScaleOnSchedule.
	schedules []string
}

// scalingLimits are what the number can be.
type scalingLimits struct{ least, most, now float64 }

func (c *redisCache) AutoScaleNodeGroups(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes {
	mode := c.clusterMode()
	most := float64(int(mostClusterNodes / (1 + mode.replicas)))
	return c.newScalableNodes("AutoScaleNodeGroups", "NodeGroups", options, scalingLimits{1, most, mode.nodeGroups},
		awsapplicationautoscaling.PredefinedMetric_ELASTICACHE_PRIMARY_ENGINE_CPU_UTILIZATION)
}

func (c *redisCache) AutoScaleReplicas(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes {
	mode := c.clusterMode()
	return c.newScalableNodes("AutoScaleReplicas", "Replicas", options, scalingLimits{1, mostReplicas, mode.replicas},
		awsapplicationautoscaling.PredefinedMetric_ELASTICACHE_REPLICA_ENGINE_CPU_UTILIZATION)
}

func (c *redisCache) clusterMode() clusterMode { return c.settings.topology.clusterMode }

func (c *redisCache) newScalableNodes(
	method, dimension string, options *awsapplicationautoscaling.EnableScalingProps, limits scalingLimits,
	metric awsapplicationautoscaling.PredefinedMetric,
) ScalableNodes {
	var r check.Report
	given := ptr.Value(options)
	least := ptr.Or(given.MinCapacity, limits.now)
	c.checkScaling(&r, method)
	panicIfInvalid(&r, c, nil)
	if r.Required("options.MaxCapacity", given.MaxCapacity != nil, "pass the most that you want to pay for") {
		limits.check(&r, "options.MaxCapacity", *given.MaxCapacity)
		limits.check(&r, "options.MinCapacity", least)
		r.Number("options.MinCapacity", least).
			When(!check.IsNumberToken(*given.MaxCapacity) && least > *given.MaxCapacity, "is above MaxCapacity %s", check.Quote(*given.MaxCapacity))
	}
	if c.Node().TryFindChild(&dimension) != nil {
		r.Add(method, nil, "was called before; scale on what it returned")
	}
	panicIfInvalid(&r, c, nil)

	c.warnOfScaling(method)
	target := awsapplicationautoscaling.NewScalableTarget(c, &dimension, &awsapplicationautoscaling.ScalableTargetProps{
		ServiceNamespace:  awsapplicationautoscaling.ServiceNamespace_ELASTICACHE,
		ResourceId:        ptr.To("replication-group/" + c.cacheName),
		ScalableDimension: ptr.To("elasticache:replication-group:" + dimension),
		MinCapacity:       &least,
		MaxCapacity:       given.MaxCapacity,
		Role:              scalingRole(c, dimension+"Role"),
	})
	target.Node().AddDependency(c.replicationGroup)
	return &scalableNodes{cache: c, target: target, metric: metric, limits: limits}
}

// warnOfScaling tells that the template does not follow: CloudFormation sends a number that changes, and alarms and dashboard
// are written at synth.
func (c *redisCache) warnOfScaling(method string) {
	w := warnings{c}
	w.when(true, "scaledNumber",
		"%s: a deployment that changes the number in ClusterMode sets it on the scaled replication group; leave the number as it is and change "+
			"MinCapacity instead (docs/cluster-mode.md#auto-scaling)", method)
	w.when(len(c.alarms) > 0 || c.settings.monitoring.dashboard, "scaledMembers",
		"%s: alarms, dashboard and Members() have the nodes of ClusterMode: a node that scaling adds has no alarm, and NodeUnreachable fires for "+
			"one that it removes (docs/cluster-mode.md#auto-scaling)", method)
}

// scalingRole is the service-linked role that Application Auto Scaling creates and uses for ElastiCache.
func scalingRole(c *redisCache, id string) awsiam.IRole {
	arn := awscdk.Stack_Of(c).FormatArn(&awscdk.ArnComponents{
		Service:      ptr.To("iam"),
		Region:       ptr.To(""),
		Resource:     ptr.To("role"),
		ResourceName: ptr.To("aws-service-role/elasticache.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG"),
	})
	return awsiam.Role_FromRoleArn(c, &id, arn, nil)
}

// checkScaling refuses what Application Auto Scaling cannot scale (user guide, "Auto Scaling ElastiCache clusters").
func (c *redisCache) checkScaling(r *check.Report, method string) {
	t, version := c.settings.topology, c.settings.engine.version
	if !t.clusterMode.on {
		r.Add(method, nil, "needs cluster mode; create the cache with ClusterMode")
		return
	}
	if check.IsToken(t.nodeTypeName) || check.IsToken(version.engine+version.version) {
		return
	}
	switch oldest := t.nodeType.OldestAutoScaling(version.engine); {
	case !t.nodeType.AutoScaling:
		r.Add(method, nil, "cannot scale NodeType %q; use a large, xlarge or 2xlarge of an m5, r5, m6g, r6g or newer family", t.nodeTypeName)
	case version.before(oldest):
		r.Add(method, nil, "needs %s %s or newer, not %s", version.engine, oldest, version.version)
	}
}

func (l scalingLimits) check(r *check.Report, property string, value float64) {
	r.Number(property, value).Whole(l.least, l.most)
}

func (n *scalableNodes) ScaleOnEngineCpuUtilization(options *UtilizationScalingOptions) {
	const leastTarget, mostTarget = 35, 70
	given := ptr.Value(options)
	target := ptr.Or(given.TargetUtilizationPercent, 60)
	var r check.Report
	r.Number("options.TargetUtilizationPercent", target).
		When(!(target >= leastTarget && target <= mostTarget), "is not a percentage from %d to %d, which ElastiCache accepts", leastTarget, mostTarget)
	if n.onCPU {
		r.Add("ScaleOnEngineCpuUtilization", nil, "was called before; a number has one target of a metric")
	}
	panicIfInvalid(&r, n.cache, nil)

	n.onCPU = true
	n.target.ScaleToTrackMetric(ptr.To("EngineCpu"), &awsapplicationautoscaling.BasicTargetTrackingScalingPolicyProps{
		PredefinedMetric: n.metric,
		TargetValue:      &target,
		ScaleInCooldown:  given.ScaleInCooldown,
		ScaleOutCooldown: given.ScaleOutCooldown,
		DisableScaleIn:   given.DisableScaleIn,
	})
}

func (n *scalableNodes) ScaleOnSchedule(id *string, options *awsapplicationautoscaling.ScalingSchedule) {
	given := ptr.Value(options)
	var r check.Report
	r.Required("id", ptr.Value(id) != "", "use one that is unique, such as \"Morning\"")
	r.Required("options.Schedule", given.Schedule != nil, "pass awsapplicationautoscaling.Schedule_Cron(...)")
	r.Required("options.MinCapacity", given.MinCapacity != nil || given.MaxCapacity != nil, "pass MinCapacity, MaxCapacity or both")
	if given.MinCapacity != nil {
		n.limits.check(&r, "options.MinCapacity", *given.MinCapacity)
	}
	if given.MaxCapacity != nil {
		n.limits.check(&r, "options.MaxCapacity", *given.MaxCapacity)
	}
	if given.MinCapacity != nil && given.MaxCapacity != nil && *given.MinCapacity > *given.MaxCapacity {
		r.Add("options.MinCapacity", *given.MinCapacity, "is above MaxCapacity %s", check.Quote(*given.MaxCapacity))
	}
	if slices.Contains(n.schedules, ptr.Value(id)) {
		r.Add("id", ptr.Value(id), "is the id of another schedule; use one that is unique")
	}
	panicIfInvalid(&r, n.cache, nil)
	n.schedules = append(n.schedules, *id)
	n.target.ScaleOnSchedule(id, options)
}
