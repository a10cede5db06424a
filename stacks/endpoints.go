package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// addGatewayEndpoints makes DynamoDB and S3, where functions have their data, reachable from the isolated subnets; gateway
// endpoints cost nothing. The one for S3 has no policy: presigned URLs, by which container images and CloudFormation's
// custom resources use S3, are signed by accounts of AWS.
func addGatewayEndpoints(vpc awsec2.Vpc) {
	vpc.AddGatewayEndpoint(ptr.To("S3"), &awsec2.GatewayVpcEndpointOptions{Service: awsec2.GatewayVpcEndpointAwsService_S3()})
	vpc.AddGatewayEndpoint(ptr.To("DynamoDb"), &awsec2.GatewayVpcEndpointOptions{
		Service: awsec2.GatewayVpcEndpointAwsService_DYNAMODB(),
	}).AddToPolicy(allowOwnAccount("dynamodb:*", "aws:PrincipalAccount"))
}

// addSecretsManagerEndpoint makes the connection secret readable from subnets without a route out.
//
// It admits the whole VPC, because functions that are connected by ConnectFunction have security groups of their own, in
// stacks that this one does not know. Who may read a secret is decided by the policies of the endpoint, the roles and the
// key.
func addSecretsManagerEndpoint(scope constructs.Construct, vpc awsec2.Vpc, c common) {
	group := awsec2.NewSecurityGroup(scope, ptr.To("EndpointSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr.To("Access to the Secrets Manager endpoint"),
		AllowAllOutbound: ptr.To(false),
	})
	group.AddIngressRule(awsec2.Peer_Ipv4(ptr.To(ptr.Or(c.VpcCidr, defaultVpcCidr))), awsec2.Port_HTTPS(), ptr.To("HTTPS from the VPC"), nil)
	options := &awsec2.InterfaceVpcEndpointOptions{
		Service:        awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER(),
		SecurityGroups: &[]awsec2.ISecurityGroup{group},
		Open:           ptr.To(false),
	}
	if c.oneNode {
		// Each zone costs as much as the node. Functions in the other zone use this one across zones, and the cache itself
		// is in one zone only.
		options.Subnets = &awsec2.SubnetSelection{Subnets: ptr.To((*vpc.IsolatedSubnets())[:1])}
	}
	vpc.AddInterfaceEndpoint(ptr.To("SecretsManager"), options).
		AddToPolicy(allowOwnAccount("secretsmanager:*", "aws:PrincipalAccount", "aws:ResourceAccount"))
}

// allowOwnAccount is an endpoint's policy that keeps credentials, or data, of other accounts out.
func allowOwnAccount(actions string, accountKeys ...string) awsiam.PolicyStatement {
	own := map[string]any{}
	for _, key := range accountKeys {
		own[key] = awscdk.Aws_ACCOUNT_ID()
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{&actions},
		Resources:  &[]*string{ptr.To("*")},
		Conditions: &map[string]any{"StringEquals": own},
	})
}
