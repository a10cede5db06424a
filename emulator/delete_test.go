package emulator_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// destroyProtected fails to delete the stack until its termination protection is off, as it is in the assembly. Then all
// goes but the key, which the final snapshot needs, and the flow logs; and neither is in the way of the next deployment.
func (s *stack) destroyProtected(unprotected *emulator.Assembly) {
	t := s.t
	t.Helper()
	require.ErrorContains(t, aws.Destroy(s.last, s.name), "TerminationProtection is enabled")
	_, err := s.deploy(unprotected)
	require.NoError(t, err)
	key := s.parts()["Key"].physical
	s.destroy()

	assert.ElementsMatch(t, []string{"Key", "FlowLogs"}, ids(s.history(types.ResourceStatusDeleteSkipped)), "what CloudFormation keeps")
	found, err := keys().DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
	require.NoError(t, err)
	assert.Equal(t, kmstypes.KeyStateEnabled, found.KeyMetadata.KeyState)
	s.assertDeleted(cacheOrders...)
	s.assertDeleted(userOrders...)
	s.assertDeleted(topicOrders...)
	assert.Empty(t, leftovers(t), "what ElastiCache and Secrets Manager still have")

	again, _ := create(t, s.name, unprotected)
	assert.NotEqual(t, key, again.parts()["Key"].physical)
	again.destroy()
}

// A stack that cannot be created is gone again, with what a deletion would keep, and can be deployed once it is mended.
func TestFirstDeploymentThatFails(t *testing.T) {
	unprotected := settings{"terminationProtection": false}
	s := &stack{t: t, name: "securebase-prod-redis"}
	_, err := s.deploy(environment(t, "prod", unprotected, withUnknownUserGroup))
	require.ErrorContains(t, err, "The user group was not found")
	s.id = s.describe().id
	created, deleted := ids(s.history(types.ResourceStatusCreateComplete)), ids(s.history(types.ResourceStatusDeleteComplete))
	assert.Subset(t, created, []string{"Key", "FlowLogs", "CacheAuthToken", "CacheParameterGroupRedis7"})
	assert.ElementsMatch(t, created, deleted)
	assert.Empty(t, leftovers(t), "what ElastiCache and Secrets Manager still have")

	s, _ = create(t, s.name, environment(t, "prod", unprotected))
	s.destroy()
}

// withUnknownUserGroup has ElastiCache refuse the group.
func withUnknownUserGroup(template emulator.Template) {
	for _, r := range template["Resources"].(map[string]any) {
		if r := r.(map[string]any); r["Type"] == group {
			r["Properties"].(map[string]any)["UserGroupIds"] = []string{"unknown"}
		}
	}
}

func ids(parts []part) []string {
	found := make([]string, len(parts))
	for i, p := range parts {
		found[i] = p.id
	}
	return found
}
