package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// sharded is a cache named securebase-prod with cluster mode enabled.
func (f fixture) sharded(nodeGroups, replicas float64, change func(p *props)) rediscache.RedisCache {
	return f.cache(func(p *props) {
		p.Name, p.NodeType = jsii.String("securebase-prod"), rediscache.NodeType_R7G_LARGE()
		p.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: &nodeGroups, ReplicasPerNodeGroup: &replicas}
		if change != nil {
			change(p)
		}
	})
}

func TestClusterModeSplitsTheDataOverNodeGroups(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.ClusterMode = &rediscache.ClusterModeOptions{} })
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	tpl := synthesize(t, f.stack)

	id := tpl.idOf(t, "CacheReplicationGroup")
	group := tpl.Resources[id].Properties
	assert.Equal(t, 2.0, group["NumNodeGroups"])
	assert.Equal(t, 1.0, group["ReplicasPerNodeGroup"])
	assert.Equal(t, true, group["AutomaticFailoverEnabled"])
	assert.Equal(t, true, group["MultiAZEnabled"])
	for _, absent := range []string{"NumCacheClusters", "NodeGroupConfiguration", "ClusterMode", "Durability"} {
		assert.NotContains(t, group, absent)
	}
	assert.Equal(t, "yes", tpl.named(t, "CacheParameterGroupRedis7").Properties["Properties"].(object)["cluster-enabled"])

	host := object{"Fn::GetAtt": list{id, "ConfigurationEndPoint.Address"}}
	assert.Nil(t, cache.PrimaryEndpointAddress())
	assert.Nil(t, cache.ReaderEndpointAddress())
	assert.Equal(t, host, f.stack.Resolve(cache.ConfigurationEndpointAddress()))
	assert.Equal(t, object{"Fn::Join": list{"", list{"rediss://", host, ":6379"}}}, f.stack.Resolve(cache.ConnectionString()))
	assert.Contains(t, fmt.Sprint(tpl.named(t, "CacheConnection").Properties["SecretString"]), "ConfigurationEndPoint.Address")
	variables := variables(t, tpl)
	assert.Equal(t, host, variables["REDIS_HOST"])
	assert.Equal(t, "true", variables["REDIS_CLUSTER_MODE"])
	assert.NotContains(t, variables, "REDIS_READER_HOST")
}

func TestReshardingIsDoneOnline(t *testing.T) {
	f := newFixture()
	f.sharded(3, 2, nil)
	text := templateJSON(t, f.stack)
	assert.Contains(t, text, `"UpdatePolicy":{"UseOnlineResharding":true}`)
	plain := newFixture()
	plain.cache(nil)
	assert.NotContains(t, templateJSON(t, plain.stack), "UseOnlineResharding")
}

func TestDurabilityIsWrittenOutWhereItsDefaultMayChange(t *testing.T) {
	for engine, want := range map[rediscache.EngineVersion]any{
		rediscache.EngineVersion_VALKEY_8_2(): nil,
		rediscache.EngineVersion_VALKEY_9_0(): "disabled",
	} {
		f := newFixture()
		f.sharded(2, 1, func(p *props) { p.Engine = engine })
		tpl := synthesize(t, f.stack)
		assert.Equal(t, want, tpl.named(t, "CacheReplicationGroup").Properties["Durability"], *engine.Version())
	}
}

func TestMembersOfNodeGroupsAreCountedByNodeGroup(t *testing.T) {
	f := newFixture()
	var ids []string
	for _, m := range *f.sharded(2, 2, nil).Members() {
		ids = append(ids, *m.CacheClusterId())
	}
	assert.Equal(t, []string{"securebase-prod-redis-0001-001", "securebase-prod-redis-0001-002", "securebase-prod-redis-0001-003",
		"securebase-prod-redis-0002-001", "securebase-prod-redis-0002-002", "securebase-prod-redis-0002-003"}, ids)
}

