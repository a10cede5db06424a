package rediscache

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ClusterModeOptions enable cluster mode: the data is split over node groups (shards), each a primary with replicas. It is
// chosen when the replication group is created, and clients need a cluster client.
type ClusterModeOptions struct {
	// NumNodeGroups is the number of node groups (shards), 1 or more: at most 90 nodes together with the replicas, or 500 with
	// a higher quota. Some 50 node groups have room for their alarms in a template; more need fewer Alarms. Changing it
	// reshards in place, while the cache is in use. It has to be a literal.
	//
	// Default: 2.
	NumNodeGroups *float64 `field:"optional" json:"numNodeGroups" yaml:"numNodeGroups"`

	// ReplicasPerNodeGroup is the number of replicas of every node group, 1 to 5. Changing it updates the replication group
	// in place. It has to be a literal.
	//
	// Default: 1.
	ReplicasPerNodeGroup *float64 `field:"optional" json:"replicasPerNodeGroup" yaml:"replicasPerNodeGroup"`
}

// clusterMode is ClusterMode.
type clusterMode struct {
	on                   bool
	nodeGroups, replicas float64
}

func newClusterMode(options *ClusterModeOptions) clusterMode {
	if options == nil {
		return clusterMode{}
	}
	return clusterMode{on: true, nodeGroups: ptr.Or(options.NumNodeGroups, 2), replicas: ptr.Or(options.ReplicasPerNodeGroup, 1)}
}

// Limits of a replication group with cluster mode enabled (CreateReplicationGroup, API reference). Above 90 nodes the quota
// has to be raised.
const (
	mostReplicas     = 5
	mostClusterNodes = 500
	quotaOfNodes     = 90
)

// nodes is the number of nodes of all node groups.
func (m clusterMode) nodes() float64 { return m.nodeGroups * (1 + m.replicas) }

// suffixes are the ends of the nodes' cache cluster ids by node group: "-0001-001".
func (m clusterMode) suffixes() (suffixes []string) {
	for group := range int(m.nodeGroups) {
		for node := range int(m.replicas) + 1 {
			suffixes = append(suffixes, fmt.Sprintf("-%04d-%03d", group+1, node+1))
		}
	}
	return suffixes
}

// check judges the numbers; prefix is "ClusterMode." in RedisCacheProps and empty in RedisCacheAttributes.
func (m clusterMode) check(r *check.Report, prefix string) {
	const because = "every node has its own metrics"
	groups := r.Number(prefix+"NumNodeGroups", m.nodeGroups).Literal(because).Whole(1, mostClusterNodes)
	replicas := r.Number(prefix+"ReplicasPerNodeGroup", m.replicas).Literal(because).
		When(m.replicas == 0, "leaves no replica to fail over to, and cluster mode always fails over, so that every later update would fail; use 1 to 5").
		Whole(1, mostReplicas)
	if groups.Known() && replicas.Known() && m.nodes() > mostClusterNodes {
		r.Add(prefix+"NumNodeGroups", m.nodeGroups, "with ReplicasPerNodeGroup %s makes %s nodes; a replication group has at most %d",
			check.Quote(m.replicas), check.Quote(m.nodes()), mostClusterNodes)
	}
}

func (m clusterMode) warn(w *warnings) {
	w.when(m.on && m.nodes() > quotaOfNodes, "nodesQuota",
		"ClusterMode: %s nodes are more than the default quota of %d nodes a replication group; request an increase before you deploy",
		check.Quote(m.nodes()), quotaOfNodes)
}

// hasDurability reports whether the engine has Durability, as all of Valkey 9 and newer. The family tells it also of a version
// that is a token. Durability is chosen at creation and cannot be changed later, so its default, which may change, is written
// out.
func (v engineVersion) hasDurability() bool {
	const firstMajor = 9
	major, err := strconv.Atoi(strings.TrimPrefix(v.family, catalog.Valkey))
	return err == nil && major >= firstMajor
}

// apply never sets NodeGroupConfiguration: together with a changed number of node groups or replicas it replaces the group.
func (m clusterMode) apply(g *awselasticache.CfnReplicationGroupProps, v engineVersion) {
	g.NumNodeGroups = &m.nodeGroups
	g.ReplicasPerNodeGroup = &m.replicas
	if v.hasDurability() {
		g.Durability = ptr.To("disabled")
	}
}

// reshardOnline lets CloudFormation change the number of node groups in place.
func (m clusterMode) reshardOnline(group awselasticache.CfnReplicationGroup) {
	if m.on {
		group.CfnOptions().SetUpdatePolicy(&awscdk.CfnUpdatePolicy{UseOnlineResharding: ptr.To(true)})
	}
}
