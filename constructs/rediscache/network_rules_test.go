package rediscache

import (
	"math"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/subnets"
)

func TestSubnetRules(t *testing.T) {
	vpc := func(name string, v awsec2.IVpc, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Vpc = v }, want...)
	}
	selected := func(name string, change func(s *subnets.Selection), want ...string) ruleCase {
		return ruleCase{name: name, settings: func(s *settings) { change(&s.network.subnets) }, want: want}
	}
	oneZone := "MultiAzEnabled: true needs subnets in two or more Availability Zones, " +
		`but VpcSubnets has only "eu-central-1a"; add one, or use MultiAzEnabled false`
	runRules(t, []ruleCase{
		vpc("isolated subnets are enough", twoZones()),
		vpc("private subnets are enough", &fakeVpc{private: 2, zones: []string{"a", "b"}}),
		vpc("a missing VPC is one problem, not three", nil, "Vpc: is required; pass the awsec2.IVpc for the cache"),
		vpc("a VPC of another region is refused", &fakeVpc{isolated: 2, zones: []string{"a", "b"}, region: "us-east-1"},
			"Vpc: is in aws://123456789012/us-east-1 and the cache in aws://123456789012/eu-central-1; "+
				"use one of the cache's account and region, or import a shared VPC in the cache's own stack"),
		vpc("a VPC whose region only the CLI knows is accepted", &fakeVpc{isolated: 2, zones: []string{"a", "b"}, region: stringToken}),
		vpc("a VPC with public subnets only is refused", &fakeVpc{zones: []string{"a", "b"}},
			"VpcSubnets: select no subnet: the VPC has neither isolated nor private subnets, and a cache does not belong in public ones"),
		selected("public subnets are refused", func(s *subnets.Selection) { s.Public = true },
			"VpcSubnets: are public; choose isolated or private subnets"),
		selected("a selection of nothing is refused", func(s *subnets.Selection) { s.All = nil },
			"VpcSubnets: select no subnet; pass a selection that fits the VPC"),
		selected("the placeholders of a pending lookup are not judged", func(s *subnets.Selection) {
			*s = subnets.Selection{PendingLookup: true, Public: true}
		}),
		vpc("Multi-AZ in one zone is refused", &fakeVpc{isolated: 2, zones: []string{"eu-central-1a"}}, oneZone),
		selected("Multi-AZ in one zone named twice is refused", func(s *subnets.Selection) {
			s.Zones = []string{"eu-central-1a", "eu-central-1a"}
		}, oneZone),
		selected("a list of zones that is a token is not judged", func(s *subnets.Selection) {
			s.Zones = []string{"#{Token[TOKEN.5]}"}
		}),
		with("one node in one zone is accepted", func(p *RedisCacheProps) {
			p.Vpc, p.NumCacheNodes = &fakeVpc{isolated: 1, zones: []string{"a"}}, ptr.To(1.0)
		}),
		with("two nodes in one zone without Multi-AZ are accepted", func(p *RedisCacheProps) {
			p.Vpc, p.MultiAzEnabled = &fakeVpc{isolated: 1, zones: []string{"a"}}, ptr.To(false)
		}),
	})
}

func TestSubnetGroupNameRules(t *testing.T) {
	name := func(p *RedisCacheProps) **string { return &p.SubnetGroupName }
	runRules(t, []ruleCase{
		property("an existing subnet group is accepted", name, "legacy"),
		property("an empty name is refused", name, "", `SubnetGroupName: "" is empty; leave it out for a new subnet group`),
		property("a token is not judged", name, stringToken),
		with("it excludes VpcSubnets", func(p *RedisCacheProps) {
			p.SubnetGroupName, p.VpcSubnets = ptr.To("legacy"), &awsec2.SubnetSelection{}
		}, `SubnetGroupName: "legacy" and VpcSubnets exclude each other; leave out one of them`),
		with("the subnets of the VPC do not matter then", func(p *RedisCacheProps) {
			p.SubnetGroupName, p.Vpc = ptr.To("legacy"), &fakeVpc{zones: []string{"a"}}
		}),
	})
}

func TestSecurityGroupRules(t *testing.T) {
	group := func(id string) awsec2.ISecurityGroup { return &fakeSecurityGroup{id: id} }
	elsewhere := &fakeSecurityGroup{id: "sg-2", region: "us-east-1"}
	otherRegion := "is in aws://123456789012/us-east-1 and the cache in aws://123456789012/eu-central-1; " +
		"use one of the cache's account and region"
	allowed := func(name string, groups []awsec2.ISecurityGroup, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.AllowedSecurityGroups = &groups }, want...)
	}
	own := func(name string, groups []awsec2.ISecurityGroup, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.SecurityGroups = &groups }, want...)
	}
	runRules(t, []ruleCase{
		allowed("no client is accepted", []awsec2.ISecurityGroup{}),
		allowed("a nil client is refused by its place", []awsec2.ISecurityGroup{group("sg-1"), nil},
			"AllowedSecurityGroups[1]: is nil; leave it out"),
		allowed("the same client twice is refused", []awsec2.ISecurityGroup{group("sg-1"), group("sg-1")},
			`AllowedSecurityGroups[1]: "sg-1" is the same as [0]; leave it out`),
		allowed("a client of another region is refused by its place", []awsec2.ISecurityGroup{group("sg-1"), elsewhere},
			"AllowedSecurityGroups[1]: "+otherRegion),
		own("a security group of another region is refused by its place", []awsec2.ISecurityGroup{group("sg-1"), elsewhere},
			"SecurityGroups[1]: "+otherRegion),
		own("the same security group twice is refused", []awsec2.ISecurityGroup{group("sg-1"), group("sg-2"), group("sg-1")},
			"SecurityGroups[2]: is the same as [0]; leave it out"),
		own("the same security group of this app twice is refused", []awsec2.ISecurityGroup{group(stringToken), group(stringToken)},
			"SecurityGroups[1]: is the same as [0]; leave it out"),
		allowed("two clients whose ids are tokens are not compared", []awsec2.ISecurityGroup{group(stringToken), group(stringToken)}),
		own("two security groups of the caller are accepted", []awsec2.ISecurityGroup{group("sg-1"), group("sg-2")}),
		own("an empty list is refused", []awsec2.ISecurityGroup{}, "SecurityGroups: is empty; leave it out for a new security group"),
		own("a nil security group is refused by its place", []awsec2.ISecurityGroup{nil}, "SecurityGroups[0]: is nil; leave it out"),
	})
}

func TestPortRules(t *testing.T) {
	port := func(p *RedisCacheProps) **float64 { return &p.Port }
	whole := " is not a whole number from 1150 to 65535"
	runRules(t, []ruleCase{
		property("1150 is the lowest", port, 1150),
		property("1149 is too low", port, 1149, "Port: 1149"+whole),
		property("65535 is the highest", port, 65535),
		property("65536 is too high", port, 65536, "Port: 65536"+whole),
		property("8005 is reserved", port, 8005, "Port: 8005 is reserved by ElastiCache; use another port, such as 6379"),
		property("8004 is not reserved", port, 8004),
		property("a port is whole", port, 6379.5, "Port: 6379.5"+whole),
		property("a port is a number", port, math.NaN(), "Port: NaN"+whole),
		property("a port is finite", port, math.Inf(1), "Port: +Inf"+whole),
		property("a token is not judged", port, numberToken),
	})
}
