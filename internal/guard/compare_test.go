package guard

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

// storage is a limit of the data of a serverless cache.
func storage(maximum any) map[string]any {
	return map[string]any{"DataStorage": map[string]any{"Unit": "GB", "Maximum": maximum}}
}

func TestLosses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change change
		want   []string
	}{
		{"another port", set("Group", "Port", 6380), []string{"Group replaced: Port"}},
		{"no port", set("Group", "Port", nil), []string{"Group replaced: Port"}},
		{"another id", set("Group", "ReplicationGroupId", "other"), []string{"Group replaced: ReplicationGroupId"}},
		{"no encryption at rest", set("Group", "AtRestEncryptionEnabled", false), []string{"Group replaced: AtRestEncryptionEnabled"}},
		{"data tiering", set("Group", "DataTieringEnabled", true), []string{"Group replaced: DataTieringEnabled"}},
		{"a global datastore", set("Group", "GlobalReplicationGroupId", "g"), []string{"Group replaced: GlobalReplicationGroupId"}},
		{"IPv6", set("Group", "NetworkType", "ipv6"), []string{"Group replaced: NetworkType"}},
		{"zones", set("Group", "PreferredCacheClusterAZs", []any{"eu-central-1a"}), []string{"Group replaced: PreferredCacheClusterAZs"}},
		{"a snapshot", set("Group", "SnapshotName", "monday"), []string{"Group replaced: SnapshotName"}},
		{"files of snapshots", set("Group", "SnapshotArns", []any{"arn:aws:s3:::b/a.rdb"}), []string{"Group replaced: SnapshotArns"}},
		{"another subnet group", set("Group", "CacheSubnetGroupName", "other"), []string{"Group replaced: CacheSubnetGroupName"}},
		{"another key", set("Group", "KmsKeyId", "arn:aws:kms:eu-central-1:1:key/2"), []string{"Group replaced: KmsKeyId"}},
		{"no key", set("Group", "KmsKeyId", nil), []string{"Group replaced: KmsKeyId"}},
		{"two create-only properties", func(d document) {
			set("Group", "Port", 6380)(d)
			set("Group", "KmsKeyId", nil)(d)
		}, []string{"Group replaced: KmsKeyId", "Group replaced: Port"}},
		{"a subnet group with a new logical id", rename("SubnetGroup", "Subnets"), []string{"Group replaced: CacheSubnetGroupName"}},
		{"a subnet group that is replaced", set("SubnetGroup", "CacheSubnetGroupName", "named"), []string{"Group replaced: " +
			"CacheSubnetGroupName"}},
		{"shards of their own slots", set("Shards", "NodeGroupConfiguration", []any{map[string]any{"Slots": "0-8191"}}),
			[]string{"Shards may be replaced: NodeGroupConfiguration"}},
		{"shards without an update policy", func(d document) {
			set("Shards", "NumNodeGroups", 3)(d)
			delete(d.resource("Shards"), "UpdatePolicy")
		}, []string{"Shards may be replaced: NumNodeGroups"}},
		{"cluster mode on", set("Group", "NumNodeGroups", 2), []string{"Group may be replaced: NumNodeGroups"}},
		{"cluster mode off", set("Shards", "NumNodeGroups", nil), []string{"Shards may be replaced: NumNodeGroups"}},
		{"cluster mode on with one shard", func(d document) {
			set("Group", "NumNodeGroups", 1)(d)
			set("ParameterGroupRedis7", "Properties", map[string]any{"cluster-enabled": "yes"})(d)
		}, []string{"Group may be replaced: NumNodeGroups"}},
		{"cluster mode on by the parameter group alone",
			set("ParameterGroupRedis7", "Properties", map[string]any{"cluster-enabled": "yes"}),
			[]string{"Group may be replaced: CacheParameterGroupName"}},
		{"cluster mode on by AWS's parameter group", set("Group", "CacheParameterGroupName", "default.redis7.cluster.on"),
			[]string{"Group may be replaced: CacheParameterGroupName"}},

		{"a group that is removed", remove("Group"), []string{"Group removed"}},
		{"a group of another logical id", rename("Group", "CacheGroup"), []string{"Group removed"}},
		{"a group of another type", attribute("Group", "Type", "AWS::ElastiCache::CacheCluster"), []string{"Group removed: Type"}},
		{"a serverless cache that is removed and retained", remove("Serverless"), []string{"Serverless removed"}},
		{"secrets that are removed", remove("AuthToken", "Connection"), []string{"AuthToken removed", "Connection removed"}},
		{"a log group that is removed", remove("SlowLog"), []string{"SlowLog removed"}},
		{"a log group of another name", set("SlowLog", "LogGroupName", "/other"), []string{"SlowLog replaced: LogGroupName"}},
		{"a secret of another name", set("Connection", "Name", "other"), []string{"Connection replaced: Name"}},
		{"a key of another logical id, which stays", rename("Key", "CacheKey"), []string{"Group replaced: KmsKeyId"}},

		{"a deletion policy of a group", attribute("Group", "DeletionPolicy", "Delete"), []string{"Group unprotected: DeletionPolicy"}},
		{"an update policy of a group", attribute("Group", "UpdateReplacePolicy", "Delete"), []string{"Group unprotected: " +
			"UpdateReplacePolicy"}},
		{"no deletion policy of a key", func(d document) { delete(d.resource("Key"), "DeletionPolicy") }, []string{"Key unprotected: " +
			"DeletionPolicy"}},
		{"a snapshot instead of the cache itself", attribute("Serverless", "DeletionPolicy", "Snapshot"), []string{"Serverless " +
			"unprotected: DeletionPolicy"}},
		{"no final snapshot", set("Serverless", "FinalSnapshotName", nil), []string{"Serverless unprotected: FinalSnapshotName"}},
		{"snapshots for 0 days", set("Group", "SnapshotRetentionLimit", 0), []string{"Group snapshots off: SnapshotRetentionLimit"}},
		{"no days for snapshots", set("Serverless", "SnapshotRetentionLimit", nil), []string{"Serverless snapshots off: " +
			"SnapshotRetentionLimit"}},

		{"no token", set("Group", "AuthToken", nil), []string{"Group may be replaced: AuthToken"}},
		{"a first token", set("Shards", "AuthToken", "{{resolve:secretsmanager:x}}"), []string{"Shards may be replaced: AuthToken"}},
		{"a token of another secret", set("Group", "AuthToken", "{{resolve:secretsmanager:x}}"), []string{"Group login changed: AuthToken"}},
		{"a token of a secret that is replaced", set("AuthToken", "Name", "other"), []string{"AuthToken replaced: Name", "Group login " +
			"changed: AuthToken"}},
		{"a longer generated token", set("AuthToken", "GenerateSecretString", map[string]any{
			"SecretStringTemplate": "{}", "GenerateStringKey": "auth_token", "PasswordLength": 64, "ExcludePunctuation": true,
		}), []string{"AuthToken login changed: GenerateSecretString.PasswordLength"}},
		{"a written token instead of a generated one", func(d document) {
			set("AuthToken", "GenerateSecretString", nil)(d)
			set("AuthToken", "SecretString", "{}")(d)
		}, []string{"AuthToken login changed: GenerateSecretString"}},
		{"another written password", set("Password", "SecretString", "other"), []string{"Password login changed: SecretString"}},
		{"no user group", set("Shards", "UserGroupIds", nil), []string{"Shards login changed: UserGroupIds"}},
		{"a first user group", set("Group", "UserGroupIds", []any{"users"}), []string{"Group login changed: UserGroupIds"}},
		{"another user group of a serverless cache", set("Serverless", "UserGroupId", "other"), []string{"Serverless login changed: " +
			"UserGroupId"}},
		{"a user of another name", set("User", "UserName", "reader"), []string{"User replaced: UserName"}},
		{"a user that logs in otherwise", set("User", "AuthenticationMode", map[string]any{"Type": "no-password-required"}),
			[]string{"User login changed: AuthenticationMode"}},
		{"a user whose password is replaced", set("Password", "Name", "named"), []string{"Password replaced: Name", "Writer login " +
			"changed: AuthenticationMode"}},
		{"a user that is removed", remove("Writer"), []string{"Writer removed"}},
		{"a user that leaves its group", set("UserGroup", "UserIds", []any{"app"}), []string{"UserGroup login changed: UserIds"}},
		{"a user group of another id", set("UserGroup", "UserGroupId", "other"),
			[]string{"Serverless login changed: UserGroupId", "Shards login changed: UserGroupIds", "UserGroup replaced: UserGroupId"}},

		{"a serverless cache of another name", set("Serverless", "ServerlessCacheName", "other"), []string{"Serverless replaced: " +
			"ServerlessCacheName"}},
		{"a serverless cache that gets a key", set("Serverless", "KmsKeyId", "key"), []string{"Serverless replaced: KmsKeyId"}},
		{"a serverless cache from a snapshot", set("Serverless", "SnapshotArnsToRestore", []any{"arn:aws:s3:::b/a.rdb"}),
			[]string{"Serverless replaced: SnapshotArnsToRestore"}},
		{"a serverless cache on IPv6", set("Serverless", "NetworkType", "ipv6"), []string{"Serverless replaced: NetworkType"}},
		{"a public serverless cache", set("Serverless", "ConnectionType", "public"), []string{"Serverless replaced: ConnectionType"}},
		{"less data in a serverless cache", set("Serverless", "CacheUsageLimits", storage(9)), []string{"Serverless may be evicted: " +
			"CacheUsageLimits.DataStorage.Maximum"}},
		{"data as a parameter says", set("Serverless", "CacheUsageLimits", storage(ref("Data"))), []string{"Serverless may be evicted: " +
			"CacheUsageLimits.DataStorage.Maximum"}},
		{"a serverless cache that becomes a group", attribute("Serverless", "Type", "AWS::ElastiCache::ReplicationGroup"),
			[]string{"Serverless removed: Type"}},
		{"a serverless cache in other subnets", set("Serverless", "SubnetIds", []any{"subnet-1"}), []string{"Serverless replaced: SubnetIds"}},
		{"a serverless cache whose subnet is replaced", set("SubnetA", "CidrBlock", "10.0.0.0/18"), []string{"Serverless replaced: SubnetIds"}},
		{"a VPC that is replaced, and with it every subnet", set("Vpc", "CidrBlock", "10.1.0.0/16"), []string{"Serverless replaced: " +
			"SubnetIds"}},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, causes(compare(t, test.change))) })
	}
}

