package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ownVpc reports whether the stack creates its VPC.
func (c common) ownVpc() bool { return c.givenVpc == nil && c.VpcId == nil }

// newVpc returns the given VPC, or a new one.
func newVpc(scope constructs.Construct, c common, key awskms.IKey) awsec2.IVpc {
	switch {
	case c.givenVpc != nil:
		return c.givenVpc
	case c.VpcId != nil:
		return importVpc(scope, c)
	}
	cidr := ptr.Or(c.VpcCidr, defaultVpcCidr)
	vpc := awsec2.NewVpc(scope, ptr.To("Vpc"), &awsec2.VpcProps{
		IpAddresses: awsec2.IpAddresses_Cidr(&cidr),
		MaxAzs:      ptr.To(2.0),
		NatGateways: ptr.To(0.0),
		// The default security group lets its members reach each other, and nothing should use it.
		RestrictDefaultSecurityGroup: ptr.To(true),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: ptr.To("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: ptr.To(subnetMask(cidr))},
		},
	})
	addFlowLog(scope, vpc, c, key)
	addGatewayEndpoints(vpc)
	warnings{vpc}.when(ptr.Value(c.TerminationProtection) && c.VpcCidr == nil, "ownVpc",
		"the stack creates a VPC that is connected to no other network, with the same range in every environment, and a cache cannot "+
			"move to another VPC later: set vpcId to the VPC of the functions, or vpcCidr to a range that can be peered")
	return vpc
}

// importVpc acknowledges CDK's warning that the subnets have no route tables: nothing here needs them.
func importVpc(scope constructs.Construct, c common) awsec2.IVpc {
	vpc := awsec2.Vpc_FromVpcAttributes(scope, ptr.To("Vpc"), &awsec2.VpcAttributes{
		VpcId:             c.VpcId,
		AvailabilityZones: c.AvailabilityZones,
		IsolatedSubnetIds: c.SubnetIds,
	})
	awscdk.Annotations_Of(vpc).AcknowledgeWarning(ptr.To("@aws-cdk/aws-ec2:noSubnetRouteTableId"),
		ptr.To("The stack adds no routes and no gateway endpoints to an existing VPC."))
	return vpc
}

// newClientSecurityGroup may reach the cache. Outbound traffic is unrestricted; restrict it with the clients' other groups.
func newClientSecurityGroup(scope constructs.Construct, vpc awsec2.IVpc) awsec2.ISecurityGroup {
	return awsec2.NewSecurityGroup(scope, ptr.To("ClientSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      ptr.To("Clients of the Redis query cache"),
		AllowAllOutbound: ptr.To(true),
	})
}
