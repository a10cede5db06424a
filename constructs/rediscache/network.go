package rediscache

import (
	"reflect"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// network is Vpc, VpcSubnets, SubnetGroupName, SecurityGroups, AllowedSecurityGroups and Port.
type network struct {
	vpc                   awsec2.IVpc
	subnetsGiven          bool
	subnets               subnets
	subnetGroupName       *string
	securityGroups        []awsec2.ISecurityGroup
	securityGroupsGiven   bool
	allowedSecurityGroups []awsec2.ISecurityGroup
	// allowedIDs are the ids of allowedSecurityGroups, in the same order; empty for a group of this app.
	allowedIDs []string
	port       float64
}

func newNetwork(props *RedisCacheProps) network {
	n := network{
		vpc:                   props.Vpc,
		subnetsGiven:          props.VpcSubnets != nil,
		subnetGroupName:       ptr.Copy(props.SubnetGroupName),
		securityGroups:        slices.Clone(ptr.Value(props.SecurityGroups)),
		securityGroupsGiven:   props.SecurityGroups != nil,
		allowedSecurityGroups: slices.Clone(ptr.Value(props.AllowedSecurityGroups)),
		port:                  ptr.Or(props.Port, 6379),
	}
	if n.vpc != nil && n.subnetGroupName == nil {
		n.subnets = selectSubnets(n.vpc, props.VpcSubnets)
	}
	for _, group := range n.allowedSecurityGroups {
		n.allowedIDs = append(n.allowedIDs, securityGroupID(group))
	}
	return n
}

// securityGroupID is the id of an imported group, or empty.
func securityGroupID(group awsec2.ISecurityGroup) string {
	if group == nil {
		return ""
	}
	if id := *group.SecurityGroupId(); !check.IsToken(id) {
		return id
	}
	return ""
}

func (n network) check(r *check.Report, t topology) {
	if r.Required("Vpc", n.vpc != nil, "pass the awsec2.IVpc for the cache") && n.subnetGroupName == nil {
		n.subnets.check(r)
		if !n.subnets.pendingLookup && !n.subnets.public {
			t.checkZones(r, n.subnets.zones)
		}
	}
	if n.subnetGroupName != nil {
		r.Text("SubnetGroupName", *n.subnetGroupName).
			NotEmpty("leave it out for a new subnet group").
			When(n.subnetsGiven, "and VpcSubnets exclude each other; leave out one of them")
	}
	if n.securityGroupsGiven && len(n.securityGroups) == 0 {
		r.Add("SecurityGroups", nil, "is empty; leave it out for a new security group")
	}
	check.NoNil(r, "SecurityGroups", n.securityGroups)
	check.NoNil(r, "AllowedSecurityGroups", n.allowedSecurityGroups)
	r.Unique("AllowedSecurityGroups", n.allowedIDs) // EC2 refuses the same rule twice
	checkPort(r, n.port)
}

// checkPort wants what ElastiCache accepts (CreateReplicationGroup, API reference; 8005 is reserved).
func checkPort(r *check.Report, port float64) {
	r.Number("Port", port).Whole(1150, 65535).
		Not(8005, "is reserved by ElastiCache; use another port, such as 6379")
}

// newSubnetGroup has no name, also in a cache with a Name: so CloudFormation can replace what it cannot update in place.
func newSubnetGroup(scope constructs.Construct, s *settings) awselasticache.CfnSubnetGroup {
	if s.network.subnetGroupName != nil {
		return nil
	}
	return awselasticache.NewCfnSubnetGroup(scope, ptr.To("SubnetGroup"), &awselasticache.CfnSubnetGroupProps{
		Description: ptr.To("Subnets of " + s.naming.title()),
		SubnetIds:   s.network.subnets.references(),
	})
}

// newSecurityGroups allows ingress from the allowed groups only. A new group has no egress, because a cache opens no
// connections.
func newSecurityGroups(scope constructs.Construct, s *settings) []awsec2.ISecurityGroup {
	groups := s.network.securityGroups
	if len(groups) == 0 {
		groups = []awsec2.ISecurityGroup{awsec2.NewSecurityGroup(scope, ptr.To("SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc:              s.network.vpc,
			Description:      ptr.To("Access to " + s.naming.title()),
			AllowAllOutbound: ptr.To(false),
		})}
	}
	for _, allowed := range s.network.allowedSecurityGroups {
		for _, group := range groups {
			group.AddIngressRule(allowed, awsec2.Port_Tcp(&s.network.port), ptr.To("Redis client"), nil)
		}
	}
	return groups
}

func (n network) apply(g *awselasticache.CfnReplicationGroupProps, subnetGroup awselasticache.CfnSubnetGroup, groups []awsec2.ISecurityGroup) {
	g.Port = &n.port
	g.CacheSubnetGroupName = n.subnetGroupName
	if subnetGroup != nil {
		g.CacheSubnetGroupName = subnetGroup.Ref()
	}
	ids := make([]*string, len(groups))
	for i, group := range groups {
		ids[i] = group.SecurityGroupId()
	}
	g.SecurityGroupIds = &ids
}

// isOnly reports whether the selection names its subnets and nothing else.
func isOnly(selection awsec2.SubnetSelection) bool {
	return selection.Subnets != nil && reflect.DeepEqual(selection, awsec2.SubnetSelection{Subnets: selection.Subnets})
}