func TestChangesInPlaceAreNoLoss(t *testing.T) {
	for _, test := range []struct {
		name   string
		change change
	}{
		{"nothing", func(document) {}},
		{"Redis to Valkey with a parameter group of the new family", func(d document) {
			rename("ParameterGroupRedis7", "ParameterGroupValkey8")(d)
			set("ParameterGroupValkey8", "CacheParameterGroupFamily", "valkey8")(d)
			set("Group", "Engine", "valkey")(d)
			set("Group", "EngineVersion", "8.0")(d)
		}},
		{"a parameter group of another family under the same logical id", set("ParameterGroupRedis7", "CacheParameterGroupFamily", "valkey8")},
		{"another node type", set("Group", "CacheNodeType", "cache.r7g.large")},
		{"one more node", set("Group", "NumCacheClusters", 3)},
		{"one more replica in each shard", set("Shards", "ReplicasPerNodeGroup", 2)},
		{"one more shard", set("Shards", "NumNodeGroups", 3)},
		{"fewer shards and replicas", func(d document) {
			set("Shards", "CacheParameterGroupName", "default.valkey8.cluster.on")(d)
			set("Shards", "NumNodeGroups", 1)(d)
			set("Shards", "ReplicasPerNodeGroup", 2)(d)
		}},
		{"AWS's parameter group without cluster mode", set("Group", "CacheParameterGroupName", "default.redis7")},
		{"a parameter group of somebody else, which may be anything", set("Group", "CacheParameterGroupName", "legacy")},
		{"one shard, written out", set("Group", "NumNodeGroups", nil)},
		{"longer snapshots", set("Group", "SnapshotRetentionLimit", 35)},
		{"a stronger policy", attribute("Group", "DeletionPolicy", "Retain")},
		{"another kind of retaining", attribute("Key", "DeletionPolicy", "RetainExceptOnCreate")},
		{"another engine of a serverless cache", func(d document) {
			set("Serverless", "Engine", "redis")(d)
			set("Serverless", "MajorEngineVersion", "7")(d)
		}},
		{"more data in a serverless cache", set("Serverless", "CacheUsageLimits", storage(11))},
		{"no limits of a serverless cache", set("Serverless", "CacheUsageLimits", nil)},
		{"other security groups of a serverless cache", set("Serverless", "SecurityGroupIds", []any{"sg-1"})},
		{"another time of its snapshots, another last one and a description", func(d document) {
			set("Serverless", "DailySnapshotTime", "04:00")(d)
			set("Serverless", "FinalSnapshotName", "last")(d)
			set("Serverless", "Description", "other")(d)
		}},
		{"other subnets", set("SubnetGroup", "SubnetIds", []any{"subnet-1", "subnet-2"})},
		{"a security group that is replaced", set("SecurityGroup", "GroupDescription", "other")},
		{"an alarm that is replaced", set("Alarm", "AlarmName", "other")},
		{"an alarm that is removed", remove("Alarm")},
		{"the reader's host in the connection secret", set("Connection", "SecretString", "{}")},
		{"another description of a secret", set("AuthToken", "Description", "other")},
		{"one more user in the group", set("UserGroup", "UserIds", []any{"writer", "app", "reader"})},
		{"other access of a user", set("User", "AccessString", "on ~app:* +@read")},
		{"shorter logs", set("SlowLog", "RetentionInDays", 7)},
		{"the port as text", set("Group", "Port", "6379")},
		{"the same key by Fn::Sub", set("Group", "KmsKeyId", map[string]any{"Fn::Sub": "${Key.Arn}"})},
		{"the same token by Fn::Sub", set("Group",
			"AuthToken", map[string]any{"Fn::Sub": "{{resolve:secretsmanager:${AuthToken}:SecretString:auth_token::}}"})},
		{"the same id by Fn::Join", set("Group", "ReplicationGroupId", map[string]any{"Fn::Join": []any{"-", []any{"securebase", "prod",
			"redis"}}})},
		{"an empty list in the place of no user group", set("Group", "UserGroupIds", []any{})},
		{"the same user group by its id", set("Shards", "UserGroupIds", []any{"users"})},
		{"a resource that the table does not have", func(d document) {
			d.resources()["Bucket"] = map[string]any{"Type": "AWS::S3::Bucket"}
		}},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Empty(t, compare(t, test.change)) })
	}
}

