package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestSubnetsAreIsolatedElsePrivateNeverPublic(t *testing.T) {
	subnets := func(tpl template, kind string) list {
		return list{tpl.ref(t, "Vpc"+kind+"Subnet1Subnet"), tpl.ref(t, "Vpc"+kind+"Subnet2Subnet")}
	}
	selected := func(selection awsec2.SubnetSelection) func(p *props) {
		return func(p *props) { p.VpcSubnets = &selection }
	}
	t.Run("isolated subnets are the default", func(t *testing.T) {
		tpl := withOwnVpc().templateOf(t, nil)
		assert.Equal(t, subnets(tpl, "Isolated"), tpl.one(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("private subnets can be selected", func(t *testing.T) {
		tpl := withOwnVpc().templateOf(t, selected(awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}))
		assert.Equal(t, subnets(tpl, "Private"), tpl.one(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("private subnets are the default of a VPC without isolated ones", func(t *testing.T) {
		stack := newStack(newApp(), "Test")
		vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2)})
		rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{Vpc: vpc})
		tpl := synthesize(t, stack)
		assert.Equal(t, subnets(tpl, "Private"), tpl.one(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("public subnets are refused", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() { f.cache(selected(awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC})) })
		assert.EqualError(t, err, invalid("Test/Cache", "VpcSubnets: are public; choose isolated or private subnets"))
	})
	t.Run("subnets that the VPC does not have are a problem, not an exception", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() { f.cache(selected(awsec2.SubnetSelection{SubnetGroupName: jsii.String("Data")})) })
		require.Len(t, err.Problems, 1)
		assert.Equal(t, "VpcSubnets", err.Problems[0].Property)
		assert.Contains(t, err.Problems[0].Message, "select no subnet: ")
		assert.Contains(t, err.Problems[0].Message, "Data")
	})
}

// A VPC may have more zones than its isolated subnets.
func TestMultiAzCountsTheZonesOfTheSubnets(t *testing.T) {
	f := newFixture()
	subnet := func(id, zone string) awsec2.ISubnet {
		return awsec2.Subnet_FromSubnetAttributes(f.stack, &id, &awsec2.SubnetAttributes{
			SubnetId: jsii.String("subnet-" + id), AvailabilityZone: &zone,
		})
	}
	in := func(id string, subnets ...awsec2.ISubnet) func() {
		return func() {
			f.cacheNamed(id, func(p *props) { p.VpcSubnets = &awsec2.SubnetSelection{Subnets: &subnets} })
		}
	}
	assert.EqualError(t, validationError(t, in("One", subnet("1", "a"), subnet("2", "a"))), invalid("Test/One",
		"MultiAzEnabled: true needs subnets in two or more Availability Zones, "+
			`but VpcSubnets has only "a"; add one, or use MultiAzEnabled false`))
	in("Two", subnet("3", "a"), subnet("4", "b"))()
	in("Unknown", awsec2.Subnet_FromSubnetId(f.stack, jsii.String("NoZone"), jsii.String("subnet-5")))()
	assert.EqualError(t, validationError(t, in("Nil", nil)), invalid("Test/Nil", "VpcSubnets: select no subnet: Subnets[0] is nil"))
	assert.EqualError(t, validationError(t, in("Public", *withOwnVpc().vpc.PublicSubnets()...)),
		invalid("Test/Public", "VpcSubnets: are public; choose isolated or private subnets"))
}

func TestExistingSubnetGroupIsUsed(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.SubnetGroupName = jsii.String("legacy") })
	tpl := synthesize(t, f.stack)
	assert.Equal(t, "legacy", tpl.one(t, replicationGroup).Properties["CacheSubnetGroupName"])
	assert.Empty(t, tpl.allOf(subnetGroup))
	assert.Nil(t, cache.SubnetGroup())
}

func TestSecurityGroupAllowsTheClientsAndNobodyElse(t *testing.T) {
	f := withOwnVpc()
	client := newSecurityGroup(f.stack, "Client", f.vpc)
	other := importedSecurityGroup(f.stack, "Other", "sg-12345678")
	f.cache(func(p *props) {
		p.Port = jsii.Number(7000)
		p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{client, other}
	})
	tpl := synthesize(t, f.stack)

	assert.Equal(t, object{
		"GroupDescription": "Access to Redis query cache",
		"VpcId":            tpl.ref(t, "Vpc"),
		// CDK's way to allow nothing: a rule that matches no traffic.
		"SecurityGroupEgress": list{object{
			"CidrIp": "255.255.255.255/32", "Description": "Disallow all traffic", "FromPort": 252.0, "IpProtocol": "icmp", "ToPort": 86.0,
		}},
	}, tpl.named(t, "CacheSecurityGroup").Properties)
	var sources list
	for _, rule := range tpl.allOf(ingress) {
		sources = append(sources, rule.Properties["SourceSecurityGroupId"])
		delete(rule.Properties, "SourceSecurityGroupId")
		assert.Equal(t, object{
			"GroupId": tpl.getAtt(t, "CacheSecurityGroup", "GroupId"), "Description": "Redis client",
			"IpProtocol": "tcp", "FromPort": 7000.0, "ToPort": 7000.0,
		}, rule.Properties)
	}
	assert.ElementsMatch(t, list{"sg-12345678", tpl.getAtt(t, "Client", "GroupId")}, sources)
}

func TestSecurityGroupsOfTheCallerAreUsed(t *testing.T) {
	f := newFixture()
	own := []awsec2.ISecurityGroup{newSecurityGroup(f.stack, "First", f.vpc), newSecurityGroup(f.stack, "Second", f.vpc)}
	client := newSecurityGroup(f.stack, "Client", f.vpc)
	cache := f.cache(func(p *props) {
		p.SecurityGroups, p.AllowedSecurityGroups = &own, &[]awsec2.ISecurityGroup{client}
	})
	assert.Equal(t, own, *cache.SecurityGroups())
	(*cache.SecurityGroups())[0] = nil
	assert.Equal(t, own, *cache.SecurityGroups(), "the list is a copy")

	tpl := synthesize(t, f.stack)
	groups := list{tpl.getAtt(t, "First", "GroupId"), tpl.getAtt(t, "Second", "GroupId")}
	assert.Len(t, tpl.allOf(securityGroup), 3, "no default group")
	assert.Equal(t, groups, tpl.one(t, replicationGroup).Properties["SecurityGroupIds"])
	var targets list
	for _, rule := range tpl.allOf(ingress) {
		assert.Equal(t, tpl.getAtt(t, "Client", "GroupId"), rule.Properties["SourceSecurityGroupId"])
		targets = append(targets, rule.Properties["GroupId"])
	}
	assert.ElementsMatch(t, groups, targets, "ingress in each of them")
}

func TestSameClientImportedTwiceIsRefused(t *testing.T) {
	f := newFixture()
	groups := []awsec2.ISecurityGroup{importedSecurityGroup(f.stack, "A", "sg-12345678"), importedSecurityGroup(f.stack, "B", "sg-12345678")}
	err := validationError(t, func() { f.cache(func(p *props) { p.AllowedSecurityGroups = &groups }) })
	assert.EqualError(t, err, invalid("Test/Cache", `AllowedSecurityGroups[1]: "sg-12345678" is the same as [0]; leave it out`))
}
