package adopt

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsTakenOver(t *testing.T) {
	for name, later := range map[string][]string{
		"orders": {
			"CacheParameterGroupName: a new parameter group with the same values takes the place of orders-redis7, which stays; delete it " +
				"when nothing uses it",
			"LogDeliveryConfigurations: the slow-log, today json to the log group /orders/redis-slow, goes as json to a new log group",
			"LogDeliveryConfigurations: the engine-log, today text to the log group /orders/redis-engine, goes as json to a new log group",
		},
		"sessions": {
			"CacheParameterGroupName: a new parameter group with the same values takes the place of default.valkey8, which stays; delete it " +
				"when nothing uses it",
			"LogDeliveryConfigurations: ElastiCache begins to deliver the slow log and the engine log",
		},
		"catalog": {
			"CacheParameterGroupName: a new parameter group with the same values takes the place of catalog-valkey7, which stays; delete it " +
				"when nothing uses it",
			"LogDeliveryConfigurations: the slow-log, today text to the delivery stream catalog-slow-log, goes as json to a new log group",
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := recorded(t, name).adopt(t)
			assert.True(t, result.Complete())
			assert.Empty(t, result.Cannot)
			assert.Empty(t, result.Unknown)
			assert.Equal(t, later, result.Later)
			const topic = "NotificationTopic: an environment creates a topic for events; the replication group has none"
			assert.Equal(t, name != "orders", slices.Contains(result.Environment, topic))
		})
	}
}

func TestWhatAnOldGroupCannotTakeAlong(t *testing.T) {
	result := recorded(t, "legacy").adopt(t)
	assert.False(t, result.Complete())
	assert.Empty(t, result.Unknown)
	assert.Empty(t, result.CdkJSON)
	assert.Equal(t, []string{
		"Description: it is empty, which CloudFormation does not accept; the first deployment sets one",
		"Tags: aws:cloudformation:stack-name says that the replication group belongs to a CloudFormation stack; take it out of that stack " +
			"with DeletionPolicy Retain first",
		"Engine: RedisCache has Redis 6.0 and newer, not 5.0.6; upgrade the replication group first",
		`NodeType: "cache.m3.medium" is retired, and RedisCache refuses it; scale to a current type first`,
		"MemberClusters: the nodes are called legacy-002, legacy-003, and the alarms and the dashboard watch legacy-001, legacy-002; " +
			"switch off the alarms of nodes that do not exist, and create your own for the others",
		"AutomaticFailover: disabled although there are replicas; RedisCache turns it on, in the deployment after the import",
		"TransitEncryptionEnabled: false, and RedisCache always encrypts; switch to preferred and then to required by `aws elasticache " +
			"modify-replication-group` first",
		"AtRestEncryptionEnabled: false, and RedisCache always says true, which replaces the replication group; create a new cache beside " +
			"this one from a snapshot",
		"GlobalReplicationGroupId: the replication group is part of the global datastore ldgnf-legacy; take it out first",
		"NetworkType: dual_stack, and RedisCache has ipv4 only; a change replaces the replication group",
		"IpDiscovery: ipv6, and RedisCache leaves it to ElastiCache",
	}, result.Cannot)
	for _, line := range result.Cannot {
		assert.Contains(t, result.Go, "// cannot: "+line)
	}
}

