package adopt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatTheFilesDoNotSayIsUnknown(t *testing.T) {
	const noNodes = ": no cache cluster of the replication group is in the files; add --cache-clusters"
	for _, test := range []struct {
		name, recording string
		change          change
		want            []string
	}{
		{"no cache clusters", "orders", without("cache-clusters.json"), []string{
			"SubnetGroupName" + noNodes, "SecurityGroups" + noNodes, "EngineVersion" + noNodes, "CacheParameterGroupName" + noNodes,
			"MaintenanceWindow" + noNodes,
		}},
		{"no subnet groups", "orders", without("subnet-groups.json"), []string{"Vpc: the subnet group orders-subnets is not in the files; " +
			"add --subnet-groups"}},
		{"another subnet group", "orders", func(r recording) {
			r.first("subnet-groups.json",
				"CacheSubnetGroups")["CacheSubnetGroupName"] = "x"
		},
			[]string{"Vpc: the subnet group orders-subnets is not in the files; add --subnet-groups"}},
		{"a subnet group without subnets", "orders", func(r recording) {
			r.first("subnet-groups.json",
				"CacheSubnetGroups")["Subnets"] = []any{}
		},
			[]string{"Vpc: the subnet group orders-subnets has no VPC or no subnets in the answer"}},
		{"a subnet without a zone", "orders", func(r recording) {
			r.first("subnet-groups.json", "CacheSubnetGroups")["Subnets"] = []any{map[string]any{"SubnetIdentifier": "subnet-1"}}
		}, []string{"Vpc: a subnet of orders-subnets has no id or no Availability Zone in the answer"}},
		{"no parameters", "orders", without("parameters.json"), []string{
			"Parameters: add --parameters with the answer of `aws elasticache describe-cache-parameters --cache-parameter-group-name " +
				"orders-redis7`"}},
		{"parameters that users have set, only", "catalog", func(r recording) { r["parameters.json"]["Parameters"] = []any{} }, []string{
			"MaxmemoryPolicy: the parameters lack maxmemory-policy; run the command without --source",
			"SlowLogThreshold: the parameters lack slowlog-log-slower-than; run the command without --source",
		}},
		{"no parameter groups, which are only looked at for a contradiction", "orders", without("parameter-groups.json"), nil},
		{"a parameter group of another family", "orders", func(r recording) {
			r.first("parameter-groups.json", "CacheParameterGroups")["CacheParameterGroupFamily"] = "redis6.x"
		}, []string{"Parameters: the parameter group orders-redis7 is of the family redis6.x, and the engine version needs redis7; wait " +
			"until the replication group is available, and ask again"}},
		{"no tags", "orders", without("tags.json"), []string{
			"Tags: add --tags with the answer of `aws elasticache list-tags-for-resource --resource-name " +
				"arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:orders-cache`"}},
		{"no user groups", "catalog", without("user-groups.json"), []string{
			"Authentication: the user group catalog-users is not in the files, so nobody sees whether it lets in clients without a password; " +
				"add --user-groups"}},
		{"a user group in motion", "catalog", func(r recording) { r.first("user-groups.json", "UserGroups")["Status"] = "modifying" },
			[]string{"Authentication: the user group catalog-users is modifying; wait until it is active, and ask again"}},

		{"no description", "orders", group("Description", nil), []string{"Description: the replication group does not say it"}},
		{"nothing about the token", "sessions", group("AuthTokenEnabled", nil), []string{"Authentication: the replication group does not " +
			"say whether it has a token"}},
		{"nothing about encryption", "orders", func(r recording) {
			group("TransitEncryptionEnabled", nil)(r)
			group("AtRestEncryptionEnabled", nil)(r)
		}, []string{"TransitEncryptionEnabled: the replication group does not say it", "AtRestEncryptionEnabled: the replication group " +
			"does not say it"}},
		{"a key without its region", "orders", group("KmsKeyId", "01234567-89ab"), []string{
			`EncryptionKey: "01234567-89ab" is not an ARN, and the account and region of the key are in none of the files`}},
		{"no endpoint", "orders", group("NodeGroups", []any{}), []string{"Port: the replication group has no endpoint yet"}},
		{"no members", "orders", func(r recording) {
			group("MemberClusters", []any{})(r)
			group("AutomaticFailover", "disabled")(r)
		}, []string{"NumCacheNodes: the replication group lists no member clusters", "CacheClusters: the file has 2 of the 0 nodes of the " +
			"replication group; ask for all of them"}},
		{"no node type", "orders", group("CacheNodeType", nil), []string{"NodeType: the replication group does not say it"}},
		{"nothing about cluster mode", "orders", func(r recording) { group("ClusterMode", nil)(r); group("ClusterEnabled", nil)(r) },
			[]string{"ClusterMode: the replication group does not say whether cluster mode is enabled"}},
		{"no shards", "catalog", group("NodeGroups", nil), []string{"ClusterMode: the replication group lists no node groups"}},
		{"failover that is being turned on", "orders", group("AutomaticFailover", "enabling"), []string{"AutomaticFailover: it is " +
			"enabling; wait, and ask again"}},
		{"no failover", "orders", group("AutomaticFailover", nil), []string{"AutomaticFailover: the replication group does not say it"}},
		{"no Multi-AZ", "orders", group("MultiAZ", nil), []string{"MultiAzEnabled: the replication group does not say it"}},
		{"no snapshots", "orders", func(r recording) { group("SnapshotRetentionLimit", nil)(r); group("SnapshotWindow", "")(r) }, []string{
			"SnapshotRetentionLimit: the replication group does not say it",
			"SnapshotWindow: the replication group does not say it; RedisCache sets 03:00-05:00",
		}},
		{"no minor upgrades", "orders", group("AutoMinorVersionUpgrade", nil), []string{"AutoMinorVersionUpgrade: the replication group " +
			"does not say it"}},
		{"the engine on the nodes only, as older CLIs print it", "orders", group("Engine", nil), nil},
		{"a version that the tables lack", "orders", func(r recording) {
			group("Engine", "valkey")(r)
			node("EngineVersion",
				"10.0.1")(r)
		}, []string{
			"Engine: valkey 10.0.1 is not in the tables of this tool; give its parameter group family to rediscache.EngineVersion_Of"}},
		{"a version of another form", "orders", node("EngineVersion", "next"), []string{
			"Engine: redis next is not in the tables of this tool; give its parameter group family to rediscache.EngineVersion_Of"}},
		{"cluster mode as older CLIs print it", "catalog", group("ClusterMode", nil), nil},
		{"no cluster mode as older CLIs print it", "orders", group("ClusterMode", nil), nil},
		{"another subnet group before the right one", "orders", func(r recording) {
			list := r["subnet-groups.json"]["CacheSubnetGroups"].([]any)
			r["subnet-groups.json"]["CacheSubnetGroups"] = append([]any{map[string]any{"CacheSubnetGroupName": "x"}}, list...)
		}, nil},
		{"no subnet group on the nodes", "orders", node("CacheSubnetGroupName", nil), []string{"SubnetGroupName: the cache clusters do " +
			"not say it"}},
		{"no parameter group on the nodes", "orders", node("CacheParameterGroup", nil), []string{"CacheParameterGroupName: the cache " +
			"clusters do not say it"}},
		{"nodes of two versions", "orders", func(r recording) { r.node()["EngineVersion"] = "7.0.7" }, []string{
			`EngineVersion: the nodes differ: orders-cache-001 has "7.0.7", orders-cache-002 has "7.1.0"; wait until the replication group ` +
				`is available, and ask again`}},
		{"a topic on one node", "orders", func(r recording) { delete(r.node(), "NotificationConfiguration") }, []string{
			`NotificationTopic: the nodes differ: orders-cache-001 has "", orders-cache-002 has ` +
				`"arn:aws:sns:eu-central-1:123456789012:cache-events"; wait until the replication group is available, and ask again`}},
		{"logs to somewhere new", "orders", func(r recording) {
			log := r.group()["LogDeliveryConfigurations"].([]any)[0].(map[string]any)
			log["DestinationType"], log["DestinationDetails"] = "s3", map[string]any{}
		}, []string{`LogDeliveryConfigurations: the destination of slow-log is of the type "s3", which this tool does not know`}},

		{"a group that is being changed", "orders", func(r recording) {
			group("Status", "modifying")(r)
			group("PendingModifiedValues", map[string]any{"AuthTokenStatus": "ROTATING", "LogDeliveryConfigurations": []any{}})(r)
		}, []string{
			"Status: the replication group is modifying; wait until it is available, and ask again",
			"PendingModifiedValues: the replication group has AuthTokenStatus pending; wait until they are applied, and ask again",
		}},
		{"a node that waits for its window", "sessions", node("PendingModifiedValues", map[string]any{"CacheNodeType": "cache.t4g.small"}),
			[]string{
				"PendingModifiedValues: sessions-001 has CacheNodeType pending; wait until they are applied, and ask again"}},
		{"one node of two", "orders", func(r recording) {
			list := r["cache-clusters.json"]["CacheClusters"].([]any)
			r["cache-clusters.json"]["CacheClusters"] = list[:1]
		}, []string{"CacheClusters: the file has 1 of the 2 nodes of the replication group; ask for all of them"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := recorded(t, test.recording)
			test.change(r)
			result := r.adopt(t)
			assert.Equal(t, test.want, result.Unknown)
			assert.Empty(t, result.Cannot)
			for _, line := range test.want {
				assert.Contains(t, result.Go, "// unknown: "+line)
			}
			if test.want != nil {
				assert.Empty(t, result.CdkJSON, "an environment would have a default in its place")
			}
		})
	}
}

func TestATokenIsNeverInvented(t *testing.T) {
	options := usual
	options.TokenSecret = ""
	result, err := Adopt(recorded(t, "orders").files(t), options)
	require.NoError(t, err)
	assert.Equal(t, []string{"Authentication: ElastiCache does not print the token; put it into a secret in Secrets Manager, and add " +
		"--token-secret with its complete ARN"}, result.Unknown)
	assert.Contains(t, result.Go, "rediscache.Authentication_Token(nil, nil)", "which RedisCache refuses, where nothing would be a new "+
		"token")

	options = usual
	options.TokenKey = ""
	result, err = Adopt(recorded(t, "orders").files(t), options)
	require.NoError(t, err)
	assert.Contains(t, result.Environment, "Authentication: an environment reads the token by the JSON key auth_token, and this secret "+
		"has it elsewhere; copy it to that key, or use the Go props")
}
