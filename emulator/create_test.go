package emulator_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/emulator"
)

// Stacks that are created, and then deleted without a trace, in the order in which a missing dependency shows.
func TestCreateAndDelete(t *testing.T) {
	rotation := &rediscache.RotationOptions{AutomaticallyAfter: awscdk.Duration_Days(jsii.Number(7))}
	cache := func(name string, login rediscache.Authentication, orders []order) *emulator.Assembly {
		return cacheStack(t, name, rediscache.RedisCacheProps{Name: &name, Authentication: login}, reorder(orders...))
	}
	dev := slices.Concat(cacheOrders, tokenOrders, topicOrders)
	iam := slices.Concat(cacheOrders, userOrders)
	rotated := slices.Concat(cacheOrders, tokenOrders, rotationOrders)
	t.Run("all", func(t *testing.T) { // returns when all are done
		for _, c := range []struct {
			name, stack string
			assembly    *emulator.Assembly
			orders      []order
		}{
			{"dev", "securebase-dev-redis", environment(t, "dev", settings{}, reorder(dev...)), dev},
			{"a serverless environment", "securebase-spiky-redis",
				environment(t, "spiky", settings{"kind": "serverless"}, reorder(serverlessOrders...)), serverlessOrders},
			{"a cache with IAM", "iam", cache("iam", rediscache.Authentication_Iam(nil), iam), iam},
			{"a cache with token rotation", "rotation", cache("rotation", rediscache.Authentication_GeneratedToken(
				&rediscache.GeneratedTokenOptions{Rotation: rotation}), rotated), rotated},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				s, _ := create(t, c.stack, c.assembly)
				s.destroy()
				s.assertCreated(c.orders...)
				s.assertDeleted(c.orders...)
				assert.Empty(t, s.history(types.ResourceStatusDeleteSkipped), "what CloudFormation keeps")
			})
		}
	})
	assert.Empty(t, leftovers(t), "what ElastiCache and Secrets Manager still have")
}

// The connection secret has what a client needs, and the token in it is the one that the group was created with.
func TestConnectionSecret(t *testing.T) {
	s, outputs := create(t, "securebase-dev-redis", environment(t, "dev", settings{}))
	id := outputs["ReplicationGroupId"]
	primary := *replicationGroup(t, id).NodeGroups[0].PrimaryEndpoint.Address

	assert.Equal(t, s.parts()["CacheReplicationGroup"].physical, id)
	assert.Equal(t, primary, outputs["PrimaryEndpointAddress"])
	assert.Equal(t, s.parts()["Vpc"].physical, outputs["VpcId"])
	assert.Equal(t, "rediss://"+primary+":6379", outputs["ConnectionString"])

	connection := secretOf(t, outputs["AuthTokenSecretArn"])
	token, _ := connection["auth_token"].(string)
	assert.Regexp(t, `^[A-Za-z0-9]{32}$`, token)
	assert.Equal(t, map[string]any{"host": primary, "port": 6379.0, "auth_token": token}, connection)
	assert.Equal(t, map[string]any{"auth_token": token}, secretOf(t, s.parts()["CacheAuthToken"].physical))
	assert.Equal(t, []string{token}, stateOf(t, id).Tokens)
	s.destroy()
}

func secretOf(t *testing.T, id string) map[string]any {
	t.Helper()
	found, err := secrets().GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
	require.NoError(t, err)
	var value map[string]any
	require.NoError(t, json.Unmarshal([]byte(*found.SecretString), &value))
	return value
}