// An alarm's metric math holds ten metrics.
func TestAlarmsOfAShardedCacheWatchAsManyNodesAsTheyCan(t *testing.T) {
	alarms := func(nodeGroups, replicas float64) map[string]object {
		f := newFixture()
		f.sharded(nodeGroups, replicas, func(p *props) { p.LogRetention = "" })
		found := map[string]object{}
		for _, r := range synthesize(t, f.stack).allOf(alarm) {
			found[strings.TrimPrefix(r.Properties["AlarmName"].(string), "securebase-prod-redis-")] = r.Properties
		}
		return found
	}
	expression := func(properties object) any { return properties["Metrics"].(list)[0].(object)["Expression"] }

	t.Run("nine nodes are watched by one alarm a metric, and their hits and misses by node group", func(t *testing.T) {
		found := alarms(3, 2)
		require.Contains(t, found, "cpu")
		assert.Equal(t, "MAX([node1, node2, node3, node4, node5, node6, node7, node8, node9])", expression(found["cpu"]))
		assert.Len(t, found["cpu"]["Metrics"], 10)
		assert.Contains(t, found["cpu"]["AlarmDescription"], "Redis query cache securebase-prod, all nodes: Host CPU is above 75%.")
		assert.Equal(t, "MIN([FILL(node1, 0), FILL(node2, 0), FILL(node3, 0), FILL(node4, 0), FILL(node5, 0), FILL(node6, 0), FILL(node7, 0), "+
			"FILL(node8, 0), FILL(node9, 0)])", expression(found["node-unreachable"]), "the math leaves out what is missing")
		assert.Equal(t, "IF(SUM([hits1, hits2, hits3]) + SUM([misses1, misses2, misses3]) >= 100, 100 * SUM([hits1, hits2, hits3]) / "+
			"(SUM([hits1, hits2, hits3]) + SUM([misses1, misses2, misses3])), 100)", expression(found["0002-hit-rate"]))
		assert.Len(t, found, 7+3)
	})
	t.Run("ninety nodes are watched by node group", func(t *testing.T) {
		found := alarms(30, 2)
		assert.Len(t, found, 30*8)
		assert.Equal(t, "MAX([node1, node2, node3])", expression(found["0030-memory"]))
		assert.Contains(t, found["0030-memory"]["AlarmDescription"], "node group 0030: ")
	})
	t.Run("the hit rate of a node group of six is watched by node", func(t *testing.T) {
		found := alarms(2, 5)
		assert.Equal(t, "MAX([node1, node2, node3, node4, node5, node6])", expression(found["0001-cpu"]))
		assert.Contains(t, found, "0002-006-hit-rate")
		assert.Len(t, found, 2*7+12)
	})
}

func TestTheDashboardOfManyNodesShowsNodeGroups(t *testing.T) {
	body := func(nodeGroups, replicas float64) string {
		f := newFixture()
		f.sharded(nodeGroups, replicas, func(p *props) { p.Dashboard = jsii.Bool(true) })
		return fmt.Sprint(synthesize(t, f.stack).one(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"])
	}
	few := body(4, 2)
	assert.Contains(t, few, `"label":"0004-003"`)
	assert.NotContains(t, few, "MAX([")
	many := body(5, 2)
	assert.NotContains(t, many, `"label":"0004-003"`)
	assert.Contains(t, many, `"label":"0005","expression":"MAX([cPUUtilization_0005_001, cPUUtilization_0005_002, cPUUtilization_0005_003])"`)
	assert.Contains(t, many, `"label":"0005","expression":"SUM([evictions_0005_001`)
}

// CloudWatch shows a hundred alarms in a widget.
func TestTheDashboardOfManyAlarmsHasSeveralAlarmWidgets(t *testing.T) {
	f := newFixture()
	f.sharded(15, 1, func(p *rediscache.RedisCacheProps) { p.Dashboard = jsii.Bool(true) })
	body := fmt.Sprint(synthesize(t, f.stack).one(t, dashboard).Properties["DashboardBody"])
	assert.Equal(t, 2, strings.Count(body, `"type":"alarm"`), "of 120 alarms")
}

func TestMetricsOfAShardedCacheAreOfTheWholeGroup(t *testing.T) {
	f := newFixture()
	cache := f.sharded(2, 1, nil)
	assert.Equal(t, "MAX([cPUUtilization_0001_001, cPUUtilization_0001_002, cPUUtilization_0002_001, cPUUtilization_0002_002])",
		expressionOf(t, cache.MetricCpuUtilization(nil)))
}

func TestNumbersOfNodeGroupsThatCannotBeDeployedAreRefused(t *testing.T) {
	f := newFixture()
	parameter := awscdk.NewCfnParameter(f.stack, jsii.String("P"), &awscdk.CfnParameterProps{Type: jsii.String("Number")})
	tests := []struct {
		name                 string
		nodeGroups, replicas float64
		change               func(p *props)
		want                 []string // none: accepted
	}{
		{"one node group is accepted", 1, 1, nil, nil},
		{"no node group is refused", 0, 1, nil, []string{"ClusterMode.NumNodeGroups: 0 is not a whole number from 1 to 500"}},
		{"five replicas are accepted", 2, 5, nil, nil},
		{"six replicas are refused", 2, 6, nil, []string{"ClusterMode.ReplicasPerNodeGroup: 6 is not a whole number from 1 to 5"}},
		{"no replica is refused", 2, 0, nil, []string{"ClusterMode.ReplicasPerNodeGroup: 0 leaves no replica to fail over to, and cluster mode " +
			"always fails over, so that every later update would fail; use 1 to 5"}},
		{"more than 500 nodes are refused", 251, 1, func(p *props) { p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)} },
			[]string{"ClusterMode.NumNodeGroups: 251 with 1 replicas each makes 502 nodes; a replication group has at most 500"}},
		{"a number of nodes beside it is refused", 2, 1, func(p *props) { p.NumCacheNodes = jsii.Number(3) },
			[]string{"NumCacheNodes: 3 and ClusterMode exclude each other; leave out one of them"}},
		{"a token is refused", *parameter.ValueAsNumber(), 1, nil,
			[]string{"ClusterMode.NumNodeGroups: is a token, but every node has its own metrics; pass it as a literal"}},
		{"a dashboard of 260 nodes is refused", 130, 1, func(p *props) { p.Dashboard = jsii.Bool(true) },
			[]string{"Dashboard: true has no room for 260 nodes; it can show at most 250, so leave it out"}},
		{"the parameter is the construct's", 2, 1, func(p *props) {
			p.Parameters = &map[string]*string{"cluster-enabled": jsii.String("no")}
		}, []string{`Parameters["cluster-enabled"]: "no" is set by the construct: use ClusterMode`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want == nil {
				newFixture().sharded(test.nodeGroups, test.replicas, test.change)
				return
			}
			err := validationError(t, func() { f.sharded(test.nodeGroups, test.replicas, test.change) })
			var lines []string
			for _, problem := range err.Problems {
				lines = append(lines, problem.String())
			}
			assert.Equal(t, test.want, lines)
		})
	}
}

