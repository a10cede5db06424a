package adopt

import (
	"maps"
	"slices"
	"strings"
)

// unfinished: what is being changed may be another value in a minute.
func (a *adoption) unfinished() {
	if a.group.Status != "available" {
		a.unknown("Status: the replication group is %s; wait until it is available, and ask again", orAsk(a.group.Status,
			"in an unknown status"))
	}
	if pending := nonEmpty(a.group.PendingModifiedValues); len(pending) > 0 {
		a.unknown("PendingModifiedValues: the replication group has %s pending; wait until they are applied, and ask again",
			strings.Join(pending, ", "))
	}
	for _, node := range a.nodes {
		if pending := nonEmpty(node.PendingModifiedValues); len(pending) > 0 {
			a.unknown("PendingModifiedValues: %s has %s pending; wait until they are applied, and ask again", node.CacheClusterId,
				strings.Join(pending, ", "))
		}
	}
	if a.hasNodes && len(a.nodes) > 0 && len(a.nodes) != len(a.group.MemberClusters) {
		a.unknown("CacheClusters: the file has %d of the %d nodes of the replication group; ask for all of them", len(a.nodes),
			len(a.group.MemberClusters))
	}
}

// nonEmpty are the keys whose value is not empty.
func nonEmpty(pending map[string]any) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(pending)) {
		switch value := pending[key].(type) {
		case nil:
		case []any:
			if len(value) > 0 {
				keys = append(keys, key)
			}
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// fixed is what a replication group has from its creation, and RedisCache has not.
func (a *adoption) fixed() {
	if info := a.group.GlobalReplicationGroupInfo; info != nil && info.GlobalReplicationGroupId != "" {
		a.cannot("GlobalReplicationGroupId: the replication group is part of the global datastore %s; take it out first",
			info.GlobalReplicationGroupId)
	}
	if network := a.group.NetworkType; network != "" && network != "ipv4" {
		a.cannot("NetworkType: %s, and RedisCache has ipv4 only; a change replaces the replication group", network)
	}
	if a.group.IpDiscovery == "ipv6" {
		a.cannot("IpDiscovery: ipv6, and RedisCache leaves it to ElastiCache")
	}
	if outposts := a.group.MemberClustersOutpostArns; len(outposts) > 0 {
		a.cannot("MemberClustersOutpostArns: the nodes are on %s, and RedisCache has no Outposts", strings.Join(outposts, ", "))
	}
	if durability := orAsk(a.group.EffectiveDurability, a.group.Durability); durability == "sync" || durability == "async" {
		a.cannot("Durability: %s, and RedisCache has no durability; it cannot be changed after the creation", durability)
	}
	for _, node := range a.nodes {
		if len(node.CacheSecurityGroups) > 0 {
			a.cannot("CacheSecurityGroups: %s has cache security groups, which are of EC2-Classic", node.CacheClusterId)
		}
	}
}
