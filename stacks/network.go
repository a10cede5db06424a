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

// vpcCidr is the range of the stack's own VPC, which is connected to no other network.
const vpcCidr = "10.0.0.0/16"

// newVpc returns the given VPC, or a new one.
func newVpc(scope constructs.Construct, e Environment, key awskms.IKey) awsec2.IVpc {
	if e.Vpc != nil {
		return e.Vpc
	}
	if e.VpcId != nil {
		return awsec2.Vpc_FromVpcAttributes(scope, ptr.To("Vpc"), &awsec2.VpcAttributes{
			VpcId:             e.VpcId,
			AvailabilityZones: e.AvailabilityZones,
			IsolatedSubnetIds: e.SubnetIds,
		})
	}
	vpc := awsec2.NewVpc(scope, ptr.To("Vpc"), &awsec2.VpcProps{
		IpAddresses: awsec2.IpAddresses_Cidr(ptr.To(vpcCidr)),
		MaxAzs:      ptr.To(2.0),
		NatGateways: ptr.To(0.0),
		// The default security group lets its members reach each other, and nothing should use it.
		RestrictDefaultSecurityGroup: ptr.To(true),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: ptr.To("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: ptr.To(24.0)},
		},
	})
	addFlowLog(scope, vpc, e, key)
	if ptr.Or(e.SecretsManagerEndpoint, true) {
		addSecretsManagerEndpoint(scope, vpc)
	}
	return vpc
}

// addFlowLog records the connections in the VPC, which audits ask for beside the security groups.
func addFlowLog(scope constructs.Construct, vpc awsec2.Vpc, e Environment, key awskms.IKey) {
	if key != nil {
		// A generated name starts with the stack's; RedisCache allows its own two groups.
		kmspolicy.AllowLogGroups(key, *awscdk.Stack_Of(scope).StackName()+"-*")
	}
	logs := awslogs.NewLogGroup(scope, ptr.To("FlowLogs"), &awslogs.LogGroupProps{
		Retention:     ptr.OrDefault(e.LogRetention, awslogs.RetentionDays_ONE_MONTH),
		EncryptionKey: key,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	if e.withoutCMK() {
		acknowledge(resourceOf(logs), logsWithoutCMK())
	}
	// The role has its permissions; CDK would add the same ones again in an inline policy.
	role := newFlowLogRole(scope, logs).WithoutPolicyUpdates(nil)
	vpc.AddFlowLog(ptr.To("FlowLog"), &awsec2.FlowLogOptions{Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(logs, role)})
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

// addSecretsManagerEndpoint makes the connection secret readable from subnets without a route out.
func addSecretsManagerEndpoint(scope constructs.Construct, vpc awsec2.Vpc) {
	group := awsec2.NewSecurityGroup(scope, ptr.To("EndpointSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr.To("Access to the Secrets Manager endpoint"),
		AllowAllOutbound: ptr.To(false),
	})
	group.AddIngressRule(awsec2.Peer_Ipv4(ptr.To(vpcCidr)), awsec2.Port_HTTPS(), ptr.To("HTTPS from the VPC"), nil)
	vpc.AddInterfaceEndpoint(ptr.To("SecretsManager"), &awsec2.InterfaceVpcEndpointOptions{
		Service:        awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER(),
		SecurityGroups: &[]awsec2.ISecurityGroup{group},
		Open:           ptr.To(false),
	})
}

// newClientSecurityGroup may reach the cache. Outbound traffic is unrestricted; restrict it with the clients' other groups.
func newClientSecurityGroup(scope constructs.Construct, vpc awsec2.IVpc) awsec2.ISecurityGroup {
	return awsec2.NewSecurityGroup(scope, ptr.To("ClientSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr.To("Clients of the Redis query cache"),
		AllowAllOutbound: ptr.To(true),
	})
}
