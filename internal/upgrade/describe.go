package upgrade

import (
	"fmt"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// firstQuickFailover: upgrades from older versions take longer to fail over (user guide, "Upgrade considerations"). Patch
// numbers are not compared, so 5.0.0 to 5.0.5, which ElastiCache no longer offers, count as quick.
var firstQuickFailover = catalog.Version{Major: 5, Minor: 0}

func (u *upgrade) describe() {
	p := &u.plan
	if u.engineChanges() {
		p.Does = append(p.Does, "ElastiCache upgrades the engine in place: the data and the endpoints stay, the IP addresses of the nodes "+
			"change")
		switch {
		case !u.before.failsOver():
			p.Does = append(p.Does, "without Multi-AZ the primary answers no requests while it is upgraded")
		case u.before.engine == catalog.Redis && u.before.parsedVersion().Before(firstQuickFailover):
			p.Does = append(p.Does, "reads go on, writes stop for 30 to 60 seconds at the failover")
		default:
			p.Does = append(p.Does, "reads go on, writes stop for some seconds at the failover")
		}
	}
	if u.before.family != u.after.family && u.after.parameterGroup != nil && u.before.parameterGroup != nil {
		p.Does = append(p.Does, fmt.Sprintf("CloudFormation creates the parameter group %s, moves the replication group over and deletes %s",
			u.after.parameterGroup.LogicalID, u.before.parameterGroup.LogicalID))
	}
	if u.changes("CacheNodeType") {
		p.Does = append(p.Does, "ElastiCache changes the node type in place and at once: the data and the endpoints stay, the IP "+
			"addresses of the nodes change")
		if u.shrinks() {
			p.Does = append(p.Does, "the new type has less memory: if the data does not fit, ElastiCache refuses it in an event, and "+
				"CloudFormation reports success")
		}
	}
	u.describeBack()
	u.describeCdkDiff()
}

// shrinks reports that the new node type is known to have less memory.
func (u *upgrade) shrinks() bool {
	return u.after.nodeType.MaxmemoryBytes > 0 && u.after.nodeType.MaxmemoryBytes < u.before.nodeType.MaxmemoryBytes
}

func (u *upgrade) describeBack() {
	p := &u.plan
	if u.engineChanges() {
		switch {
		case u.before.engine == catalog.Valkey && u.after.engine == catalog.Redis:
			p.Back = append(p.Back, u.after.name()+" goes to every version of Valkey again, in place")
		case u.after.inCatalog && u.after.known.RollsBackTo != "" && u.before.engine != u.after.engine:
			p.Back = append(p.Back, fmt.Sprintf("%s goes back to %s in place, while its users and user groups are of engine redis", u.after.name(),
				u.after.known.RollsBackTo))
		default:
			p.Back = append(p.Back, fmt.Sprintf("%s does not go back to %s: the way back is a new cache, empty or from the snapshot if that "+
				"version reads it",
				u.after.name(), u.before.name()))
		}
	}
	if u.changes("CacheNodeType") {
		p.Back = append(p.Back, "the node type goes back in place while the data fits")
	}
}

// describeCdkDiff: the CLI's data is older than CloudFormation's schema.
func (u *upgrade) describeCdkDiff() {
	p := &u.plan
	if u.changes("Engine") {
		p.CdkDiff = append(p.CdkDiff, "says that Engine requires replacement, which is out of date; `cdk diff --method=change-set` asks "+
			"CloudFormation")
	}
	if u.changes("ReplicasPerNodeGroup") {
		p.CdkDiff = append(p.CdkDiff, "says that ReplicasPerNodeGroup requires replacement, which is out of date")
	}
	if u.before.family != u.after.family && u.before.parameterGroup != nil {
		p.CdkDiff = append(p.CdkDiff, "shows the old parameter group as destroyed, which is right and loses nothing; "+
			"--fail-on=destructive stops the deployment for it")
	}
}

// addSteps: a plan that is refused has none but the order of its deployments.
func (u *upgrade) addSteps() {
	if len(u.plan.Refused) > 0 {
		return
	}
	node := "--cache-cluster-id <a replica>"
	if u.after.sharded() {
		node = "--replication-group-id <id>"
	}
	steps := []string{
		"run `rediscache guard` on the same templates",
		"take a snapshot: aws elasticache create-snapshot " + node + " --snapshot-name before-upgrade",
		"see that nothing is pending: aws elasticache describe-replication-groups --query 'ReplicationGroups[].PendingModifiedValues'",
		"deploy this change alone, in a quiet hour",
		"see what became of it: aws elasticache describe-cache-clusters --query " +
			"'CacheClusters[].[CacheClusterId,EngineVersion,CacheNodeType,CacheClusterStatus]'",
	}
	if u.shrinks() {
		steps = append(steps, "see whether ElastiCache refused it: aws elasticache describe-events --source-type replication-group "+
			"--duration 120")
	}
	steps = append(steps, "restart clients that cache DNS")
	u.plan.Steps = steps
}