func TestTheOrderOfUserGroupsIsNoLoss(t *testing.T) {
	assert.Empty(t, compare(t, set("Group", "UserGroupIds", []any{"a", "b"}), set("Group", "UserGroupIds", []any{"b", "a"})))
}

// One replacement brings the next, whatever else leaves the stack.
func TestReplacementsSpread(t *testing.T) {
	findings := compare(t, func(d document) {
		remove("Alarm")(d)
		set("Vpc", "CidrBlock", "10.1.0.0/16")(d)
	})
	assert.Equal(t, []string{"Serverless replaced: SubnetIds"}, causes(findings))
	assert.Equal(t, `["${SubnetA}","${SubnetB}"], which is replaced`, findings[0].New)
}

func TestTheSuccessorIsTheOneOfTheSameName(t *testing.T) {
	findings := compare(t, func(d document) {
		rename("SlowLog", "ZLog")(d)
		d.resources()["ALog"] = map[string]any{"Type": "AWS::Logs::LogGroup", "Properties": map[string]any{"LogGroupName": "/other"}}
	})
	assert.Contains(t, findings[0].Effect, "changes its logical id to ZLog, ")
	findings = compare(t, func(d document) {
		remove("SlowLog")(d)
		for _, id := range []string{"ALog", "BLog"} {
			d.resources()[id] = map[string]any{"Type": "AWS::Logs::LogGroup"}
		}
	})
	assert.Equal(t, "deletes the resource and loses its log events", findings[0].Effect, "two are as likely")
	findings = compare(t, func(d document) { d.resources()["Other"] = d.resource("SlowLog") }, func(d document) {
		remove("SlowLog")(d)
		d.resources()["New"] = map[string]any{"Type": "AWS::Logs::LogGroup"}
	})
	assert.Contains(t, findings[0].Effect, "changes its logical id to New, ", "the other one was there before")
}

