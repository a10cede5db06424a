package serverlesscache

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/subnets"
)

// A serverless cache has one host with two ports: reads and writes, and reads that may be a little stale from a replica in the
// client's Availability Zone. A client that reads from replicas finds the second by the cluster protocol, so both are open
// ("Best practices for using read replicas", user guide).
const (
	port       = 6379
	readerPort = 6380
	portText   = "6379"
)

func ports() awsec2.Port {
	return awsec2.Port_TcpRange(ptr.To(float64(port)), ptr.To(float64(readerPort)))
}

// network is Vpc, VpcSubnets, SecurityGroups and AllowedSecurityGroups.
type network struct {
	vpc     awsec2.IVpc
	subnets subnets.Selection
	groups  connect.SecurityGroups
}

func newNetwork(props *ServerlessCacheProps) network {
	n := network{vpc: props.Vpc, groups: connect.SecurityGroupsOf(props.SecurityGroups, props.AllowedSecurityGroups)}
	if n.vpc == nil {
		return n
	}
	n.subnets = subnets.Select(n.vpc, props.VpcSubnets)
	if props.VpcSubnets == nil && len(n.subnets.All) > mostSubnets {
		n.subnets.All = slices.Clip(n.subnets.All[:mostSubnets])
	}
	return n
}

// mostSubnets is how many subnets ElastiCache takes itself where none is given (CreateServerlessCache, API reference).
const mostSubnets = 3

func (n network) check(r *check.Report, own environment.Environment) {
	connect.CheckVpc(r, n.vpc, own)
	if r.Required("Vpc", n.vpc != nil, "pass the awsec2.IVpc for the cache") {
		n.subnets.Check(r, "VpcSubnets")
		if len(n.subnets.All) > mostSubnets && !n.subnets.PendingLookup {
			r.Add("VpcSubnets", nil, "select %d subnets; use 2 or 3 in different Availability Zones", len(n.subnets.All))
		}
	}
	n.groups.Check(r, own)
}

func (n network) warn(w *warnings) {
	zones := slices.Compact(slices.Sorted(slices.Values(n.subnets.Zones)))
	w.when(len(zones) == 1 && !check.IsListToken(zones[0]) && !n.subnets.PendingLookup, "oneZone",
		"VpcSubnets: all are in one Availability Zone, so clients lose the cache with it; use 2 or 3 zones")
}

func newSecurityGroups(c *serverlessCache, s *settings) []awsec2.ISecurityGroup {
	groups, missing := s.network.groups.Make(c, s.network.vpc, s.naming.title(), ports())
	c.warnOfMissingRules(missing)
	return groups
}

func (n network) apply(p *awselasticache.CfnServerlessCacheProps, groups []awsec2.ISecurityGroup) {
	p.SubnetIds = n.subnets.References()
	ids := []any{}
	for _, id := range connect.IDs(groups) {
		ids = append(ids, id)
	}
	p.SecurityGroupIds = &ids
}
