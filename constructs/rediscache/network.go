package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
)

// selectSubnets finds the subnets of the selection, or the default ones.
func selectSubnets(vpc awsec2.IVpc, selection *awsec2.SubnetSelection) (found subnets) {
	if selection == nil {
		return askOnce(vpc, defaultSubnets)
	}
	// A selection that fits no subnet is an exception in CDK; here it is a problem like any other.
	defer func() {
		if refusal := recover(); refusal != nil {
			found = subnets{problem: fmt.Sprint(refusal)}
		}
	}()
	selected := vpc.SelectSubnets(selection)
	return subnets{
		all:               value(selected.Subnets),
		availabilityZones: deref(selected.AvailabilityZones),
		public:            value(selected.HasPublic),
		pendingLookup:     value(selected.IsPendingLookup),
	}
}

// defaultSubnets are the isolated ones of the VPC, else its private ones. CDK's VPCs have those in every one of their
// Availability Zones.
func defaultSubnets(vpc awsec2.IVpc) subnets {
	found := subnets{all: *vpc.IsolatedSubnets()}
	if len(found.all) == 0 {
		found.all = *vpc.PrivateSubnets()
	}
	if len(found.all) == 0 {
		return subnets{problem: "the VPC has neither isolated nor private subnets, and a cache is never put into public ones"}
	}
	found.availabilityZones = deref(vpc.AvailabilityZones())
	return found
}

// newSubnetGroup is left unnamed also with a Name: what CloudFormation cannot update in place it can then replace.
func newSubnetGroup(scope constructs.Construct, s *settings) awselasticache.CfnSubnetGroup {
	return awselasticache.NewCfnSubnetGroup(scope, ptr("SubnetGroup"), &awselasticache.CfnSubnetGroupProps{
		Description: ptr("Subnets of " + s.title()),
		SubnetIds:   s.subnets.references(),
	})
}

// newSecurityGroup has no egress, because a cache opens no connections, and ingress from the allowed groups only.
func newSecurityGroup(scope constructs.Construct, s *settings) awsec2.ISecurityGroup {
	group := s.securityGroup
	if group == nil {
		group = awsec2.NewSecurityGroup(scope, ptr("SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc:              s.vpc,
			Description:      ptr("Access to " + s.title()), // not Description: a changed one replaces the group
			AllowAllOutbound: ptr(false),
		})
	}
	if len(s.allowedSecurityGroups) > 0 {
		port := awsec2.Port_Tcp(&s.port)
		for _, allowed := range s.allowedSecurityGroups {
			group.AddIngressRule(allowed, port, ptr("Redis client"), nil)
		}
	}
	return group
}

// references are the subnets as CfnSubnetGroup takes them, without a call for each id.
func (s subnets) references() *[]any {
	list := make([]any, len(s.all))
	for i, subnet := range s.all {
		list[i] = subnet
	}
	return &list
}
