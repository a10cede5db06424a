package connect

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// SecurityGroups are SecurityGroups and AllowedSecurityGroups.
type SecurityGroups struct {
	// AllowedIDs are the ids of the allowed groups, in the same order; empty for a group of this app.
	AllowedIDs []string
	groups     []awsec2.ISecurityGroup
	given      bool
	allowed    []awsec2.ISecurityGroup
}

// SecurityGroupsOf reads both properties, which may be nil.
func SecurityGroupsOf(groups, allowed *[]awsec2.ISecurityGroup) SecurityGroups {
	s := SecurityGroups{
		groups:  slices.Clone(ptr.Value(groups)),
		given:   groups != nil,
		allowed: slices.Clone(ptr.Value(allowed)),
	}
	for _, group := range s.allowed {
		s.AllowedIDs = append(s.AllowedIDs, SecurityGroupID(group))
	}
	return s
}

// Check wants groups where a list is given, each once, and of the environment of the cache.
func (s SecurityGroups) Check(r *check.Report, own environment.Environment) {
	if s.given && len(s.groups) == 0 {
		r.Add("SecurityGroups", nil, "is empty; leave it out for a new security group")
	}
	check.NoNil(r, "SecurityGroups", s.groups)
	check.NoNil(r, "AllowedSecurityGroups", s.allowed)
	r.Unique("AllowedSecurityGroups", s.AllowedIDs) // EC2 refuses the same rule twice
	checkOnce(r, s.groups)
	checkEnvironments(r, "SecurityGroups", s.groups, own)
	checkEnvironments(r, "AllowedSecurityGroups", s.allowed, own)
}

// checkOnce also finds a group of this app twice: its id is the same token each time.
func checkOnce(r *check.Report, groups []awsec2.ISecurityGroup) {
	first := map[string]int{}
	for i, group := range groups {
		if group == nil {
			continue
		}
		if before, twice := first[*group.SecurityGroupId()]; twice {
			r.Add(check.Element("SecurityGroups", i), nil, "is the same as [%d]; leave it out", before)
			continue
		}
		first[*group.SecurityGroupId()] = i
	}
}

func checkEnvironments(r *check.Report, property string, groups []awsec2.ISecurityGroup, own environment.Environment) {
	for i, group := range groups {
		if group == nil {
			continue
		}
		if other := environment.Of(group); own.Differs(other) {
			r.Add(check.Element(property, i), nil, "is in %s and the cache in %s; use one of the cache's account and region", other, own)
		}
	}
}

// CheckVpc refuses a VPC of another account or region than the cache. A VPC may be nil.
func CheckVpc(r *check.Report, vpc awsec2.IVpc, own environment.Environment) {
	if vpc == nil {
		return
	}
	if other := environment.Of(vpc); own.Differs(other) {
		r.Add("Vpc", nil, "is in %s and the cache in %s; "+
			"use one of the cache's account and region, or import a shared VPC in the cache's own stack", other, own)
	}
}

// Make allows ingress on the port from the allowed groups only, and returns the groups of the cache, and the rules that an
// immutable group did not take. A new group has no egress, because a cache opens no connections.
func (s SecurityGroups) Make(cache constructs.Construct, vpc awsec2.IVpc, title string, port awsec2.Port) (
	groups []awsec2.ISecurityGroup, missing []MissingRule,
) {
	groups = s.groups
	if len(groups) == 0 {
		groups = []awsec2.ISecurityGroup{awsec2.NewSecurityGroup(cache, ptr.To("SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc:              vpc,
			Description:      ptr.To("Access to " + title),
			AllowAllOutbound: ptr.To(false),
		})}
	}
	for _, allowed := range s.allowed {
		for _, group := range groups {
			group.AddIngressRule(allowed, port, ptr.To("Redis client"), nil)
			missing = append(missing, missingRule(group, ingressRule, port, allowed)...)
		}
	}
	return groups, missing
}

// IDs are the groups' ids.
func IDs(groups []awsec2.ISecurityGroup) []*string {
	ids := make([]*string, len(groups))
	for i, group := range groups {
		ids[i] = group.SecurityGroupId()
	}
	return ids
}
