package rediscache

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// topology is NodeType, NumCacheNodes, ClusterMode and MultiAzEnabled.
type topology struct {
	nodeTypeName  string
	nodeTypeGiven bool
	nodeType      catalog.NodeType // the zero value for a token, or for a type that does not exist
	nodes         float64          // with cluster mode disabled
	nodesGiven    bool
	clusterMode   clusterMode
	multiAz       bool
}

func newTopology(props *RedisCacheProps) topology {
	t := topology{
		nodeTypeName:  ptr.Or(props.NodeType, "cache.t3.small"),
		nodeTypeGiven: props.NodeType != nil,
		nodes:         ptr.Or(props.NumCacheNodes, 2),
		nodesGiven:    props.NumCacheNodes != nil,
		clusterMode:   newClusterMode(props.ClusterMode),
	}
	t.nodeType, _ = catalog.FindNodeType(t.nodeTypeName)
	t.multiAz = ptr.Or(props.MultiAzEnabled, t.replicas())
	return t
}

func (t topology) replicas() bool { return t.clusterMode.on || t.nodes > 1 }

// nodeSuffixes are the ends of the nodes' cache cluster ids: "-001" to "-006", or "-0001-001" and so on in cluster mode.
func (t topology) nodeSuffixes() []string {
	if t.clusterMode.on {
		return t.clusterMode.suffixes()
	}
	return nodeSuffixes(int(t.nodes))
}

func nodeSuffixes(nodes int) []string {
	suffixes := make([]string, nodes)
	for i := range suffixes {
		suffixes[i] = fmt.Sprintf("-%03d", i+1)
	}
	return suffixes
}

func (t topology) check(r *check.Report, e engine) {
	t.checkNodeType(r, e)
	if t.clusterMode.on {
		t.clusterMode.check(r, "ClusterMode.")
		r.Exclusive("NumCacheNodes", t.nodes, t.nodesGiven, "ClusterMode", true)
	} else {
		checkNumCacheNodes(r, t.nodes)
	}
	if t.multiAz && !t.clusterMode.on && t.nodes == 1 {
		r.Add("MultiAzEnabled", true, "needs a replica, but NumCacheNodes is 1; use 2 or more nodes, or MultiAzEnabled false")
	}
}

// A replication group with cluster mode disabled has a primary and up to five replicas.
const mostNodes = 6

func checkNumCacheNodes(r *check.Report, nodes float64) {
	r.Number("NumCacheNodes", nodes).
		Literal("every node has its own alarms and metrics").
		Whole(1, mostNodes)
}

// dataTieringPolicies are all that data tiering, which is mandatory for r6gd, supports (data tiering, user guide).
var dataTieringPolicies = []string{"noeviction", "volatile-lru", "allkeys-lru"}

func (t topology) checkNodeType(r *check.Report, e engine) {
	prefixed, isPrefix := catalog.FindNodeType("cache." + t.nodeTypeName)
	name := r.Text("NodeType", t.nodeTypeName).
		When(t.nodeType.Retired, "is retired; use a current type, such as \"cache.t4g.small\" or \"cache.r7g.large\"").
		When(isPrefix, "is not an ElastiCache node type; did you mean %q?", prefixed.Name).
		When(t.nodeType.Name == "", "is not an ElastiCache node type%s", check.DidYouMean(t.nodeTypeName, catalog.NodeTypeNames()))
	version := e.version
	if !name.Known() || check.IsToken(version.engine) || check.IsToken(version.version) || version.before(oldestRedis) {
		return // Engine is told already
	}
	policy := e.effectiveMaxmemoryPolicy()
	name.
		When(catalogHas(version.engine) && !t.nodeType.Runs(version.engine),
			"does not run %s; use a Valkey engine, or another type such as \"cache.r7g.large\"", version.engine).
		When(version.knownFamily() != "" && version.before(t.nodeType.Oldest(version.engine)), "needs %s %s or newer, not %s",
			version.engine, t.nodeType.Oldest(version.engine), version.version).
		When(t.nodeType.DataTiering && !check.IsToken(policy) && !slices.Contains(dataTieringPolicies, policy),
			"has data tiering, which does not support maxmemory-policy %q; use %s, or another type", policy, check.Either(dataTieringPolicies))
}

// catalogHas reports whether the engine is one whose node types are known; another one is a problem of Engine.
func catalogHas(engine string) bool { return len(catalog.EngineVersions(engine)) > 0 }

func (t topology) warn(w warning.Target, b backup) {
	lasting := b.removalPolicy != awscdk.RemovalPolicy_DESTROY
	w.WarnIf(!t.replicas() && lasting, "singleNode",
		"NumCacheNodes: 1 has no failover: a failed node loses the data and takes minutes to be replaced; use 2 or more in production")
	t.clusterMode.warn(w)
	w.WarnIf(t.nodeType.Name != "" && !t.nodeType.CurrentGeneration, "nodeTypeRetired",
		"NodeType: %q is of a previous generation, which AWS may refuse for new replication groups", t.nodeTypeName)
	w.WarnIf(t.nodeTypeGiven && t.nodeType.Burstable && t.multiAz && lasting, "burstableMultiAz",
		"NodeType: %q is burstable: without CPU credits it slows down for as long as the load lasts, and a failover does not help; "+
			"use an m or r type in production", t.nodeTypeName)
}

// apply sets failover and Multi-AZ also when they are off: left out, the service turns failover on and then fails for a
// single node.
func (t topology) apply(g *awselasticache.CfnReplicationGroupProps, v engineVersion) {
	g.CacheNodeType = &t.nodeTypeName
	if t.clusterMode.on {
		t.clusterMode.apply(g, v)
	} else {
		g.NumCacheClusters = &t.nodes
	}
	g.AutomaticFailoverEnabled = t.replicas()
	g.MultiAzEnabled = t.multiAz
	if t.nodeType.DataTiering { // mandatory for these types, refused for all others
		g.DataTieringEnabled = true
	}
}

// checkZones judges the zones of the subnets, where they are known.
func (t topology) checkZones(r *check.Report, zones []string) {
	zones = slices.Compact(slices.Sorted(slices.Values(zones)))
	if t.multiAz && t.replicas() && len(zones) == 1 && !check.IsListToken(zones[0]) {
		r.Add("MultiAzEnabled", true,
			"needs subnets in two or more Availability Zones, but VpcSubnets has only %s; add one, or use MultiAzEnabled false",
			check.Quote(strings.Join(zones, ", ")))
	}
}
