package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const goldenTemplates = "../../testdata"

// What guard says of the golden stack of a serverless cache, which is kept when it leaves the stack.
func TestGuardKnowsAServerlessCache(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join(goldenTemplates, "securebase-serverless-redis.template.json"))
	require.NoError(t, err)
	const (
		cache = "Cache18F6EE16 (AWS::ElastiCache::ServerlessCache)"
		fixed = " (with the fixed ServerlessCacheName \"securebase-serverless-serverless\" the deployment fails, because the new one needs " +
			"the same name)"
	)
	for _, test := range []struct {
		name, before, after string
		want                string // the first line
	}{
		{"limits that rise", `"Maximum": 5,`, `"Maximum": 6,`, "No loss."},
		{"a newer engine", `"MajorEngineVersion": "8"`, `"MajorEngineVersion": "9"`, "No loss."},
		{"less data", `"Maximum": 5,`, `"Maximum": 4,`, cache + ` CacheUsageLimits.DataStorage.Maximum: "5" -> "4": evicts keys with a TTL, ` +
			`and then refuses writes, if the cache holds more data than that. Compare it with the metric BytesUsedForCache first`},
		{"a snapshot to restore", `"SnapshotRetentionLimit": 7,`,
			`"SnapshotRetentionLimit": 7, "SnapshotArnsToRestore": ["arn:aws:s3:::b/k.rdb"],`,
			cache + ` SnapshotArnsToRestore: none -> ["arn:aws:s3:::b/k.rdb"]: replaces the resource by an empty one; the old one stays ` +
				`outside the stack` + fixed + `. Leave them as they were at the first deployment, also when they are gone: they are read at ` +
				`creation only`},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, string(golden), test.before)
			got := rediscache(append([]string{"guard"}, pair(t, string(golden), test.before, test.after)...)...)
			assert.Contains(t, got.stdout, test.want+"\n")
		})
	}
}

// The kind of a deployed environment is no change in place: the cache of the one kind leaves the stack.
func TestGuardStopsAnotherKindOfCache(t *testing.T) {
	template := func(name string) string {
		return filepath.Join(goldenTemplates, "securebase-"+name+"-redis.template.json")
	}
	got := rediscache("guard", "--old", template("prod"), "--new", template("serverless"))
	assert.Equal(t, 1, got.status)
	assert.Regexp(t, `(?m)^CacheReplicationGroup[0-9A-F]{8} \(AWS::ElastiCache::ReplicationGroup\): deletes the resource; its data is `+
		`only in the final snapshot\. `, got.stdout)
	got = rediscache("guard", "--old", template("serverless"), "--new", template("prod"))
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.stdout, "Cache18F6EE16 (AWS::ElastiCache::ServerlessCache): takes the resource out of the stack; "+
		"it goes on running")
}