func TestWhatCannotBeTakenOver(t *testing.T) {
	members := func(names ...any) change { return group("MemberClusters", names) }
	for _, test := range []struct {
		name, recording string
		change          change
		want            string
	}{
		{"cluster mode between disabled and enabled", "orders", group("ClusterMode", "compatible"), "ClusterMode: compatible; finish the " +
			"change to enabled, or undo it, first"},
		{"TLS as the clients like it", "orders", group("TransitEncryptionMode", "preferred"), "TransitEncryptionMode: preferred, and " +
			"RedisCache requires TLS; move the clients to TLS and switch to required first"},
		{"nodes that are not numbered from one up", "orders", members("orders-cache-002", "orders-cache-003"),
			"MemberClusters: the nodes are called orders-cache-002, orders-cache-003, and the alarms and the dashboard watch " +
				"orders-cache-001, orders-cache-002; switch off the alarms of nodes that do not exist, and create your own for the others"},
		{"failover without a replica", "sessions", group("AutomaticFailover", "enabled"),
			"AutomaticFailover: enabled without a replica; RedisCache turns it off, in the deployment after the import"},
		{"a node type that the tables lack", "orders", group("CacheNodeType", "cache.r9g.large"), `NodeType: "cache.r9g.large" is not in ` +
			`the tables of RedisCache, which refuses it; update this module`},
		{"data tiering on another type", "orders", group("DataTiering", "enabled"),
			`DataTiering: "enabled" with node type cache.r6g.large; RedisCache sets it by the node type, and a change replaces the ` +
				`replication group`},
		{"a topic that is off", "orders", node("NotificationConfiguration", map[string]any{"TopicArn": "arn:aws:sns:eu-central-1:1:t",
			"TopicStatus": "inactive"}),
			"NotificationTopic: notifications to arn:aws:sns:eu-central-1:1:t are switched off (inactive), and the first change of the topic " +
				"switches them on"},
		{"another engine", "orders", func(r recording) { group("Engine", "memcached")(r); node("EngineVersion", "7.1")(r) },
			`Engine: "memcached" is not an engine of RedisCache`},
		{"two user groups", "catalog", group("UserGroupIds", []any{"a", "b"}), "Authentication: the replication group has 2 user groups, " +
			"and RedisCache has one: a, b"},
		{"a user group that is open", "catalog", func(r recording) {
			r.first("user-groups.json",
				"UserGroups")["UserIds"] = []any{"default", "app"}
		},
			"Authentication: the user group catalog-users has ElastiCache's own user default, which needs no password; replace it by a user " +
				"named default that is off"},
		{"shards without replicas", "catalog", func(r recording) {
			for _, shard := range r.group()["NodeGroups"].([]any) {
				shard.(map[string]any)["NodeGroupMembers"] = []any{map[string]any{"CacheClusterId": "x"}}
			}
		}, "ClusterMode: the shards have no replica, and RedisCache needs one in each; add replicas first"},
		{"uneven shards", "catalog", func(r recording) {
			r.group()["NodeGroups"].([]any)[1].(map[string]any)["NodeGroupMembers"] = []any{}
		}, "ClusterMode: the shards have different numbers of nodes; RedisCache has one ReplicasPerNodeGroup for all of them"},
		{"durability", "catalog", group("EffectiveDurability", "sync"), "Durability: sync, and RedisCache has no durability; it cannot be " +
			"changed after the creation"},
		{"Outposts", "orders", group("MemberClustersOutpostArns", []any{"arn:aws:outposts:x"}), "MemberClustersOutpostArns: the nodes are " +
			"on arn:aws:outposts:x, and RedisCache has no Outposts"},
		{"EC2-Classic", "orders", node("CacheSecurityGroups", []any{map[string]any{"CacheSecurityGroupName": "x"}}),
			"CacheSecurityGroups: orders-cache-001 has cache security groups, which are of EC2-Classic"},
		{"a parameter that the catalog lacks", "orders", parameterOf("frobnicate", "1"),
			`Parameters: frobnicate "1" is not in the tables of RedisCache for the family redis7; the deployment after the import sets its ` +
				`default`},
		{"a parameter that nobody can set any more", "orders", parameterOf("activerehashing", "no"),
			`Parameters: activerehashing "no" cannot be set in the family redis7 any more; the deployment after the import sets its default, ` +
				`"yes"`},
		{"a parameter with a value out of its range", "orders", parameterOf("timeout", "7"),
			`Parameters: timeout "7" is refused by RedisCache, which wants a value that is 0, or an integer of at least 20`},
		{"a policy of a later engine", "orders", parameterOf("maxmemory-policy", "allkeys-magic"), `MaxmemoryPolicy: "allkeys-magic" is ` +
			`not a policy of RedisCache`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := recorded(t, test.recording)
			test.change(r)
			result := r.adopt(t)
			assert.Contains(t, result.Cannot, test.want)
			assert.False(t, result.Complete())
		})
	}
}

// parameterOf adds a parameter that somebody has set, as the last one of its name.
func parameterOf(name, value string) change {
	return func(r recording) {
		list := r["parameters.json"]["Parameters"].([]any)
		r["parameters.json"]["Parameters"] = append(list, map[string]any{"ParameterName": name, "ParameterValue": value, "Source": "user"})
	}
}

func TestTheMappingNamesTheGroupAlone(t *testing.T) {
	r := recorded(t, "orders")
	for construct, id := range map[string]string{"Cache": "CacheReplicationGroupBFE59FF3",
		"Data/Cache": "DataCacheReplicationGroup88FAF71C"} {
		options := usual
		options.Construct = construct
		result, err := Adopt(r.files(t), options)
		require.NoError(t, err)
		var mapping map[string]map[string]string
		require.NoError(t, json.Unmarshal([]byte(result.Mapping), &mapping))
		assert.Equal(t, map[string]map[string]string{id: {"ReplicationGroupId": "orders-cache"}}, mapping)
	}
}

func TestTheEnvironmentHasTheSettings(t *testing.T) {
	environment := func(r recording, options Options) map[string]any {
		result, err := Adopt(r.files(t), options)
		require.NoError(t, err)
		if result.CdkJSON == "" {
			return nil
		}
		var file struct {
			Context struct{ Environments map[string]map[string]any }
		}
		require.NoError(t, json.Unmarshal([]byte(result.CdkJSON), &file))
		return file.Context.Environments["adopted"]
	}
	shards := recorded(t, "catalog")
	group("UserGroupIds", []any{})(shards)
	assert.Equal(t, map[string]any{"numNodeGroups": 3.0, "replicasPerNodeGroup": 1.0}, environment(shards, usual)["clusterMode"])
	assert.Equal(t, "none", environment(shards, usual)["authentication"])

	token := recorded(t, "orders")
	group("KmsKeyId", nil)(token)
	group("Description", "a < b & c")(token)
	assert.Equal(t, usual.TokenSecret, environment(token, usual)["authTokenSecretArn"])
	assert.Contains(t, token.adopt(t).CdkJSON, "a < b & c")
	elsewhere := usual
	elsewhere.TokenKey = "password"
	assert.Nil(t, environment(token, elsewhere))
}

func TestAnEnvironmentThatCannotHaveTheGroupIsNotPrinted(t *testing.T) {
	assert.NotEmpty(t, recorded(t, "sessions").adopt(t).CdkJSON)
	for name, why := range map[string]string{
		"orders": "EncryptionKey: an environment cannot have the key " +
			"arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef, and another key replaces the replication group; " +
			"use the Go props",
		"catalog": "Authentication: an environment cannot have the user group catalog-users; use the Go props",
	} {
		result := recorded(t, name).adopt(t)
		assert.Empty(t, result.CdkJSON, name)
		assert.Contains(t, result.Environment, why, name)
	}
}
