package stacks_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

const serverlessType = "AWS::ElastiCache::ServerlessCache"

func TestADevServerlessStackLeavesNothingBehind(t *testing.T) {
	stack, tpl := buildServerless(t, stacks.DevServerlessEnvironment())
	cache := tpl.all(serverlessType)[0]
	assert.Equal(t, "securebase-dev-serverless", cache["ServerlessCacheName"])
	assert.Equal(t, 1.0, cache["SnapshotRetentionLimit"])
	assert.NotContains(t, cache, "KmsKeyId")
	for id, r := range tpl.Resources {
		assert.NotContains(t, []string{"Retain", "Snapshot", "RetainExceptOnCreate"}, r.DeletionPolicy, id)
	}
	assert.Empty(t, tpl.all("AWS::KMS::Key"))
	assert.False(t, *stack.TerminationProtection())
}

func TestAProdServerlessStackStaysWithItsNetwork(t *testing.T) {
	stack, tpl := buildServerless(t, stacks.ProdServerlessEnvironment())
	assert.Equal(t, 7.0, tpl.all(serverlessType)[0]["SnapshotRetentionLimit"])
	assert.True(t, *stack.TerminationProtection())
	for id, r := range tpl.Resources {
		if r.Type != "AWS::CloudWatch::Alarm" {
			assert.Equal(t, "RetainExceptOnCreate", r.DeletionPolicy, id)
			assert.Equal(t, "Retain", r.UpdateReplacePolicy, id)
		}
	}
}

// What is left when the stack is deleted: the key in any case, because snapshots are encrypted with it, and the flow log.
func TestAFinalSnapshotTakesThePlaceOfTheCache(t *testing.T) {
	for _, policy := range []awscdk.RemovalPolicy{"", awscdk.RemovalPolicy_DESTROY} {
		e := stacks.ProdServerlessEnvironment()
		e.FinalSnapshotName, e.RemovalPolicy = ptr("last"), policy
		_, tpl := buildServerless(t, e)
		var left []string
		for id, r := range tpl.Resources {
			if r.Type == serverlessType {
				assert.Equal(t, "Delete", r.DeletionPolicy)
			}
			if strings.HasPrefix(r.DeletionPolicy, "Retain") {
				left = append(left, id[:len(id)-8])
			}
		}
		assert.ElementsMatch(t, []string{"Key", "FlowLogs"}, left, policy)
	}
	e := stacks.ProdServerlessEnvironment()
	e.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	_, tpl := buildServerless(t, e)
	for id, r := range tpl.Resources {
		if r.Type == serverlessType {
			assert.Equal(t, "RetainExceptOnCreate", r.DeletionPolicy, "%s: a first deployment that fails leaves nothing behind", id)
		}
	}
}

var suffix = regexp.MustCompile(`[0-9A-F]{8}$`)

// The surroundings of both kinds are written once.
func TestTheSurroundingsAreThoseOfACacheOfNodes(t *testing.T) {
	around := func(tpl template) map[string]string {
		found := map[string]string{}
		for id, r := range tpl.Resources {
			name := suffix.ReplaceAllString(id, "")
			if !strings.HasPrefix(name, "Cache") && !strings.HasPrefix(name, "Event") && name != "Key" {
				found[name] = toJson(t, r.Properties)
			}
		}
		return found
	}
	e, nodes := stacks.ProdServerlessEnvironment(), stacks.ProdEnvironment()
	nodes.Authentication = rediscache.Authentication_Iam(nil) // without an endpoint for secrets, as a serverless cache
	e.AlarmEmail, nodes.AlarmEmail = ptr("ops@example.com"), ptr("ops@example.com")
	_, serverlessTemplate := buildServerless(t, e)
	_, nodesTemplate := build(t, nodes)
	got, want := around(serverlessTemplate), around(nodesTemplate)
	require.Greater(t, len(want), 20)
	assert.Equal(t, want, got)
}

// serverlessWith is the template of a serverless environment like prod, with settings of cdk.json.
func serverlessWith(t *testing.T, settings string) template {
	t.Helper()
	var given object
	require.NoError(t, json.Unmarshal([]byte(settings), &given))
	given["kind"] = "serverless"
	made := stacks.NewRedisCacheStacks(appWith(t, `{"environments": {"prod": `+toJson(t, given)+`}}`))
	require.Len(t, made, 1)
	return templateOf(t, made[0])
}

func TestEverySettingReachesTheServerlessCache(t *testing.T) {
	tests := []struct {
		settings string
		want     object
	}{
		{`{"description": "Analytics"}`, object{"Description": "Analytics"}},
		{`{"serverlessCacheName": "legacy"}`, object{"ServerlessCacheName": "legacy"}},
		{`{"engine": "redis"}`, object{"Engine": "redis", "MajorEngineVersion": "7"}},
		{`{"majorEngineVersion": "9"}`, object{"Engine": "valkey", "MajorEngineVersion": "9"}},
		{`{"cacheUsageLimits": {"dataStorage": {"minimum": 1, "maximum": 2}, "ecpuPerSecond": {"maximum": 3000}}}`, object{
			"CacheUsageLimits": object{
				"DataStorage":   object{"Unit": "GB", "Minimum": 1.0, "Maximum": 2.0},
				"ECPUPerSecond": object{"Maximum": 3000.0},
			}}},
		{`{"authentication": "none"}`, object{"UserGroupId": nil}},
		{`{"authentication": "iam"}`, object{"UserGroupId": object{"Ref": "CacheUserGroup978A79CF"}}},
		{`{"snapshotRetentionLimit": 3, "dailySnapshotTime": "04:30"}`, object{"SnapshotRetentionLimit": 3.0, "DailySnapshotTime": "04:30"}},
		{`{"snapshotArnsToRestore": ["arn:aws:s3:::b/k.rdb"]}`, object{"SnapshotArnsToRestore": list{"arn:aws:s3:::b/k.rdb"}}},
		{`{"finalSnapshotName": "last"}`, object{"FinalSnapshotName": "last"}},
		{`{"customerManagedKey": false}`, object{"KmsKeyId": nil}},
		{`{"vpcId": "vpc-12345678", "availabilityZones": ["eu-central-1a", "eu-central-1b"],
			"subnetIds": ["subnet-12345671", "subnet-12345672"]}`,
			object{"SubnetIds": list{"subnet-12345671", "subnet-12345672"}}},
	}
	for _, test := range tests {
		t.Run(test.settings, func(t *testing.T) {
			cache := serverlessWith(t, test.settings).all(serverlessType)[0]
			for property, want := range test.want {
				assert.Equal(t, want, cache[property], property)
			}
		})
	}
}

