package rediscache

import (
	"math"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// checkScaling refuses what Application Auto Scaling cannot scale (user guide, "Auto Scaling ElastiCache clusters").
func (c *redisCache) checkScaling(r *check.Report, d dimension) {
	t, version := c.settings.topology, c.settings.engine.version
	if !t.clusterMode.on {
		r.Add(d.method, nil, "needs cluster mode; create the cache with ClusterMode")
		return
	}
	if check.IsToken(t.nodeTypeName) || check.IsToken(version.engine+version.version) {
		return
	}
	switch oldest := t.nodeType.OldestAutoScaling(version.engine); {
	case !t.nodeType.AutoScaling:
		r.Add(d.method, nil, "cannot scale NodeType %q; use a large, xlarge or 2xlarge of an m5, r5, m6g, r6g or newer family", t.nodeTypeName)
	case version.before(oldest):
		r.Add(d.method, nil, "needs %s %s or newer, not %s", version.engine, oldest, version.version)
	}
}

// inClusterMode is the number in ClusterMode.
func (c *redisCache) inClusterMode(d dimension) float64 {
	return *d.number(&c.settings.topology.clusterMode)
}

func (c *redisCache) checkCapacities(r *check.Report, d dimension, given awsapplicationautoscaling.EnableScalingProps) {
	const maximum = "options.MaxCapacity"
	if !r.Required(maximum, given.MaxCapacity != nil, "pass the most that you want to pay for") {
		return
	}
	least, most, now := given.MinCapacity, *given.MaxCapacity, c.inClusterMode(d)
	c.checkCapacity(r, d, maximum, most).
		When(most < now, "is below the %s %s of ClusterMode", check.Quote(now), d.unit)
	if least != nil {
		c.checkCapacity(r, d, "options.MinCapacity", *least).When(exceeds(*least, most), "is above MaxCapacity %s", check.Quote(most))
	}
}

// checkCapacity wants a number that the replication group can have, also when the other number is at its most.
func (c *redisCache) checkCapacity(r *check.Report, d dimension, property string, value float64) check.Number {
	most := c.scaledTo
	*d.number(&most) = value
	return r.Number(property, value).
		Whole(1, d.most).
		When(most.nodes() > mostClusterNodes,
			"makes up to %s nodes; a replication group has at most %d", check.Quote(most.nodes()), mostClusterNodes)
}

// exceeds is false for a token.
func exceeds(a, b float64) bool { return a > b && !check.IsNumberToken(a) && !check.IsNumberToken(b) }

func checkUtilization(r *check.Report, target float64, given UtilizationScalingOptions) {
	const leastTarget, mostTarget = 35, 70
	r.Number("options.TargetUtilizationPercent", target).
		When(!(target >= leastTarget && target <= mostTarget),
			"is not a percentage from %d to %d, which ElastiCache accepts", leastTarget, mostTarget)
	checkCooldown(r, "options.ScaleInCooldown", given.ScaleInCooldown)
	checkCooldown(r, "options.ScaleOutCooldown", given.ScaleOutCooldown)
}

func checkCooldown(r *check.Report, property string, cooldown awscdk.Duration) {
	if cooldown == nil || *cooldown.IsUnresolved() {
		return
	}
	seconds := *cooldown.ToSeconds(&awscdk.TimeConversionOptions{Integral: ptr.To(false)})
	r.Number(property, seconds).When(seconds != math.Trunc(seconds), "is not a whole number of seconds")
}

// checkSchedule compares a single limit with that of the target, which stays as it is.
func (n *scalableNodes) checkSchedule(r *check.Report, id *string, given awsapplicationautoscaling.ScalingSchedule) {
	tree.CheckID(r, id, "use one that is unique, such as \"Morning\"")
	if slices.Contains(n.schedules, ptr.Value(id)) {
		r.Add("id", *id, "is the id of another schedule; use one that is unique")
	}
	r.Required("options.Schedule", given.Schedule != nil, "pass awsapplicationautoscaling.Schedule_Cron(...)")
	least, most := given.MinCapacity, given.MaxCapacity
	r.Required("options.MinCapacity", least != nil || most != nil, "pass MinCapacity, MaxCapacity or both")
	if least != nil {
		n.cache.checkCapacity(r, n.dimension, "options.MinCapacity", *least).
			When(most != nil && exceeds(*least, *most), "is above MaxCapacity %s", check.Quote(ptr.Value(most))).
			When(most == nil && exceeds(*least, n.most), "is above the MaxCapacity %s of %s; pass MaxCapacity too", check.Quote(n.most), n.method)
	}
	if most != nil {
		n.cache.checkCapacity(r, n.dimension, "options.MaxCapacity", *most).
			When(least == nil && exceeds(n.least, *most), "is below the MinCapacity %s of %s; pass MinCapacity too", check.Quote(n.least), n.method)
	}
}

// warn tells that the template does not follow: CloudFormation sends a number that changes, and alarms and dashboard are
// written at synth. It is the same for both dimensions, so once is enough.
func (n *scalableNodes) warn() {
	w := warnings{n.target}
	w.when(true, "unusedScaling",
		"%s: nothing scales yet; call ScaleOnEngineCpuUtilization or ScaleOnSchedule on what it returned", n.method)
	w = warnings{n.cache}
	first := !n.cache.scales
	n.cache.scales = true
	w.when(first, "scaledNumber",
		"Auto scaling: a deployment that changes a number in ClusterMode sets it on the scaled replication group; leave the number as it is and "+
			"change MinCapacity instead (docs/cluster-mode.md#auto-scaling)")
	w.when(first && n.cache.isWatched(), "scaledMembers",
		"Auto scaling: alarms, dashboard and Members() cover only the nodes of ClusterMode: a node that scaling adds has no alarm, and "+
			"NodeUnreachable fires for one that it removes (docs/cluster-mode.md#auto-scaling)")
}

// isWatched reports whether alarms or the dashboard name the nodes.
func (c *redisCache) isWatched() bool { return len(c.alarms) > 0 || c.settings.monitoring.dashboard }

// acknowledgeUnused takes back the warning that nothing scales: CDK removes a warning that is acknowledged.
func (n *scalableNodes) acknowledgeUnused() {
	awscdk.Annotations_Of(n.target).AcknowledgeWarning(ptr.To(WarningPrefix+"unusedScaling"), nil)
}

// scaleTo remembers the most that the number is scaled to, and warns of limits that a deployment or an operator meets later.
func (n *scalableNodes) scaleTo(method string, least, most float64) {
	w, now := warnings{n.cache}, n.cache.inClusterMode(n.dimension)
	w.when(n.cache.isWatched() && exceeds(now, least), "scaledMinimum",
		"%s: MinCapacity %s is below the %s %s of ClusterMode, so scaling in can remove nodes that the alarms watch; use at least %s",
		method, check.Quote(least), check.Quote(now), n.unit, check.Quote(now))
	if check.IsNumberToken(most) {
		return
	}
	before := n.cache.scaledTo.nodes()
	number := n.number(&n.cache.scaledTo)
	*number = max(*number, most)
	after := n.cache.scaledTo.nodes()
	w.when(before <= quotaOfNodes && after > quotaOfNodes, "nodesQuota",
		"%s: up to %s nodes are more than the default quota of %d nodes per replication group; request an increase before you deploy",
		method, check.Quote(after), quotaOfNodes)
}
