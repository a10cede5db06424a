package stacks_test

import (
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

// prodWith is the template of prod with settings of cdk.json.
func prodWith(t *testing.T, settings string) template {
	t.Helper()
	made := stacks.NewRedisCacheStacks(appWith(t, `{"environments": {"prod": `+settings+`}}`))
	require.Len(t, made, 1)
	return templateOf(t, made[0])
}

func TestEverySettingReachesTheReplicationGroup(t *testing.T) {
	const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"
	tests := []struct {
		settings string
		want     object
	}{
		{`{"description": "Analytics"}`, object{"ReplicationGroupDescription": "Analytics"}},
		{`{"replicationGroupId": "legacy"}`, object{"ReplicationGroupId": "legacy"}},
		{`{"engine": "valkey", "engineVersion": "8.1"}`, object{"Engine": "valkey", "EngineVersion": "8.1"}},
		{`{"nodeType": "cache.m7g.large", "numCacheNodes": 3}`, object{"CacheNodeType": "cache.m7g.large", "NumCacheClusters": 3.0}},
		{`{"multiAzEnabled": false}`, object{"MultiAZEnabled": false}},
		{`{"port": 7000}`, object{"Port": 7000.0}},
		{`{"authentication": "none"}`, object{"AuthToken": nil}},
		{`{"authentication": "iam"}`, object{"AuthToken": nil, "UserGroupIds": list{object{"Ref": "CacheUserGroup978A79CF"}}}},
		{`{"clusterMode": {"numNodeGroups": 3}}`, object{"NumNodeGroups": 3.0, "ReplicasPerNodeGroup": 1.0, "NumCacheClusters": nil}},
		{`{"authTokenSecretArn": "` + secret + `", "storeAuthToken": false}`,
			object{"AuthToken": "{{resolve:secretsmanager:" + secret + ":SecretString:auth_token::}}"}},
		{`{"snapshotRetentionLimit": 3}`, object{"SnapshotRetentionLimit": 3.0}},
		{`{"snapshotWindow": "01:00-02:00", "maintenanceWindow": "mon:03:00-mon:04:00"}`,
			object{"SnapshotWindow": "01:00-02:00", "PreferredMaintenanceWindow": "mon:03:00-mon:04:00"}},
		{`{"snapshotName": "nightly"}`, object{"SnapshotName": "nightly"}},
		{`{"snapshotArns": ["arn:aws:s3:::b/k.rdb"]}`, object{"SnapshotArns": list{"arn:aws:s3:::b/k.rdb"}}},
		{`{"autoMinorVersionUpgrade": false}`, object{"AutoMinorVersionUpgrade": false}},
		{`{"customerManagedKey": false}`, object{"KmsKeyId": nil}},
	}
	for _, test := range tests {
		t.Run(test.settings, func(t *testing.T) {
			group := prodWith(t, test.settings).group()
			for property, want := range test.want {
				assert.Equal(t, want, group[property], property)
			}
		})
	}
}

func TestProdTakesClusterModeInGo(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: ptr(3.0)}
	_, tpl := build(t, e)
	assert.Equal(t, 3.0, tpl.group()["NumNodeGroups"])
}

func TestATokenIsRotatedWhenAnIntervalIsSet(t *testing.T) {
	assert.Empty(t, prodWith(t, `{}`).all("AWS::SecretsManager::RotationSchedule"))
	schedules := prodWith(t, `{"tokenRotationDays": 90}`).all("AWS::SecretsManager::RotationSchedule")
	require.Len(t, schedules, 1)
	assert.Equal(t, object{"ScheduleExpression": "rate(2160 hours)"}, schedules[0]["RotationRules"])
}

