// Package kmspolicy lets AWS services use a KMS key.
package kmspolicy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// AllowLogGroups lets CloudWatch Logs encrypt the log groups of this account and region whose names match, such as
// "my-stack-*". CDK does not do it (Encrypt log data, CloudWatch Logs user guide).
func AllowLogGroups(key awskms.IKey, names string) {
	service := awsiam.NewServicePrincipal(ptr.To("logs."+*awscdk.Aws_REGION()+".amazonaws.com"), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": map[string]any{
				"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:" + names,
			},
		}},
	})
	key.Grant(service, ptr.To("kms:Encrypt*"), ptr.To("kms:Decrypt*"), ptr.To("kms:ReEncrypt*"),
		ptr.To("kms:GenerateDataKey*"), ptr.To("kms:Describe*"))
}
