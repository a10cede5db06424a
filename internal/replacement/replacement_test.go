package replacement

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const replicationGroup = "AWS::ElastiCache::ReplicationGroup"

func TestUpdateReplaces(t *testing.T) {
	type properties = map[string]any
	for _, test := range []struct {
		name          string
		resource      string
		before, after properties
		want          string
	}{
		{"nothing that stays the same", replicationGroup, properties{"Port": 6379.0}, properties{"Port": 6379.0}, ""},
		{"a group with another port", replicationGroup, properties{"Port": 6379.0}, properties{"Port": 6380.0}, "Port"},
		{"a group that gets a key", replicationGroup, nil, properties{"KmsKeyId": "k"}, "KmsKeyId"},
		{"a group that loses its snapshot name", replicationGroup, properties{"SnapshotName": "s"}, nil, "SnapshotName"},
		{"a group with other files", replicationGroup,
			properties{"SnapshotArns": []any{"a"}}, properties{"SnapshotArns": []any{"b"}}, "SnapshotArns"},
		{"no group with another engine", replicationGroup, properties{"Engine": "redis"}, properties{"Engine": "valkey"}, ""},
		{"no group with more node groups and replicas", replicationGroup,
			properties{"NumNodeGroups": 2.0, "ReplicasPerNodeGroup": 1.0}, properties{"NumNodeGroups": 3.0, "ReplicasPerNodeGroup": 2.0}, ""},
		{"a group that gets a token", replicationGroup, nil, properties{"AuthToken": "t"}, "AuthToken"},
		{"a group that loses its token", replicationGroup, properties{"AuthToken": "t"}, nil, "AuthToken"},
		{"no group with another token", replicationGroup, properties{"AuthToken": "t"}, properties{"AuthToken": "u"}, ""},
		{"a group with another node group configuration", replicationGroup,
			properties{"NodeGroupConfiguration": []any{"a"}}, properties{"NodeGroupConfiguration": []any{"b"}}, "NodeGroupConfiguration"},
		{"an endpoint with another preference inside a property", "AWS::EC2::VPCEndpoint",
			properties{"DnsOptions": properties{"PrivateDnsPreference": "a"}}, properties{"DnsOptions": properties{"PrivateDnsPreference": "b"}},
			"DnsOptions/PrivateDnsPreference"},
		{"no endpoint with another property beside it", "AWS::EC2::VPCEndpoint",
			properties{"DnsOptions": properties{"DnsRecordIpType": "a"}}, properties{"DnsOptions": properties{"DnsRecordIpType": "b"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, is := Find(test.resource)
			require.True(t, is)
			assert.Equal(t, test.want, found.Replaces(test.before, test.after))
		})
	}
}

func TestReplicationGroupHas11CreateOnlyPropertiesAnd2Conditional(t *testing.T) {
	group, _ := Find(replicationGroup)
	assert.Len(t, group.CreateOnly, 11)
	assert.Len(t, group.Conditional, 2)
}

func TestTableIsConsistent(t *testing.T) {
	names := map[string]bool{}
	for _, of := range Types() {
		assert.Regexp(t, regexp.MustCompile(`^AWS::\w+::\w+$`), of.Name)
		assert.False(t, names[of.Name], "%s is in the table twice", of.Name)
		names[of.Name] = true
		assert.True(t, slices.IsSorted(of.CreateOnly), of.Name)
		if of.PhysicalName != "" {
			assert.Contains(t, of.CreateOnly, of.PhysicalName, "a name that can be changed in place is no reason to refuse: %s", of.Name)
		}
		for _, property := range of.Conditional {
			assert.NotContains(t, of.CreateOnly, property, of.Name)
		}
	}
	_, is := Find("AWS::S3::Bucket")
	assert.False(t, is)
}

// The templates of the stacks have no type that the table lacks.
func TestTableHasEveryTypeOfTheTemplates(t *testing.T) {
	files, err := filepath.Glob("../../testdata/*.template.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 4, "dev, prod, and each other kind of cache")
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		found := regexp.MustCompile(`"Type": "(AWS::\w+::\w+)"`).FindAllStringSubmatch(string(text), -1)
		require.Greater(t, len(found), 20, name)
		for _, match := range found {
			_, is := Find(match[1])
			assert.True(t, is, match[1])
		}
	}
}
