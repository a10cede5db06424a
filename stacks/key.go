package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newKey encrypts data, secrets, logs and alarms. It outlives the stack, because the final snapshot is encrypted with it.
func newKey(scope constructs.Construct, e Environment) awskms.IKey {
	if !ptr.Value(e.CustomerManagedKey) {
		return e.EncryptionKey
	}
	key := awskms.NewKey(scope, ptr.To("Key"), &awskms.KeyProps{
		Alias:             ptr.To("alias/" + e.StackId()),
		Description:       ptr.To("Redis query cache " + e.prefix() + ": data, snapshots, secrets, logs and alarms"),
		EnableKeyRotation: ptr.To(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
	})
	// A grant is access that no policy shows. ElastiCache needs one and requests it on behalf of the deploying role; nobody
	// else gets any, not even an administrator (AWS Control Tower, CT.KMS.PR.3).
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr.To("DenyGrantsExceptForAwsServices"),
		Effect:     awsiam.Effect_DENY,
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{ptr.To("kms:CreateGrant")},
		Resources:  &[]*string{ptr.To("*")},
		Conditions: &map[string]any{"BoolIfExists": map[string]any{
			"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false",
		}},
	}), nil)
	return key
}