func TestEverySettingReachesItsResource(t *testing.T) {
	tpl := prodWith(t, `{"maxmemoryPolicy": "volatile-ttl", "slowLogThresholdMilliseconds": 20, "parameters": {"timeout": "300"},
		"logRetentionDays": 90, "dashboard": false, "alarms": {"cpu": {"threshold": 33}, "memory": {"enabled": false}}}`)
	assert.Equal(t, object{"maxmemory-policy": "volatile-ttl", "slowlog-log-slower-than": "20000", "timeout": "300"},
		tpl.all("AWS::ElastiCache::ParameterGroup")[0]["Properties"])
	for _, logs := range tpl.all("AWS::Logs::LogGroup") {
		assert.Equal(t, 90.0, logs["RetentionInDays"])
	}
	assert.Empty(t, tpl.all("AWS::CloudWatch::Dashboard"))
	thresholds := map[string]any{}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		thresholds[alarm["AlarmName"].(string)] = alarm["Threshold"]
	}
	assert.Equal(t, 33.0, thresholds["securebase-prod-redis-001-cpu"])
	assert.Contains(t, thresholds, "securebase-prod-redis-001-evictions")
	assert.NotContains(t, thresholds, "securebase-prod-redis-001-memory")
}

// What a Go program passes in RedisCacheProps takes the place of what the stack would make, or comes in addition.
func TestConstructsOfTheCallerAreUsed(t *testing.T) {
	app := awscdk.NewApp(nil)
	shared := awscdk.NewStack(app, jsii.String("Shared"), nil)
	group := awsec2.SecurityGroup_FromSecurityGroupId(shared, jsii.String("Group"), jsii.String("sg-12345678"), nil)
	e := stacks.ProdEnvironment()
	e.CustomerManagedKey = nil
	e.Vpc = awsec2.NewVpc(shared, jsii.String("Vpc"), nil)
	e.EncryptionKey = awskms.NewKey(shared, jsii.String("Key"), nil)
	e.NotificationTopic = awssns.NewTopic(shared, jsii.String("Events"), nil)
	e.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{group}
	pager := awssns.Topic_FromTopicArn(shared, jsii.String("Pager"), jsii.String("arn:aws:sns:eu-central-1:123456789012:pager"))
	e.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(pager)}

	stack := stacks.NewRedisCacheStack(app, e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	tpl := templateOf(t, stack)

	for _, resourceType := range []string{"AWS::EC2::VPC", "AWS::EC2::VPCEndpoint", "AWS::KMS::Key", "AWS::Logs::FlowLog"} {
		assert.Empty(t, tpl.all(resourceType), resourceType)
	}
	assert.Equal(t, e.Vpc, stack.Vpc())
	assert.Equal(t, e.NotificationTopic, stack.EventTopic())
	assert.Contains(t, toJson(t, tpl.group()["KmsKeyId"]), "Key")
	assert.Len(t, tpl.all("AWS::SNS::Topic"), 1, "the alarm topic")
	alarm := tpl.all("AWS::CloudWatch::Alarm")[0]
	assert.Len(t, alarm["AlarmActions"], 2)
	assert.Contains(t, alarm["AlarmActions"], "arn:aws:sns:eu-central-1:123456789012:pager")
	assert.Len(t, tpl.all("AWS::EC2::SecurityGroupIngress"), 2, "the client security group and the caller's")
}

func TestWhatTheStackSetsItselfIsRefused(t *testing.T) {
	shared := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shared"), nil)
	e := stacks.ProdEnvironment()
	e.RedisCacheProps.Name = jsii.String("mine")
	e.VpcId, e.AvailabilityZones, e.SubnetIds = ptr("vpc-12345678"), jsii.Strings("eu-central-1a"), jsii.Strings("subnet-12345678")
	e.Vpc = awsec2.NewVpc(shared, jsii.String("Vpc"), nil)
	e.EncryptionKey = awskms.NewKey(shared, jsii.String("Key"), nil)
	e.NotificationTopicArn = jsii.String("arn:aws:sns:eu-central-1:123456789012:events")
	e.NotificationTopic = awssns.NewTopic(shared, jsii.String("Events"), nil)
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { build(t, e) }), &err)
	assert.EqualError(t, err, `RedisCache [securebase-prod-redis]: 4 invalid properties:
  - Name: "mine" is set by the stack to "securebase-prod"; leave it out
  - vpcId: "vpc-12345678" and Vpc exclude each other; leave out one of them
  - notificationTopicArn: "arn:aws:sns:eu-central-1:123456789012:events" and NotificationTopic exclude each other; leave out one of them
  - customerManagedKey: true and EncryptionKey exclude each other; leave out one of them`)
}
