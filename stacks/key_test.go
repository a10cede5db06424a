package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/stacks"
)

// keyStatements are the statements of prod's key policy that are wanted.
func keyStatements(t *testing.T, wanted func(statement object) bool) (found []object) {
	t.Helper()
	_, tpl := build(t, stacks.ProdEnvironment())
	for _, statement := range tpl.all("AWS::KMS::Key")[0]["KeyPolicy"].(object)["Statement"].(list) {
		if wanted(statement.(object)) {
			found = append(found, statement.(object))
		}
	}
	return found
}

func joined(parts ...any) object { return object{"Fn::Join": list{"", list(parts)}} }

func TestOnlyPrincipalsOfThisAccountThatAreNotElastiCacheAreDeniedGrants(t *testing.T) {
	denied := keyStatements(t, func(statement object) bool { return statement["Effect"] == "Deny" })
	require.Len(t, denied, 1)
	assert.Equal(t, object{
		"Sid": "DenyGrantsExceptForAwsServices", "Effect": "Deny", "Principal": object{"AWS": "*"},
		"Action": "kms:CreateGrant", "Resource": "*",
		"Condition": object{
			"BoolIfExists": object{"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"},
			"StringEquals": object{"aws:PrincipalAccount": object{"Ref": "AWS::AccountId"}},
			"ArnNotLike": object{"aws:PrincipalArn": joined("arn:", object{"Ref": "AWS::Partition"}, ":iam::", object{"Ref": "AWS::AccountId"},
				":role/aws-service-role/elasticache.amazonaws.com/*")},
		},
	}, denied[0])
}

func TestCloudWatchLogsUsesTheKeyForTheLogGroupsOfTheStackOnly(t *testing.T) {
	var patterns []any
	for _, statement := range keyStatements(t, func(object) bool { return true }) {
		condition, _ := statement["Condition"].(object)
		like, _ := condition["ArnLike"].(object)
		if arns, is := like["kms:EncryptionContext:aws:logs:arn"]; is {
			patterns = append(patterns, arns)
		}
	}
	const groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
	assert.ElementsMatch(t, list{object{"Fn::Sub": groups + "securebase-prod-redis-*"},
		object{"Fn::Sub": groups + "/aws/elasticache/securebase-prod/redis/*"}}, patterns)
}

func TestCloudWatchUsesTheKeyForAlarmsOfThisAccountAndRegionOnly(t *testing.T) {
	cloudWatch := keyStatements(t, func(statement object) bool {
		return assert.ObjectsAreEqual(object{"Service": "cloudwatch.amazonaws.com"}, statement["Principal"])
	})
	require.Len(t, cloudWatch, 1)
	assert.Equal(t, list{"kms:Decrypt", "kms:GenerateDataKey*"}, cloudWatch[0]["Action"])
	assert.Equal(t, alarmsOfTheStack, cloudWatch[0]["Condition"])
}
