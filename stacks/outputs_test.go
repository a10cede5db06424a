package stacks_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func TestAStackHasAnOutputForEachThingThatIsThere(t *testing.T) {
	always := []string{"ConnectionString", "ReplicationGroupId", "ClientSecurityGroupId", "VpcId", "SubnetIds",
		"AlarmTopicArn", "EventTopicArn"}
	tests := []struct {
		name   string
		e      stacks.Environment
		change func(e *stacks.Environment)
		want   []string // beside those that are always there
	}{
		{"prod", stacks.ProdEnvironment(), func(*stacks.Environment) {},
			[]string{"PrimaryEndpointAddress", "ReaderEndpointAddress", "AuthTokenSecretArn", "EncryptionKeyArn"}},
		{"dev, which has one node and no key", stacks.DevEnvironment(), func(*stacks.Environment) {},
			[]string{"PrimaryEndpointAddress", "AuthTokenSecretArn"}},
		{"IAM", stacks.DevEnvironment(), func(e *stacks.Environment) { e.Authentication = rediscache.Authentication_Iam(nil) },
			[]string{"PrimaryEndpointAddress", "UserName"}},
		{"no login", stacks.DevEnvironment(), func(e *stacks.Environment) { e.Authentication = rediscache.Authentication_None() },
			[]string{"PrimaryEndpointAddress"}},
		{"cluster mode", stacks.DevEnvironment(), func(e *stacks.Environment) {
			e.NumCacheNodes, e.ClusterMode = nil, &rediscache.ClusterModeOptions{}
		}, []string{"ConfigurationEndpointAddress", "AuthTokenSecretArn"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.change(&test.e)
			_, tpl := build(t, test.e)
			assert.ElementsMatch(t, append(slices.Clone(always), test.want...), slices.Collect(maps.Keys(tpl.Outputs)))
			for name, output := range tpl.Outputs {
				assert.NotContains(t, toJson(t, output.Value), "resolve:", "%s shows a token", name)
			}
		})
	}
}

func TestOutputsAreWhatAClientNeeds(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	host := `\{"Fn::GetAtt":\["CacheReplicationGroup[0-9A-F]{8}","PrimaryEndPoint.Address"\]\}`
	assert.Regexp(t, `^`+host+`$`, toJson(t, tpl.Outputs["PrimaryEndpointAddress"].Value))
	assert.Regexp(t, `^\{"Fn::Join":\["",\["rediss://",`+host+`,":6379"\]\]\}$`, toJson(t, tpl.Outputs["ConnectionString"].Value))
	assert.Regexp(t, `^\{"Ref":"CacheConnection[0-9A-F]{8}"\}$`, toJson(t, tpl.Outputs["AuthTokenSecretArn"].Value))

	e := stacks.DevEnvironment()
	e.Authentication = rediscache.Authentication_Iam(nil)
	_, tpl = build(t, e)
	assert.Equal(t, "securebase-dev-app", tpl.Outputs["UserName"].Value)
	assert.Contains(t, toJson(t, tpl.all("AWS::ElastiCache::User")), `"UserName":"securebase-dev-app"`)

	e = stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones = ptr("vpc-12345678"), jsii.Strings("eu-central-1a", "eu-central-1b")
	e.SubnetIds, e.AlarmTopicArn = jsii.Strings("subnet-12345671", "subnet-12345672"), ptr("arn:aws:sns:eu-central-1:123456789012:alarms")
	_, tpl = build(t, e)
	assert.Equal(t, "vpc-12345678", tpl.Outputs["VpcId"].Value)
	assert.Equal(t, "subnet-12345671,subnet-12345672", tpl.Outputs["SubnetIds"].Value)
	assert.Equal(t, "arn:aws:sns:eu-central-1:123456789012:alarms", tpl.Outputs["AlarmTopicArn"].Value)
}
