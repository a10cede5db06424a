package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/kmspolicy"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// addFlowLog records the connections in the VPC, which audits ask for beside the security groups.
func addFlowLog(scope constructs.Construct, vpc awsec2.Vpc, c common, key awskms.IKey) {
	if key != nil {
		// A generated name starts with the stack's; RedisCache allows its own two groups.
		kmspolicy.AllowLogGroups(key, *awscdk.Stack_Of(scope).StackName()+"-*")
	}
	logs := awslogs.NewLogGroup(scope, ptr.To("FlowLogs"), &awslogs.LogGroupProps{
		Retention:     ptr.OrDefault(c.logRetention, awslogs.RetentionDays_ONE_MONTH),
		EncryptionKey: key,
		RemovalPolicy: c.flowLogsRemovalPolicy(),
	})
	if c.withoutCMK() {
		acknowledge(resourceOf(logs), logsWithoutCMK())
	}
	// The role has its permissions; CDK would add the same ones again in an inline policy.
	role := newFlowLogRole(scope, logs).WithoutPolicyUpdates(nil)
	vpc.AddFlowLog(ptr.To("FlowLog"), &awsec2.FlowLogOptions{Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(logs, role)})
}

// flowLogsRemovalPolicy keeps what an audit may ask for after the stack is gone. The name is generated, so a kept group is
// in nobody's way.
func (c common) flowLogsRemovalPolicy() awscdk.RemovalPolicy {
	if c.ephemeral() {
		return awscdk.RemovalPolicy_DESTROY
	}
	return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
}

// newFlowLogRole has a managed policy, as the policy packs demand, where CDK's own role has an inline one. Only flow logs
// of this account can assume it, which is the VPC user guide's advice against a confused deputy.
func newFlowLogRole(scope constructs.Construct, logs awslogs.ILogGroup) awsiam.Role {
	policy := awsiam.NewManagedPolicy(scope, ptr.To("FlowLogPolicy"), &awsiam.ManagedPolicyProps{
		Description: ptr.To("Write VPC flow logs"),
		Statements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions:   &[]*string{ptr.To("logs:CreateLogStream"), ptr.To("logs:DescribeLogStreams"), ptr.To("logs:PutLogEvents")},
			Resources: &[]*string{logs.LogGroupArn()},
		})},
	})
	return awsiam.NewRole(scope, ptr.To("FlowLogRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(ptr.To("vpc-flow-logs.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()},
				"ArnLike": map[string]any{
					"aws:SourceArn": ownArn("ec2") + ":vpc-flow-log/*",
				},
			},
		}),
		ManagedPolicies: &[]awsiam.IManagedPolicy{policy},
	})
}

// ownArn is the start of the ARNs of a service in the stack's own region and account.
func ownArn(service string) string {
	return "arn:" + *awscdk.Aws_PARTITION() + ":" + service + ":" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID()
}
