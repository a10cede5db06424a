package adopttest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/guard"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// The printed cdk.json is a stack whose replication group is the recorded one, except for what adopt lists: the resources that
// the stack creates. Deployed over the imported group, it loses nothing.
func TestTheEnvironmentIsTheRecordedGroup(t *testing.T) {
	content, err := os.ReadFile("sessions/cdk.json")
	require.NoError(t, err)
	var file struct{ Context map[string]any }
	require.NoError(t, json.Unmarshal(content, &file))
	app := awscdk.NewApp(&awscdk.AppProps{Context: &file.Context})
	environments := stacks.NewRedisCacheStacks(app)
	require.Len(t, environments, 1)
	deployed := templateOf(t, environments[0])

	group, want := theGroup(t, deployed), described(t, "sessions")
	created := map[string]bool{
		"CacheParameterGroupName": true, "LogDeliveryConfigurations": true, "NotificationTopicArn": true, "SecurityGroupIds": true,
	}
	for _, property := range group.Properties() {
		if !created[property] {
			assert.Equal(t, want[property], group.Property(property).String(), property)
		}
	}
	for property := range want {
		assert.True(t, created[property] || group.Property(property).Exists(), property)
	}
	imported := all[1].synthesize(t, true)
	assert.Equal(t, theGroup(t, imported).LogicalID, group.LogicalID)
	for _, finding := range guard.Compare(imported, deployed) {
		assert.NotEqual(t, group.LogicalID, finding.LogicalID, finding) // the import leaves the other resources out
	}
}