func TestAShardedCacheIsImportedByItsConfigurationEndpoint(t *testing.T) {
	f := newFixture()
	groups := &[]awsec2.ISecurityGroup{importedSecurityGroup(f.stack, "Group", "sg-87654321")}
	cache := rediscache.RedisCache_FromRedisCacheAttributes(f.stack, jsii.String("Imported"), &attributes{
		ReplicationGroupId: jsii.String("g"), ConfigurationEndpointAddress: jsii.String("clustercfg.g"),
		NumNodeGroups: jsii.Number(3), SecurityGroups: groups,
	})
	assert.Equal(t, "rediss://clustercfg.g:6379", *cache.ConnectionString())
	assert.Len(t, *cache.Members(), 6)
	for name, test := range map[string]struct {
		change func(a *attributes)
		want   string
	}{
		"a primary beside it": {func(a *attributes) { a.PrimaryEndpointAddress = jsii.String("h") },
			`PrimaryEndpointAddress: "h" and cluster mode exclude each other; leave out one of them`},
		"a number of nodes": {func(a *attributes) { a.NumCacheNodes = jsii.Number(2) },
			"NumCacheNodes: 2 and NumNodeGroups exclude each other; leave out one of them"},
		"no configuration": {func(a *attributes) { a.ConfigurationEndpointAddress = nil },
			"ConfigurationEndpointAddress: is required; pass the host of the configuration endpoint"},
		"no replica": {func(a *attributes) { a.ReplicasPerNodeGroup = jsii.Number(0) },
			"ReplicasPerNodeGroup: 0 leaves no replica to fail over to, and cluster mode always fails over, " +
				"so that every later update would fail; use 1 to 5"},
		"a scheme before the host": {func(a *attributes) { a.ConfigurationEndpointAddress = jsii.String("rediss://h") },
			`ConfigurationEndpointAddress: "rediss://h" is not a host; leave out scheme and port`},
	} {
		t.Run(name, func(t *testing.T) {
			attrs := &attributes{
				ReplicationGroupId: jsii.String("g"), ConfigurationEndpointAddress: jsii.String("c"), NumNodeGroups: jsii.Number(2),
				SecurityGroups: groups,
			}
			test.change(attrs)
			err := validationError(t, func() { rediscache.RedisCache_FromRedisCacheAttributes(f.stack, jsii.String("Bad"), attrs) })
			assert.EqualError(t, err, "RedisCache [Test/Bad]: 1 invalid property:\n  - "+test.want)
		})
	}
}
