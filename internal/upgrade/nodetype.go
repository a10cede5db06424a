package upgrade

import (
	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

func (u *upgrade) checkNodeType() {
	to := u.after
	name, _ := to.group.Property("CacheNodeType").Literal()
	change := u.change("CacheNodeType")
	version, engine := to.parsedVersion(), to.engine
	switch {
	case name == "":
	case to.nodeType.Name == "":
		u.check("%q is not in the tables of this tool; check that ElastiCache offers it for %s", name, to.name())
	case to.nodeType.Retired && u.changes("CacheNodeType"):
		u.refuse(change, "is retired; use a current type, such as \"cache.r7g.large\"")
	case to.nodeType.Retired:
	case len(catalog.EngineVersions(engine)) > 0 && !to.nodeType.Runs(engine):
		u.refuse(change, "does not run %s; use another type", engine)
	case isOlder(version, to.nodeType.Oldest(engine)):
		u.refuse(change, "needs %s %s or newer, not %s", engine, to.nodeType.Oldest(engine), to.version)
	case u.before.nodeType.Name != "" && u.before.nodeType.DataTiering != to.nodeType.DataTiering:
		u.refuse(change, "changes data tiering, which replaces the replication group; create a second cache beside this one, and move the "+
			"clients")
	}
}

// checkTogether refuses what one deployment cannot do at a time.
func (u *upgrade) checkTogether() {
	if u.engineChanges() && u.changes("CacheNodeType") {
		first := "the engine first, then the node type"
		if u.nodeTypeFirst() {
			first = "the node type first, then the engine"
		}
		u.refuse(u.change("CacheNodeType"), "a pending scale-up blocks the upgrade of the engine; use two deployments, %s", first)
	}
	switch mode := u.after.literal("ClusterMode", "disabled"); {
	case u.changes("ClusterMode"):
		u.refuse(u.change("ClusterMode"), "a change of the cluster mode carries the parameter group and nothing else; use two deployments")
	case mode == "compatible":
		u.refuse(u.change("ClusterMode"), "in the mode \"compatible\" ElastiCache changes neither engine nor node type; finish or undo "+
			"the change of the mode first")
	}
	for _, property := range []string{"NumCacheClusters", "NumNodeGroups", "ReplicasPerNodeGroup", "MultiAZEnabled",
		"AutomaticFailoverEnabled"} {
		if u.changes(property) {
			u.plan.Separate = append(u.plan.Separate, u.change(property).String()+"; deploy it on its own, before or after")
		}
	}
	for _, property := range []string{"TransitEncryptionMode", "LogDeliveryConfigurations"} {
		if u.engineChanges() && u.changes(property) {
			u.check("%s changes in the same update; nobody has shown yet that ElastiCache takes it together with the engine", u.change(property))
		}
	}
}

// nodeTypeFirst reports that the new engine does not run on the old type, while the new type runs the old engine.
func (u *upgrade) nodeTypeFirst() bool {
	return !runs(u.before.nodeType, u.after) && runs(u.after.nodeType, u.before)
}

func runs(nodeType catalog.NodeType, s state) bool {
	return nodeType.Runs(s.engine) && !isOlder(s.parsedVersion(), nodeType.Oldest(s.engine))
}
