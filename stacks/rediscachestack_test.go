package stacks_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func TestDevIsSmallAndLeavesNothingBehind(t *testing.T) {
	stack, tpl := build(t, stacks.DevEnvironment())
	group := tpl.group()
	assert.Equal(t, "securebase-dev-redis", group["ReplicationGroupId"])
	assert.Equal(t, "cache.t3.micro", group["CacheNodeType"])
	assert.Equal(t, 1.0, group["NumCacheClusters"])
	assert.Equal(t, 1.0, group["SnapshotRetentionLimit"])
	assert.Equal(t, "thu:05:00-thu:07:00", group["PreferredMaintenanceWindow"], "before prod")
	assert.Equal(t, false, group["AutomaticFailoverEnabled"])
	assert.Equal(t, false, group["MultiAZEnabled"])
	assert.NotContains(t, group, "KmsKeyId")
	for id, r := range tpl.Resources {
		assert.NotContains(t, []string{"Retain", "Snapshot", "RetainExceptOnCreate"}, r.DeletionPolicy, id)
	}
	assert.Empty(t, tpl.all("AWS::KMS::Key"))
	assert.Empty(t, tpl.all("AWS::CloudWatch::Dashboard"))
	assert.False(t, *stack.TerminationProtection())
	assert.NotContains(t, tpl.Outputs, "ReaderEndpointAddress")
}

func TestProdSurvives(t *testing.T) {
	stack, tpl := build(t, stacks.ProdEnvironment())
	group := tpl.group()
	assert.Equal(t, "securebase-prod-redis", group["ReplicationGroupId"])
	assert.Equal(t, "cache.r6g.large", group["CacheNodeType"])
	assert.Equal(t, 2.0, group["NumCacheClusters"])
	assert.Equal(t, true, group["MultiAZEnabled"])
	assert.Equal(t, true, group["AutomaticFailoverEnabled"])
	assert.Equal(t, 7.0, group["SnapshotRetentionLimit"])
	assert.Equal(t, "03:00-05:00", group["SnapshotWindow"])
	assert.Equal(t, "sun:05:00-sun:07:00", group["PreferredMaintenanceWindow"])
	assert.Len(t, tpl.all("AWS::CloudWatch::Dashboard"), 1)
	nodes := map[any]int{}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		nodes[alarm["MetricName"]]++
	}
	assert.Equal(t, 2, nodes["DatabaseMemoryUsagePercentage"], "alarms of both nodes")
	assert.True(t, *stack.TerminationProtection())
	for _, r := range tpl.Resources {
		switch r.Type {
		case "AWS::KMS::Key":
			assert.Equal(t, true, r.Properties["EnableKeyRotation"])
			// The final snapshot is encrypted with the key; a key of a first deployment that failed has nothing to decrypt.
			assert.Equal(t, "RetainExceptOnCreate", r.DeletionPolicy)
			assert.Equal(t, "Retain", r.UpdateReplacePolicy)
		case "AWS::ElastiCache::ReplicationGroup":
			assert.Equal(t, "Snapshot", r.DeletionPolicy)
			assert.Equal(t, "Snapshot", r.UpdateReplacePolicy)
		}
	}
}

func TestTagsAreInTheTemplateOnEverythingThatTakesThem(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	for _, resourceType := range []string{
		"AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ParameterGroup", "AWS::ElastiCache::SubnetGroup",
		"AWS::SecretsManager::Secret", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::SNS::Topic",
		"AWS::EC2::VPC", "AWS::EC2::SecurityGroup",
	} {
		found := tpl.all(resourceType)
		require.NotEmpty(t, found, resourceType)
		for _, properties := range found {
			assert.Contains(t, properties["Tags"], object{"Key": "Project", "Value": "SecureBase"}, resourceType)
			assert.Contains(t, properties["Tags"], object{"Key": "Tier", "Value": "Premium"}, resourceType)
		}
	}
}

func TestWithAnAccountNothingIsLookedUp(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.Account, e.Region = ptr("123456789012"), ptr("eu-central-1")
	app := awscdk.NewApp(nil)
	stack := stacks.NewRedisCacheStack(app, e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	assembly := app.Synth(nil)
	assert.Nil(t, assembly.Manifest().Missing, "context that the CLI would ask AWS for")
	assert.Equal(t, "eu-central-1", *stack.Region())
	assert.Equal(t, "123456789012", *stack.Account())
}

func TestRetainKeepsTheNetworkToo(t *testing.T) {
	for _, policy := range []awscdk.RemovalPolicy{awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE} {
		e := stacks.ProdEnvironment()
		e.RemovalPolicy = policy
		_, tpl := build(t, e)
		for id, r := range tpl.Resources {
			if r.Type == "AWS::CloudWatch::Alarm" || r.Type == "AWS::CloudWatch::Dashboard" {
				assert.Empty(t, r.DeletionPolicy, id)
				continue
			}
			assert.Equal(t, "RetainExceptOnCreate", r.DeletionPolicy, "%s: a first deployment that fails leaves nothing behind", id)
			assert.Equal(t, "Retain", r.UpdateReplacePolicy, id)
		}
	}
}

func TestTagsAreCheckedAndLeftOutWhereAnEmptyValueIsRefused(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.Tags = tags(map[string]string{"Owner": ""})
	_, tpl := build(t, e)
	assert.Contains(t, tpl.group()["Tags"], object{"Key": "Owner", "Value": ""})
	assert.NotContains(t, tpl.all("AWS::CloudWatch::Alarm")[0], "Tags")

	e.Tags = tags(map[string]string{"aws:owner": "x"})
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { build(t, e) }), &err)
	assert.EqualError(t, err, "RedisCache [securebase-prod-redis/Cache]: 1 invalid property:\n"+
		`  - Tags["aws:owner"]: has a key that starts with "aws:", which AWS reserves; use another`)
}

func TestTheStackHasAMethodForEachPart(t *testing.T) {
	stack, _ := build(t, stacks.DevEnvironment())
	assert.NotNil(t, stack.Cache().ReplicationGroup())
	assert.NotNil(t, stack.Vpc().VpcId())
	assert.NotNil(t, stack.ClientSecurityGroup().SecurityGroupId())
	assert.NotNil(t, stack.AlarmTopic().TopicArn())
	assert.NotNil(t, stack.EventTopic().TopicArn())
}

func TestAStackWithoutAnEnvironmentIsRefused(t *testing.T) {
	for _, props := range []*stacks.RedisCacheStackProps{nil, {}} {
		var err *rediscache.ValidationError
		require.ErrorAs(t, panicOf(func() { stacks.NewRedisCacheStack(awscdk.NewApp(nil), "Empty", props) }), &err)
		assert.Contains(t, err.Error(), "RedisCache [Empty]: 1 invalid property:\n  - name: \"\" must contain only lower-case letters")
	}
}
