package replacement

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReplicationGroupHasTheSchemasProperties(t *testing.T) {
	group, ok := Find(ReplicationGroup)
	assert.True(t, ok)
	assert.Len(t, group.CreateOnly, 11)
	assert.Equal(t, []string{"AuthToken", "NodeGroupConfiguration"}, group.Conditional)
	for _, inPlace := range []string{"Engine", "EngineVersion", "CacheNodeType", "NumCacheClusters", "NumNodeGroups", "ReplicasPerNodeGroup", "UserGroupIds"} {
		assert.NotContains(t, group.CreateOnly, inPlace)
	}
}

func TestTableIsInOrder(t *testing.T) {
	for _, name := range Names() {
		found, ok := Find(name)
		assert.True(t, ok, name)
		assert.True(t, strings.HasPrefix(name, "AWS::"), name)
		assert.True(t, slices.IsSorted(found.CreateOnly), name)
		if found.PhysicalName != "" {
			assert.Contains(t, found.CreateOnly, found.PhysicalName, "%s: a name that could change in place needs no uniqueness rule", name)
		}
		assert.False(t, found.RefersByName && found.PhysicalName == "", name)
		for _, property := range found.Conditional {
			assert.NotContains(t, found.CreateOnly, property, name)
		}
	}
}

func TestWhatIsLost(t *testing.T) {
	var stateful []string
	for _, name := range Names() {
		if found, _ := Find(name); found.Stateful() {
			stateful = append(stateful, name)
		}
	}
	assert.Equal(t, []string{ReplicationGroup, ServerlessCache, User, UserGroup, Key, LogGroup, Secret}, stateful)
}

func TestUnknownTypeIsNotStateful(t *testing.T) {
	found, ok := Find("AWS::S3::Bucket")
	assert.False(t, ok)
	assert.Zero(t, found)
	assert.False(t, found.Stateful())
}
