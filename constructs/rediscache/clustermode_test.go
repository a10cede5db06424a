package rediscache_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

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
	tokenOf := func(family string) func(f fixture) rediscache.EngineVersion {
		return func(f fixture) rediscache.EngineVersion {
			version := awscdk.NewCfnParameter(f.stack, jsii.String("Version"), nil).ValueAsString()
			return rediscache.EngineVersion_Of(jsii.String("valkey"), version, &family)
		}
	}
	literal := func(version rediscache.EngineVersion) func(fixture) rediscache.EngineVersion {
		return func(fixture) rediscache.EngineVersion { return version }
	}
	for _, test := range []struct {
		name   string
		engine func(f fixture) rediscache.EngineVersion
		want   any
	}{
		{"Redis has none", literal(rediscache.EngineVersion_REDIS_7_1()), nil},
		{"Valkey 8.2 has none", literal(rediscache.EngineVersion_VALKEY_8_2()), nil},
		{"Valkey 9.0 has it", literal(rediscache.EngineVersion_VALKEY_9_0()), "disabled"},
		{"a later Valkey has it", literal(rediscache.EngineVersion_Of(jsii.String("valkey"), jsii.String("10.0"), jsii.String("valkey10"))),
			"disabled"},
		{"a token that is a version of Valkey 8 has none", tokenOf("valkey8"), nil},
		{"a token that is a version of Valkey 9 has it", tokenOf("valkey9"), "disabled"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			f.sharded(2, 1, func(p *props) { p.Engine = test.engine(f) })
			assert.Equal(t, test.want, synthesize(t, f.stack).named(t, "CacheReplicationGroup").Properties["Durability"])
		})
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
			[]string{"ClusterMode.NumNodeGroups: 251 with ReplicasPerNodeGroup 1 makes 502 nodes; a replication group has at most 500"}},
		{"a number of nodes beside it is refused", 2, 1, func(p *props) { p.NumCacheNodes = jsii.Number(3) },
			[]string{"NumCacheNodes: 3 and ClusterMode exclude each other; leave out one of them"}},
		{"a token is refused", *parameter.ValueAsNumber(), 1, nil,
			[]string{"ClusterMode.NumNodeGroups: is a token, but every node has its own metrics; pass it as a literal"}},
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
