package rediscache

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
)

// selectSubnets finds the subnets of the selection, or the default ones.
func selectSubnets(vpc awsec2.IVpc, selection *awsec2.SubnetSelection) (found subnets) {
	// What CDK cannot select is an exception there; here it is a problem like any other.
	defer func() {
		if refusal := recover(); refusal != nil {
			text, _, _ := strings.Cut(fmt.Sprint(refusal), "\n")
			found = subnets{problem: text}
		}
	}()
	switch {
	case selection == nil:
		return askOnce(vpc, defaultSubnets)
	case selection.Subnets != nil && reflect.DeepEqual(*selection, awsec2.SubnetSelection{Subnets: selection.Subnets}):
		return namedSubnets(*selection.Subnets)
	}
	selected := vpc.SelectSubnets(selection)
	return subnets{
		all:               value(selected.Subnets),
		availabilityZones: deref(selected.AvailabilityZones),
		public:            value(selected.HasPublic),
		pendingLookup:     value(selected.IsPendingLookup),
	}
}

// defaultSubnets are the isolated ones of the VPC, else its private ones.
func defaultSubnets(vpc awsec2.IVpc) subnets {
	all := *vpc.IsolatedSubnets()
	if len(all) == 0 {
		all = *vpc.PrivateSubnets()
	}
	if len(all) == 0 {
		return subnets{problem: "the VPC has neither isolated nor private subnets, and a cache is never put into public ones"}
	}
	return subnets{all: all, availabilityZones: zonesOf(all)}
}

// namedSubnets need no VPC to select from, and may be of one that does not know its zones.
func namedSubnets(all []awsec2.ISubnet) subnets {
	found := subnets{all: all}
	for i, subnet := range all {
		if subnet == nil {
			return subnets{problem: fmt.Sprintf("Subnets[%d] is nil", i)}
		}
		if _, is := subnet.(awsec2.PublicSubnet); is {
			found.public = true
		}
	}
	found.availabilityZones = zonesOf(all)
	return found
}

// zonesOf are the zones of the subnets, as far as it takes to find two; none where a subnet does not know its own.
func zonesOf(all []awsec2.ISubnet) (zones []string) {
	defer func() {
		if recover() != nil {
			zones = nil
		}
	}()
	for _, subnet := range all {
		zones = append(zones, *subnet.AvailabilityZone())
		if zones[0] != zones[len(zones)-1] {
			break
		}
	}
	return zones
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
