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

func TestTheVpcOfTheStackHasNoWayOutExceptToSecretsManager(t *testing.T) {
	_, tpl := build(t, stacks.DevEnvironment())
	assert.Len(t, tpl.all("AWS::EC2::Subnet"), 2)
	assert.Empty(t, tpl.all("AWS::EC2::NatGateway"))
	assert.Empty(t, tpl.all("AWS::EC2::InternetGateway"))
	endpoints := tpl.all("AWS::EC2::VPCEndpoint")
	require.Len(t, endpoints, 1)
	assert.Contains(t, toJson(t, endpoints[0]["ServiceName"]), ".secretsmanager")
	assert.Equal(t, "Interface", endpoints[0]["VpcEndpointType"])
	assert.Equal(t, true, endpoints[0]["PrivateDnsEnabled"])

	e := stacks.DevEnvironment()
	e.SecretsManagerEndpoint = ptr(false)
	_, tpl = build(t, e)
	assert.Empty(t, tpl.all("AWS::EC2::VPCEndpoint"))
}

func TestAnExistingVpcIsUsed(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones = ptr("vpc-12345678"), jsii.Strings("eu-central-1a", "eu-central-1b")
	e.SubnetIds = jsii.Strings("subnet-12345671", "subnet-12345672")
	e.AllowedSecurityGroupIds = jsii.Strings("sg-12345671")
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
