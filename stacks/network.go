package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
)

// vpcCidr of the stack's own VPC, which is connected to no other.
const vpcCidr = "10.0.0.0/16"

// newVpc is the VPC that was given, or one of the stack's own.
func newVpc(scope constructs.Construct, e Environment, key awskms.IKey) awsec2.IVpc {
	if e.VpcId != "" {
		return awsec2.Vpc_FromVpcAttributes(scope, ptr("Vpc"), &awsec2.VpcAttributes{
			VpcId:             &e.VpcId,
			AvailabilityZones: list(e.AvailabilityZones),
			IsolatedSubnetIds: list(e.SubnetIds),
		})
	}
	vpc := awsec2.NewVpc(scope, ptr("Vpc"), &awsec2.VpcProps{
		IpAddresses: awsec2.IpAddresses_Cidr(ptr(vpcCidr)),
		MaxAzs:      ptr(2.0),
		NatGateways: ptr(0.0),
		// The default security group lets its members talk to each other, and nobody should be in it.
		RestrictDefaultSecurityGroup: ptr(true),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: ptr("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: ptr(24.0)},
		},
	})
	addFlowLog(scope, vpc, e, key)
	if e.SecretsManagerEndpoint == nil || *e.SecretsManagerEndpoint {
		addSecretsManagerEndpoint(scope, vpc)
	}
	return vpc
}

// addFlowLog records who talked to whom: with the security groups, what an audit asks for.
func addFlowLog(scope constructs.Construct, vpc awsec2.Vpc, e Environment, key awskms.IKey) {
	retention := awslogs.RetentionDays_ONE_MONTH
	if e.LogRetentionDays != nil {
		retention = retentionDays[*e.LogRetentionDays]
	}
	if key != nil {
		admitLogs(key)
	}
	logs := awslogs.NewLogGroup(scope, ptr("FlowLogs"), &awslogs.LogGroupProps{
		Retention:     retention,
		EncryptionKey: key,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	if e.unkeyed() {
		acknowledge(resourceOf(logs), unkeyedLogs())
	}
	// The role has all it needs; CDK would add the same once more, as an inline policy.
	role := newFlowLogRole(scope, logs).WithoutPolicyUpdates(nil)
	vpc.AddFlowLog(ptr("FlowLog"), &awsec2.FlowLogOptions{Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(logs, role)})
}

// newFlowLogRole has a managed policy, which can be audited and reused, where CDK's own has an inline one; and it is
// for flow logs of this account only, as the VPC guide advises against a confused deputy.
func newFlowLogRole(scope constructs.Construct, logs awslogs.ILogGroup) awsiam.Role {
	policy := awsiam.NewManagedPolicy(scope, ptr("FlowLogPolicy"), &awsiam.ManagedPolicyProps{
		Description: ptr("Write VPC flow logs"),
		Statements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions:   &[]*string{ptr("logs:CreateLogStream"), ptr("logs:DescribeLogStreams"), ptr("logs:PutLogEvents")},
			Resources: &[]*string{logs.LogGroupArn()},
		})},
	})
	return awsiam.NewRole(scope, ptr("FlowLogRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(ptr("vpc-flow-logs.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()},
				"ArnLike": map[string]any{
					"aws:SourceArn": "arn:" + *awscdk.Aws_PARTITION() + ":ec2:" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID() + ":vpc-flow-log/*",
				},
			},
		}),
		ManagedPolicies: &[]awsiam.IManagedPolicy{policy},
	})
}

// admitLogs opens the key for log groups of this account; the construct does it for its own two only.
func admitLogs(key awskms.IKey) {
	logs := awsiam.NewServicePrincipal(ptr("logs."+*awscdk.Aws_REGION()+".amazonaws.com"), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": "arn:" + *awscdk.Aws_PARTITION() + ":logs:" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID() + ":log-group:*",
		}},
	})
	key.Grant(logs, ptr("kms:Encrypt*"), ptr("kms:Decrypt*"), ptr("kms:ReEncrypt*"), ptr("kms:GenerateDataKey*"), ptr("kms:Describe*"))
}

// addSecretsManagerEndpoint is the way to the connection secret from subnets without a route out.
func addSecretsManagerEndpoint(scope constructs.Construct, vpc awsec2.Vpc) {
	group := awsec2.NewSecurityGroup(scope, ptr("EndpointSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr("Access to the Secrets Manager endpoint"),
		AllowAllOutbound: ptr(false),
	})
	group.AddIngressRule(awsec2.Peer_Ipv4(ptr(vpcCidr)), awsec2.Port_HTTPS(), ptr("HTTPS from the VPC"), nil)
	vpc.AddInterfaceEndpoint(ptr("SecretsManager"), &awsec2.InterfaceVpcEndpointOptions{
		Service:        awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER(),
		SecurityGroups: &[]awsec2.ISecurityGroup{group},
		Open:           ptr(false),
	})
}

// newClientSecurityGroup may reach the cache. It restricts nothing on the way out: that is its members' affair.
func newClientSecurityGroup(scope constructs.Construct, vpc awsec2.IVpc) awsec2.ISecurityGroup {
	return awsec2.NewSecurityGroup(scope, ptr("ClientSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr("Clients of the Redis query cache"),
		AllowAllOutbound: ptr(true),
	})
}

func list(values []string) *[]*string {
	out := make([]*string, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return &out
}

func pointers(values map[string]string) *map[string]*string {
	out := make(map[string]*string, len(values))
	for key, value := range values {
		out[key] = &value
	}
	return &out
}
