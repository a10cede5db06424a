// Package subnets selects the subnets of a cache: isolated or private ones.
package subnets

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Selection is what VpcSubnets selects.
type Selection struct {
	// All subnets, in the order of the VPC.
	All []awsec2.ISubnet
	// Zones of the subnets, as far as it takes to find two; none where a subnet does not know its own.
	Zones []string
	// Public reports that one of the subnets is public.
	Public bool
	// PendingLookup reports placeholders for a lookup that the CDK CLI has not done yet.
	PendingLookup bool
	// Refusal says why nothing could be selected.
	Refusal string
}

// Select finds the subnets of the selection, or the default ones.
func Select(vpc awsec2.IVpc, selection *awsec2.SubnetSelection) (found Selection) {
	switch {
	case selection == nil:
		return defaultSubnets(vpc)
	case isOnly(*selection):
		return namedSubnets(*selection.Subnets)
	}
	found.Refusal = refusal(func() {
		selected := vpc.SelectSubnets(selection)
		found = Selection{
			All:           ptr.Value(selected.Subnets),
			Zones:         ptr.Strings(selected.AvailabilityZones),
			Public:        ptr.Value(selected.HasPublic),
			PendingLookup: ptr.Value(selected.IsPendingLookup),
		}
	}, "There are no ", "Please use only ", "Only one of ")
	return found
}

// defaultSubnets are the isolated subnets of the VPC, else its private ones.
func defaultSubnets(vpc awsec2.IVpc) Selection {
	all := *vpc.IsolatedSubnets()
	if len(all) == 0 {
		all = *vpc.PrivateSubnets()
	}
	if len(all) == 0 {
		return Selection{Refusal: "the VPC has neither isolated nor private subnets, and a cache does not belong in public ones"}
	}
	return Selection{All: all, Zones: zonesOf(all)}
}

// namedSubnets may be of a VPC that does not know its zones, so no VPC is asked.
func namedSubnets(all []awsec2.ISubnet) Selection {
	found := Selection{All: all}
	for i, subnet := range all {
		if subnet == nil {
			return Selection{Refusal: fmt.Sprintf("Subnets[%d] is nil", i)}
		}
		if _, is := subnet.(awsec2.PublicSubnet); is {
			found.Public = true
		}
	}
	found.Zones = zonesOf(all)
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

// Check reports that there is no subnet, or a public one.
func (s Selection) Check(r *check.Report) {
	switch {
	case s.PendingLookup:
	case s.Refusal != "":
		r.Add("VpcSubnets", nil, "select no subnet: %s", s.Refusal)
	case len(s.All) == 0:
		r.Add("VpcSubnets", nil, "select no subnet; pass a selection that fits the VPC")
	case s.Public:
		r.Add("VpcSubnets", nil, "are public; choose isolated or private subnets")
	}
}

// References are the subnets as an L1 construct takes them, without a call for each id.
func (s Selection) References() *[]any {
	list := make([]any, len(s.All))
	for i, subnet := range s.All {
		list[i] = subnet
	}
	return &list
}

// isOnly reports whether the selection names its subnets and nothing else.
func isOnly(selection awsec2.SubnetSelection) bool {
	return selection.Subnets != nil && reflect.DeepEqual(selection, awsec2.SubnetSelection{Subnets: selection.Subnets})
}
