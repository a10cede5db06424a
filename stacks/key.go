package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newKey returns the given key, or a new one, or nil. A new key encrypts data, snapshots, secrets, logs and alarms. It
// outlives the stack, because snapshots are encrypted with it; only a failed first deployment takes it along.
func newKey(scope constructs.Construct, c common) awskms.IKey {
	if !ptr.Value(c.CustomerManagedKey) {
		return c.encryptionKey
	}
	key := awskms.NewKey(scope, ptr.To("Key"), &awskms.KeyProps{
		Alias:             ptr.To("alias/" + c.stackId()),
		Description:       ptr.To("Redis query cache " + c.prefix() + ": data, snapshots, secrets, logs and alarms"),
		EnableKeyRotation: ptr.To(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	key.AddToResourcePolicy(denyGrants(), nil)
	return key
}

// denyGrants leaves grants to AWS services: a grant is access that no policy shows, so nobody of this account may create
// one, not even an administrator (AWS Control Tower, CT.KMS.PR.3). ElastiCache creates its first grant on behalf of the
// deploying role. It creates others by itself, as its service-linked role or as a service of AWS, for backups and
// replaced nodes, a request of nobody; the Deny must not reach those, or every backup fails.
func denyGrants() awsiam.PolicyStatement {
	roles := "arn:" + *awscdk.Aws_PARTITION() + ":iam::" + *awscdk.Aws_ACCOUNT_ID() + ":role/aws-service-role/elasticache.amazonaws.com/*"
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr.To("DenyGrantsExceptForAwsServices"),
		Effect:     awsiam.Effect_DENY,
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{ptr.To("kms:CreateGrant")},
		Resources:  &[]*string{ptr.To("*")},
		Conditions: &map[string]any{
			"BoolIfExists": map[string]any{"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"},
			"StringEquals": map[string]any{"aws:PrincipalAccount": awscdk.Aws_ACCOUNT_ID()},
			"ArnNotLike":   map[string]any{"aws:PrincipalArn": roles},
		},
	})
}
