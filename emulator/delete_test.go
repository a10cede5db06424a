package emulator_test

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// destroyProtected fails to delete the stack until its termination protection is off, as it is in the assembly. Then all
// goes but the key, and nothing that stays is in the way of the next deployment.
func (s *stack) destroyProtected(unprotected *emulator.Assembly) {
	t := s.t
	t.Helper()
	require.ErrorContains(t, aws.Destroy(s.last, s.name), "TerminationProtection is enabled")
	_, err := s.deploy(unprotected)
	require.NoError(t, err)
	key := s.parts()["Key"].physical
	s.destroy()

	kept := s.history(types.ResourceStatusDeleteSkipped)
	require.Len(t, kept, 1, "what CloudFormation keeps")
	assert.Equal(t, key, kept[0].physical)
	found, err := keys().DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
	require.NoError(t, err)
	assert.Equal(t, kmstypes.KeyStateEnabled, found.KeyMetadata.KeyState)
	s.assertDeleted(cacheOrders...)
	s.assertDeleted(tokenOrders...)
	s.assertDeleted(topicOrders...)
	assert.Empty(t, leftovers(t), "what ElastiCache and Secrets Manager still have")

	again, _ := create(t, s.name, unprotected)
	assert.NotEqual(t, key, again.parts()["Key"].physical)
	again.destroy()
}
