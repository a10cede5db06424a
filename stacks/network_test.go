package stacks_test

import (
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func TestTheVpcOfTheStackIsIsolated(t *testing.T) {
	_, tpl := build(t, stacks.DevEnvironment())
	assert.Len(t, tpl.all("AWS::EC2::Subnet"), 2)
	for _, resourceType := range []string{"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route"} {
		assert.Empty(t, tpl.all(resourceType), resourceType)
	}
}

func TestTheRangeOfTheVpcIsThatOfItsSubnetsAndEndpoint(t *testing.T) {
	for cidr, subnets := range map[string][]string{
		"10.0.0.0/16":    {"10.0.0.0/24", "10.0.1.0/24"}, // the default
		"10.20.0.0/16":   {"10.20.0.0/24", "10.20.1.0/24"},
		"172.16.4.0/23":  {"172.16.4.0/24", "172.16.5.0/24"},
		"192.168.9.0/24": {"192.168.9.0/25", "192.168.9.128/25"},
	} {
		e := stacks.DevEnvironment()
		if cidr != "10.0.0.0/16" {
			e.VpcCidr = &cidr
		}
		_, tpl := build(t, e)
		assert.Equal(t, cidr, tpl.all("AWS::EC2::VPC")[0]["CidrBlock"])
		var got []string
		for _, subnet := range tpl.all("AWS::EC2::Subnet") {
			got = append(got, subnet["CidrBlock"].(string))
		}
		assert.ElementsMatch(t, subnets, got)
		assert.Contains(t, toJson(t, tpl.all("AWS::EC2::SecurityGroup")), `"CidrIp":"`+cidr+`","Description":"HTTPS from the VPC"`)
	}
}

func TestAFlowLogOutlivesProdAndNotDev(t *testing.T) {
	for _, test := range []struct {
		environment stacks.Environment
		want        string
	}{{stacks.DevEnvironment(), "Delete"}, {stacks.ProdEnvironment(), "RetainExceptOnCreate"}} {
		_, tpl := build(t, test.environment)
		for id, r := range tpl.Resources {
			if r.Type == "AWS::Logs::LogGroup" && strings.HasPrefix(id, "FlowLogs") {
				assert.Equal(t, test.want, r.DeletionPolicy)
				assert.NotContains(t, r.Properties, "LogGroupName", "a kept group would block the next deployment")
			}
		}
	}
}

func TestAnExistingVpcIsUsed(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones = ptr("vpc-12345678"), jsii.Strings("eu-central-1a", "eu-central-1b")
	e.SubnetIds = jsii.Strings("subnet-12345671", "subnet-12345672")
	e.AllowedSecurityGroupIds = jsii.Strings("sg-12345671")
	assert.Equal(t, []string{"noAccount", "noAlarmSubscriber", "noEventSubscriber"}, warningsOf(t, e), "none of CDK's about route tables")
	_, tpl := build(t, e)
	assert.Empty(t, tpl.all("AWS::EC2::VPC"))
	assert.Empty(t, tpl.all("AWS::EC2::VPCEndpoint"))
	assert.Equal(t, list{"subnet-12345671", "subnet-12345672"}, tpl.all("AWS::ElastiCache::SubnetGroup")[0]["SubnetIds"])
	var sources []string
	for _, rule := range tpl.all("AWS::EC2::SecurityGroupIngress") {
		sources = append(sources, toJson(t, rule["SourceSecurityGroupId"]))
	}
	require.Len(t, sources, 2, "the client security group and the one from cdk.json")
	assert.Contains(t, strings.Join(sources, " "), "sg-12345671")
	assert.Contains(t, strings.Join(sources, " "), "ClientSecurityGroup")
}

func TestMultiAzInASubnetOfOneZoneIsRefused(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones, e.SubnetIds = ptr("vpc-12345678"), jsii.Strings("eu-central-1a"), jsii.Strings("subnet-12345671")
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { build(t, e) }), &err)
	assert.EqualError(t, err, "RedisCache [securebase-prod-redis/Cache]: 1 invalid property:\n"+
		`  - MultiAzEnabled: true needs subnets in two or more Availability Zones, but VpcSubnets has only "eu-central-1a"; `+
		`add one, or use MultiAzEnabled false`)
}
