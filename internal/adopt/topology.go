package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

func (a *adoption) topology() {
	a.nodeType()
	switch {
	case a.group.ClusterMode == "compatible":
		a.cannot("ClusterMode: compatible; finish the change to enabled, or undo it, first")
	case a.clusterEnabled():
		a.shards()
	default:
		a.unsharded()
	}
	if a.group.ClusterEnabled == nil && a.group.ClusterMode == "" {
		a.unknown("ClusterMode: the replication group does not say whether cluster mode is enabled")
	}
	a.availability()
}

func (a *adoption) clusterEnabled() bool {
	return a.group.ClusterEnabled != nil && *a.group.ClusterEnabled || a.group.ClusterMode == "enabled"
}

func (a *adoption) nodeType() {
	name := a.group.CacheNodeType
	known, exists := catalog.FindNodeType(name)
	switch {
	case name == "":
		a.unknown("NodeType: the replication group does not say it")
		return
	case !exists:
		a.cannot("NodeType: %q is not in the tables of RedisCache, which refuses it; update this module", name)
	case known.Retired:
		a.cannot("NodeType: %q is retired, and RedisCache refuses it; scale to a current type first", name)
	}
	if exists && known.DataTiering != (a.group.DataTiering == "enabled") {
		a.cannot("DataTiering: %q with node type %s; RedisCache sets it by the node type, and a change replaces the replication group",
			a.group.DataTiering, name)
	}
	a.text("NodeType", "nodeType", name)
}

func (a *adoption) unsharded() {
	count := len(a.group.MemberClusters)
	if count == 0 {
		a.unknown("NumCacheNodes: the replication group lists no member clusters")
		return
	}
	var expected []string
	for i := range count {
		expected = append(expected, fmt.Sprintf("%s-%03d", a.group.ReplicationGroupId, i+1))
	}
	a.checkMembers(expected)
	a.number("NumCacheNodes", "numCacheNodes", count)
}

func (a *adoption) shards() {
	if len(a.group.NodeGroups) == 0 {
		a.unknown("ClusterMode: the replication group lists no node groups")
		return
	}
	var expected []string
	nodes := len(a.group.NodeGroups[0].NodeGroupMembers)
	for i, shard := range a.group.NodeGroups {
		if len(shard.NodeGroupMembers) != nodes {
			a.cannot("ClusterMode: the shards have different numbers of nodes; RedisCache has one ReplicasPerNodeGroup for all of them")
			return
		}
		for j := range nodes {
			expected = append(expected, fmt.Sprintf("%s-%04d-%03d", a.group.ReplicationGroupId, i+1, j+1))
		}
	}
	if nodes < 2 {
		a.cannot("ClusterMode: the shards have no replica, and RedisCache needs one in each; add replicas first")
		return
	}
	a.checkMembers(expected)
	shards := len(a.group.NodeGroups)
	a.add(prop{
		name: "ClusterMode",
		code: fmt.Sprintf("&rediscache.ClusterModeOptions{\nNumNodeGroups: jsii.Number(%d),\nReplicasPerNodeGroup: jsii.Number(%d),\n}",
			shards, nodes-1),
		packages: []string{jsiiPackage, rediscachePackage},
		key:      "clusterMode", value: map[string]int{"numNodeGroups": shards, "replicasPerNodeGroup": nodes - 1},
	})
}

// checkMembers: RedisCache watches the nodes that a new replication group would have.
func (a *adoption) checkMembers(expected []string) {
	members := slices.Sorted(slices.Values(a.group.MemberClusters))
	if !slices.Equal(members, expected) {
		a.cannot("MemberClusters: the nodes are called %s, and the alarms and the dashboard watch %s; switch off the alarms of nodes that "+
			"do not exist, and create your own for the others", strings.Join(members, ", "), strings.Join(expected, ", "))
	}
}

// availability: RedisCache turns failover on where there is a replica.
func (a *adoption) availability() {
	replicas := len(a.group.MemberClusters) > 1
	switch failover := a.group.AutomaticFailover; {
	case failover == "":
		a.unknown("AutomaticFailover: the replication group does not say it")
	case failover == "enabling" || failover == "disabling":
		a.unknown("AutomaticFailover: it is %s; wait, and ask again", failover)
	case replicas && failover != "enabled":
		a.cannot("AutomaticFailover: %s although there are replicas; RedisCache turns it on, in the deployment after the import", failover)
	case !replicas && failover == "enabled":
		a.cannot("AutomaticFailover: enabled without a replica; RedisCache turns it off, in the deployment after the import")
	}
	switch a.group.MultiAZ {
	case "enabled", "disabled":
		a.flag("MultiAzEnabled", "multiAzEnabled", a.group.MultiAZ == "enabled")
	default:
		a.unknown("MultiAzEnabled: the replication group does not say it")
	}
}
