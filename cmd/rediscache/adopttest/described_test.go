package adopttest

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func path(name, file string) string { return "../testdata/adopt/" + name + "/" + file + ".json" }

func answer(t testing.TB, name, file, list string) []map[string]any {
	t.Helper()
	content, err := os.ReadFile(path(name, file))
	require.NoError(t, err)
	var root map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(content, &root))
	var elements []map[string]any
	require.NoError(t, json.Unmarshal(root[list], &elements))
	return elements
}

// described are the properties of the replication group as CloudFormation has them, by another way than the tool's: read from
// the answers of the CLI here, in the notation of template.Value.
func described(t testing.TB, name string) map[string]string {
	t.Helper()
	group := answer(t, name, "replication-groups", "ReplicationGroups")[0]
	node := answer(t, name, "cache-clusters", "CacheClusters")[0]
	want := map[string]string{}
	for property, member := range map[string]string{
		"ReplicationGroupId": "ReplicationGroupId", "ReplicationGroupDescription": "Description", "CacheNodeType": "CacheNodeType",
		"Engine":                 "Engine",
		"SnapshotRetentionLimit": "SnapshotRetentionLimit", "SnapshotWindow": "SnapshotWindow",
		"AtRestEncryptionEnabled":  "AtRestEncryptionEnabled",
		"TransitEncryptionEnabled": "TransitEncryptionEnabled", "TransitEncryptionMode": "TransitEncryptionMode",
		"AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade", "KmsKeyId": "KmsKeyId",
	} {
		if value, exists := group[member]; exists {
			want[property] = quoted(t, value)
		}
	}
	want["AutomaticFailoverEnabled"] = strconv.Quote(strconv.FormatBool(group["AutomaticFailover"] == "enabled"))
	want["MultiAZEnabled"] = strconv.Quote(strconv.FormatBool(group["MultiAZ"] == "enabled"))
	describeNodes(t, want, group)
	describeLogin(want, group)
	if logs := group["LogDeliveryConfigurations"].([]any); len(logs) > 0 {
		for _, log := range logs {
			delete(log.(map[string]any), "Status")
		}
		want["LogDeliveryConfigurations"] = quoted(t, logs)
	}

	version := strings.Split(node["EngineVersion"].(string), ".")
	want["EngineVersion"] = strconv.Quote(version[0] + "." + version[1])
	want["PreferredMaintenanceWindow"] = quoted(t, node["PreferredMaintenanceWindow"])
	want["CacheSubnetGroupName"] = quoted(t, node["CacheSubnetGroupName"])
	want["CacheParameterGroupName"] = quoted(t, node["CacheParameterGroup"].(map[string]any)["CacheParameterGroupName"])
	if topic, exists := node["NotificationConfiguration"].(map[string]any); exists {
		want["NotificationTopicArn"] = quoted(t, topic["TopicArn"])
	}
	var securityGroups []any
	for _, element := range node["SecurityGroups"].([]any) {
		securityGroups = append(securityGroups, element.(map[string]any)["SecurityGroupId"])
	}
	want["SecurityGroupIds"] = quoted(t, securityGroups)
	describeTags(t, want, name)
	return want
}

func describeNodes(t testing.TB, want map[string]string, group map[string]any) {
	t.Helper()
	shards := group["NodeGroups"].([]any)
	endpoint, sharded := group["ConfigurationEndpoint"].(map[string]any)
	if sharded {
		nodes := len(group["MemberClusters"].([]any))
		want["NumNodeGroups"] = strconv.Quote(strconv.Itoa(len(shards)))
		want["ReplicasPerNodeGroup"] = strconv.Quote(strconv.Itoa(nodes/len(shards) - 1))
	} else {
		endpoint = shards[0].(map[string]any)["PrimaryEndpoint"].(map[string]any)
		want["NumCacheClusters"] = strconv.Quote(strconv.Itoa(len(group["MemberClusters"].([]any))))
	}
	want["Port"] = quoted(t, endpoint["Port"])
}

// describeLogin: the token is where the flags of adopt say.
func describeLogin(want map[string]string, group map[string]any) {
	if group["AuthTokenEnabled"] == true {
		want["AuthToken"] = `"{{resolve:secretsmanager:` +
			`arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/redis-AbCdEf:SecretString:auth_token::}}"`
	}
	if users, _ := group["UserGroupIds"].([]any); len(users) > 0 {
		want["UserGroupIds"] = `["` + users[0].(string) + `"]`
	}
}

func describeTags(t testing.TB, want map[string]string, name string) {
	t.Helper()
	tags := map[string]any{}
	for _, tag := range answer(t, name, "tags", "TagList") {
		tags[tag["Key"].(string)] = tag["Value"]
	}
	var list []any
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, map[string]any{"Key": key, "Value": tags[key]})
	}
	if len(list) > 0 {
		want["Tags"] = quoted(t, list)
	}
}

// quoted is JSON with every number and flag as text.
func quoted(t testing.TB, value any) string {
	t.Helper()
	switch value := value.(type) {
	case float64:
		return strconv.Quote(strconv.FormatFloat(value, 'f', -1, 64))
	case bool:
		return strconv.Quote(strconv.FormatBool(value))
	}
	content, err := json.Marshal(value)
	require.NoError(t, err)
	return string(content)
}
