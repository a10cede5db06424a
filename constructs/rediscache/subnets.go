package rediscache

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// subnets are what VpcSubnets selects.
type subnets struct {
	all           []awsec2.ISubnet
	zones         []string // none where a subnet does not know its own
	public        bool
	pendingLookup bool   // placeholders for a lookup that the CDK CLI has not done yet
	refusal       string // why nothing could be selected
}

// selectSubnets finds the subnets of the selection, or the default ones.
func selectSubnets(vpc awsec2.IVpc, selection *awsec2.SubnetSelection) (found subnets) {
	switch {
	case selection == nil:
		return defaultSubnets(vpc)
	case isOnly(*selection):
		return namedSubnets(*selection.Subnets)
	}
	found.refusal = refusal(func() {
		selected := vpc.SelectSubnets(selection)
		found = subnets{
			all:           ptr.Value(selected.Subnets),
			zones:         ptr.Strings(selected.AvailabilityZones),
			public:        ptr.Value(selected.HasPublic),
			pendingLookup: ptr.Value(selected.IsPendingLookup),
		}
	}, "There are no ", "Please use only ", "Only one of ")
	return found
}

// defaultSubnets are the isolated subnets of the VPC, else its private ones.
func defaultSubnets(vpc awsec2.IVpc) subnets {
	all := *vpc.IsolatedSubnets()
	if len(all) == 0 {
		all = *vpc.PrivateSubnets()
	}
	if len(all) == 0 {
		return subnets{refusal: "the VPC has neither isolated nor private subnets, and a cache does not belong in public ones"}
	}
	return subnets{all: all, zones: zonesOf(all)}
}

// namedSubnets may be of a VPC that does not know its zones, so no VPC is asked.
func namedSubnets(all []awsec2.ISubnet) subnets {
	found := subnets{all: all}
	for i, subnet := range all {
		if subnet == nil {
			return subnets{refusal: fmt.Sprintf("Subnets[%d] is nil", i)}
		}
		if _, is := subnet.(awsec2.PublicSubnet); is {
			found.public = true
		}
	}
	found.zones = zonesOf(all)
	return found
}

// zonesOf are the zones of the subnets, as far as it takes to find two; none where a subnet does not know its own.
func zonesOf(all []awsec2.ISubnet) (zones []string) {
	unknown := refusal(func() {
		for _, subnet := range all {
			zones = append(zones, *subnet.AvailabilityZone())
			if zones[0] != zones[len(zones)-1] {
				return
			}
		}
	}, "You cannot reference a Subnet's availability zone")
	if unknown != "" {
		return nil
	}
	return zones
}

// refusal runs f and returns the message that CDK throws, if it starts with one of the expected ones. Any other panic
// goes on.
func refusal(f func(), expected ...string) (message string) {
	defer func() {
		failure := recover()
		if failure == nil {
			return
		}
		message, _, _ = strings.Cut(fmt.Sprint(failure), "\n")
		for _, start := range expected {
			if strings.Contains(message, start) {
				return
			}
		}
		panic(failure)
	}()
	f()
	return ""
}

func (s subnets) check(r *check.Report) {
	switch {
	case s.pendingLookup:
	case s.refusal != "":
		r.Add("VpcSubnets", nil, "select no subnet: %s", s.refusal)
	case len(s.all) == 0:
		r.Add("VpcSubnets", nil, "select no subnet; pass a selection that fits the VPC")
	case s.public:
		r.Add("VpcSubnets", nil, "are public; choose isolated or private subnets")
	}
}

// references are the subnets as CfnSubnetGroup takes them, without a call for each id.
func (s subnets) references() *[]any {
	list := make([]any, len(s.all))
	for i, subnet := range s.all {
		list[i] = subnet
	}
	return &list
}
