package emulator_test

import (
	"encoding/json"
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

// Stacks that are created, and then deleted without a trace. Where the template leaves the order open, CloudFormation
// chooses: each is deployed with the logical ids in the order of the alphabet, and in the opposite one.
func TestCreateAndDelete(t *testing.T) {
	iam := rediscache.Authentication_Iam(nil)
	rotation := rediscache.Authentication_GeneratedToken(&rediscache.GeneratedTokenOptions{
		Rotation: &rediscache.RotationOptions{AutomaticallyAfter: awscdk.Duration_Days(jsii.Number(7))},
	})
	type change = func(emulator.Template)
	cases := []struct {
		name, stack string
		synth       func(more ...change) *emulator.Assembly
		orders      [][]order
	}{
		{
			name: "dev", stack: "securebase-dev-redis",
			synth:  func(more ...change) *emulator.Assembly { return environment(t, "dev", settings{}, more...) },
			orders: [][]order{cacheOrders, tokenOrders, topicOrders},
		},
		{
			name: "a cache with IAM", stack: "iam",
			synth:  func(more ...change) *emulator.Assembly { return cacheStack(t, "iam", named("iam", iam), more...) },
			orders: [][]order{cacheOrders, userOrders},
		},
		{
			name: "a cache with token rotation", stack: "rotation",
			synth: func(more ...change) *emulator.Assembly {
				return cacheStack(t, "rotation", named("rotation", rotation), more...)
			},
			orders: [][]order{cacheOrders, tokenOrders, rotationOrders},
		},
	}
	t.Run("all", func(t *testing.T) { // returns when all are done
		for _, c := range cases {
			assemblies := []*emulator.Assembly{c.synth(), c.synth(emulator.Reorder)} // here, because jsii is not for two at a time
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				for _, assembly := range assemblies {
					s, _ := create(t, c.stack, assembly)
					s.destroy()
					for _, orders := range c.orders {
						s.assertCreated(orders...)
						s.assertDeleted(orders...)
					}
					assert.Empty(t, s.history(types.ResourceStatusDeleteSkipped), "what CloudFormation keeps")
				}
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
