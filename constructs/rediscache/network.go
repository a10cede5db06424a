package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/subnets"
)

// network is Vpc, VpcSubnets, SubnetGroupName, SecurityGroups, AllowedSecurityGroups and Port.
type network struct {
	vpc             awsec2.IVpc
	subnetsGiven    bool
	subnets         subnets.Selection
	subnetGroupName *string
	groups          connect.SecurityGroups
	port            float64
}

func newNetwork(props *RedisCacheProps) network {
	n := network{
		vpc:             props.Vpc,
		subnetsGiven:    props.VpcSubnets != nil,
		subnetGroupName: ptr.Copy(props.SubnetGroupName),
		groups:          connect.SecurityGroupsOf(props.SecurityGroups, props.AllowedSecurityGroups),
		port:            ptr.Or(props.Port, 6379),
	}
	if n.vpc != nil && n.subnetGroupName == nil {
		n.subnets = subnets.Select(n.vpc, props.VpcSubnets)
	}
	return n
}

func (n network) check(r *check.Report, own environment.Environment, t topology) {
	connect.CheckVpc(r, n.vpc, own)
	if r.Required("Vpc", n.vpc != nil, "pass the awsec2.IVpc for the cache") && n.subnetGroupName == nil {
		n.subnets.Check(r, "VpcSubnets")
		if !n.subnets.PendingLookup && !n.subnets.Public {
			t.checkZones(r, n.subnets.Zones)
		}
	}
	if n.subnetGroupName != nil {
		r.Text("SubnetGroupName", *n.subnetGroupName).
			NotEmpty("leave it out for a new subnet group").
			When(n.subnetsGiven, "and VpcSubnets exclude each other; leave out one of them")
	}
	n.groups.Check(r, own)
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
		SubnetIds:   s.network.subnets.References(),
	})
}

func newSecurityGroups(c *redisCache, s *settings) []awsec2.ISecurityGroup {
	groups, missing := s.network.groups.Make(c, s.network.vpc, s.naming.title(), awsec2.Port_Tcp(&s.network.port))
	c.warnOfMissingRules(missing)
	return groups
}

func (n network) apply(g *awselasticache.CfnReplicationGroupProps, subnetGroup awselasticache.CfnSubnetGroup, groups []awsec2.ISecurityGroup) {
	g.Port = &n.port
	g.CacheSubnetGroupName = n.subnetGroupName
	if subnetGroup != nil {
		g.CacheSubnetGroupName = subnetGroup.Ref()
	}
	g.SecurityGroupIds = ptr.To(connect.IDs(groups))
}