func TestEverySettingReachesWhatIsAroundTheServerlessCache(t *testing.T) {
	tpl := serverlessWith(t, `{"logRetentionDays": 90, "alarms": {"evictions": {"threshold": 7}, "cacheHitRate": {"enabled": false}},
		"tags": {"Team": "Data"}, "allowedSecurityGroupIds": ["sg-12345678"], "secretsManagerEndpoint": true}`)
	assert.Equal(t, 90.0, tpl.all("AWS::Logs::LogGroup")[0]["RetentionInDays"])
	thresholds := map[string]any{}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		thresholds[alarm["AlarmName"].(string)] = alarm["Threshold"]
	}
	assert.Equal(t, map[string]any{"securebase-prod-serverless-evictions": 7.0, "securebase-prod-serverless-throttled-cmds": 100.0,
		"securebase-prod-serverless-authentication-failures": 10.0}, thresholds)
	assert.Equal(t, list{object{"Key": "Team", "Value": "Data"}}, tpl.all(serverlessType)[0]["Tags"])
	assert.Contains(t, toJson(t, tpl.all("AWS::EC2::SecurityGroupIngress")), `"SourceSecurityGroupId":"sg-12345678"`)
	assert.Len(t, tpl.all("AWS::EC2::VPCEndpoint"), 3, "for S3, DynamoDB and Secrets Manager")
}

func TestConstructsOfTheCallerAreUsedForAServerlessCache(t *testing.T) {
	app := awscdk.NewApp(nil)
	shared := awscdk.NewStack(app, jsii.String("Shared"), nil)
	e := stacks.ProdServerlessEnvironment()
	e.CustomerManagedKey = nil
	e.Vpc = awsec2.NewVpc(shared, jsii.String("Vpc"), nil)
	e.EncryptionKey = awskms.NewKey(shared, jsii.String("Key"), nil)
	e.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{
		awsec2.SecurityGroup_FromSecurityGroupId(shared, jsii.String("Group"), jsii.String("sg-12345678"), nil),
	}
	pager := awssns.Topic_FromTopicArn(shared, jsii.String("Pager"), jsii.String("arn:aws:sns:eu-central-1:123456789012:pager"))
	e.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(pager)}

	stack := stacks.NewServerlessCacheStack(app, e.StackId(), &stacks.ServerlessCacheStackProps{Environment: e})
	tpl := templateOf(t, stack)

	for _, resourceType := range []string{"AWS::EC2::VPC", "AWS::EC2::VPCEndpoint", "AWS::KMS::Key", "AWS::Logs::FlowLog"} {
		assert.Empty(t, tpl.all(resourceType), resourceType)
	}
	assert.Equal(t, e.Vpc, stack.Vpc())
	assert.Contains(t, toJson(t, tpl.all(serverlessType)[0]["KmsKeyId"]), "Key")
	assert.Contains(t, tpl.all("AWS::CloudWatch::Alarm")[0]["AlarmActions"], "arn:aws:sns:eu-central-1:123456789012:pager")
	assert.Len(t, tpl.all("AWS::EC2::SecurityGroupIngress"), 2, "the client security group and the caller's")
	assert.NotNil(t, stack.Cache().EndpointAddress())
	assert.NotNil(t, stack.ClientSecurityGroup().SecurityGroupId())
	assert.NotNil(t, stack.AlarmTopic().TopicArn())
	assert.NotNil(t, stack.EventTopic().TopicArn())
}

func TestAServerlessStackHasAnOutputForEachThingThatIsThere(t *testing.T) {
	always := []string{"ConnectionString", "EndpointAddress", "ServerlessCacheName", "ClientSecurityGroupId", "VpcId", "SubnetIds",
		"AlarmTopicArn", "EventTopicArn"}
	for settings, more := range map[string][]string{
		`{}`: {"UserName", "EncryptionKeyArn"},
		`{"customerManagedKey": false, "authentication": "none"}`: nil,
	} {
		outputs := serverlessWith(t, settings).Outputs
		assert.ElementsMatch(t, append(slices.Clone(always), more...), slices.Collect(maps.Keys(outputs)), settings)
		assert.Equal(t, "securebase-prod-serverless", outputs["ServerlessCacheName"].Value)
		host := `\{"Fn::GetAtt":\["Cache[0-9A-F]{8}","Endpoint.Address"\]\}`
		assert.Regexp(t, `^`+host+`$`, toJson(t, outputs["EndpointAddress"].Value))
		assert.Regexp(t, `^\{"Fn::Join":\["",\["rediss://",`+host+`,":6379"\]\]\}$`, toJson(t, outputs["ConnectionString"].Value))
	}
	assert.Equal(t, "securebase-prod-serverless-app", serverlessWith(t, `{}`).Outputs["UserName"].Value)
}
