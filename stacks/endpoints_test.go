package stacks_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// endpoints are the VPC endpoints by the end of their service's name.
func endpoints(t *testing.T, e stacks.Environment) map[string]object {
	t.Helper()
	_, tpl := build(t, e)
	byService := map[string]object{}
	for _, endpoint := range tpl.all("AWS::EC2::VPCEndpoint") {
		service := regexp.MustCompile(`\.([a-z0-9]+)"`).FindStringSubmatch(toJson(t, endpoint["ServiceName"]))
		byService[service[1]] = endpoint
	}
	return byService
}

func TestTheVpcReachesSecretsManagerDynamoDbAndS3Only(t *testing.T) {
	got := endpoints(t, stacks.ProdEnvironment())
	require.Len(t, got, 3)
	assert.Equal(t, "Interface", got["secretsmanager"]["VpcEndpointType"])
	assert.Equal(t, true, got["secretsmanager"]["PrivateDnsEnabled"])
	for _, service := range []string{"dynamodb", "s3"} {
		assert.Equal(t, "Gateway", got[service]["VpcEndpointType"])
		assert.Len(t, got[service]["RouteTableIds"], 2)
	}
}

func TestTheEndpointsAreForThisAccount(t *testing.T) {
	got := endpoints(t, stacks.ProdEnvironment())
	account := object{"Ref": "AWS::AccountId"}
	policy := func(actions string, condition object) object {
		return object{"Version": "2012-10-17", "Statement": list{object{"Effect": "Allow", "Principal": object{"AWS": "*"},
			"Action": actions, "Resource": "*", "Condition": object{"StringEquals": condition}}}}
	}
	assert.Equal(t, policy("secretsmanager:*", object{"aws:PrincipalAccount": account, "aws:ResourceAccount": account}),
		got["secretsmanager"]["PolicyDocument"])
	assert.Equal(t, policy("dynamodb:*", object{"aws:PrincipalAccount": account}), got["dynamodb"]["PolicyDocument"])
	assert.NotContains(t, got["s3"], "PolicyDocument")
}

func TestTheSecretsManagerEndpointIsInOneZoneForOneNode(t *testing.T) {
	dev := stacks.DevEnvironment()
	assert.Len(t, endpoints(t, dev)["secretsmanager"]["SubnetIds"], 1)
	dev.NumCacheNodes = ptr(2.0)
	assert.Len(t, endpoints(t, dev)["secretsmanager"]["SubnetIds"], 2)
	assert.Len(t, endpoints(t, stacks.ProdEnvironment())["secretsmanager"]["SubnetIds"], 2)
}

func TestTheSecretsManagerEndpointIsThereForAToken(t *testing.T) {
	tests := []struct {
		name   string
		change func(e *stacks.Environment)
		want   bool
	}{
		{"a generated token", func(*stacks.Environment) {}, true},
		{"no login", func(e *stacks.Environment) { e.Authentication = rediscache.Authentication_None() }, false},
		{"IAM", func(e *stacks.Environment) { e.Authentication = rediscache.Authentication_Iam(nil) }, false},
		{"IAM, and the endpoint wanted for other secrets", func(e *stacks.Environment) {
			e.Authentication, e.SecretsManagerEndpoint = rediscache.Authentication_Iam(nil), ptr(true)
		}, true},
		{"a token, and no endpoint wanted", func(e *stacks.Environment) { e.SecretsManagerEndpoint = ptr(false) }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := stacks.DevEnvironment()
			test.change(&e)
			got := endpoints(t, e)
			if !test.want {
				assert.NotContains(t, got, "secretsmanager")
				return
			}
			assert.Contains(t, got, "secretsmanager")
		})
	}
}