func TestRemedies(t *testing.T) {
	for _, test := range []struct {
		id, property string
		value        any
		want         string
	}{
		{"Serverless", "UserGroupId", "other", "Keep the user group, and change its users"},
		{"Serverless", "ServerlessCacheName", "other", "Keep the name: set ServerlessCacheName, or keep Name"},
		{"Serverless", "SnapshotArnsToRestore", []any{"arn"}, "Leave them as they were at the first deployment, also when they are gone: " +
			"they are read at creation only"},
		{"Serverless", "KmsKeyId", "key", "Leave it out; or create a second cache beside this one, move the clients, then remove this one"},
		{"User", "UserId", "other", "Keep it, and add a second user beside this one until the clients have moved"},
		{"User", "UserName", "other", "Keep it, and add a second user beside this one until the clients have moved"},
		{"User", "NoPasswordRequired", true, "Keep it, and add a second user with the new login until the clients have moved"},
		{"UserGroup", "UserIds", []any{"app"}, "Take users out after their clients have moved"},
		{"UserGroup", "UserGroupId", "other", "Keep the id: the replication group refers to it"},
		{"SlowLog", "LogGroupName", "/other", `Keep "/aws/elasticache/securebase-prod/redis/slow-log"`},
		{"Password", "SecretString", "other", "Keep it; to change the token, rotate it (docs/logins.md)"},
	} {
		findings := compare(t, set(test.id, test.property, test.value))
		assert.Equal(t, test.want, findings[len(findings)-1].Remedy, "%s %s", test.id, test.property)
	}
}

func TestEqualNumbersOfShardsAreNoLoss(t *testing.T) {
	assert.Empty(t, compare(t, set("Group", "NumNodeGroups", 1), set("Group", "NumNodeGroups", nil)))
	assert.Equal(t, []string{"Group may be replaced: NumNodeGroups"}, causes(compare(t, set("Group", "NumNodeGroups", 1), set("Group",
		"NumNodeGroups", 2))))
}

func TestOneShardMayStillBeClusterMode(t *testing.T) {
	of := func(parameterGroup string, shards any) change {
		return func(d document) {
			set("Shards", "CacheParameterGroupName", parameterGroup)(d)
			set("Shards", "NumNodeGroups", shards)(d)
		}
	}
	assert.Empty(t, compare(t, of("default.valkey8.cluster.on", 2), of("default.valkey8.cluster.on", 1)))
	assert.Empty(t, compare(t, of("legacy", 2), of("legacy", 1)), "of which guard knows nothing")
	assert.Equal(t, []string{"Shards may be replaced: NumNodeGroups"}, causes(compare(t, of("default.valkey8", 2), of("default.valkey8", 1))))
}

func TestARetainedSecretOrKeyIsNotLost(t *testing.T) {
	for _, policy := range []string{"Retain", "RetainExceptOnCreate"} {
		assert.Empty(t, compare(t, attribute("Connection", "DeletionPolicy", policy), remove("Connection")), policy)
	}
	assert.Equal(t, []string{"Connection removed"}, causes(compare(t, attribute("Connection", "DeletionPolicy",
		"Snapshot"), remove("Connection"))))
}

func TestAnythingMayFollowAnEmptyStack(t *testing.T) {
	empty, err := parse(`{"TemplateBody": ""}`)
	assert.NoError(t, err)
	assert.Empty(t, Compare(empty, deployed(t).parsed(t)))
	assert.Len(t, Compare(deployed(t).parsed(t), empty), 10)
}
