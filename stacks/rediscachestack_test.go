package stacks_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

type (
	object = map[string]any
	list   = []any
)

type template struct {
	Resources map[string]struct {
		Type                                string
		Properties                          object
		DeletionPolicy, UpdateReplacePolicy string
	}
	Outputs map[string]struct{ Value any }
}

func build(t *testing.T, e stacks.Environment) (stacks.RedisCacheStack, template) {
	t.Helper()
	stack := stacks.NewRedisCacheStack(awscdk.NewApp(nil), e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	var tpl template
	require.NoError(t, json.Unmarshal(text, &tpl))
	return stack, tpl
}

// properties of the resources of a type.
func (tpl template) properties(resourceType string) []object {
	var found []object
	for _, r := range tpl.Resources {
		if r.Type == resourceType {
			found = append(found, r.Properties)
		}
	}
	return found
}

func (tpl template) group() object {
	return tpl.properties("AWS::ElastiCache::ReplicationGroup")[0]
}

func TestDevIsSmallAndLeavesNothingBehind(t *testing.T) {
	stack, tpl := build(t, stacks.DevEnvironment())
	group := tpl.group()
	assert.Equal(t, "securebase-dev-redis", group["ReplicationGroupId"])
	assert.Equal(t, "cache.t3.micro", group["CacheNodeType"])
	assert.Equal(t, 1.0, group["NumCacheClusters"])
	assert.Equal(t, 1.0, group["SnapshotRetentionLimit"])
	assert.Equal(t, false, group["AutomaticFailoverEnabled"])
	assert.Equal(t, false, group["MultiAZEnabled"])
	assert.NotContains(t, group, "KmsKeyId")
	for id, r := range tpl.Resources {
		assert.NotContains(t, []string{"Retain", "Snapshot", "RetainExceptOnCreate"}, r.DeletionPolicy, id)
	}
	assert.Empty(t, tpl.properties("AWS::KMS::Key"))
	assert.Empty(t, tpl.properties("AWS::CloudWatch::Dashboard"))
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
	assert.Len(t, tpl.properties("AWS::CloudWatch::Dashboard"), 1)
	assert.Len(t, tpl.properties("AWS::CloudWatch::Alarm"), 10)
	assert.True(t, *stack.TerminationProtection())
	for _, r := range tpl.Resources {
		switch r.Type {
		case "AWS::KMS::Key":
			assert.Equal(t, true, r.Properties["EnableKeyRotation"])
			assert.Equal(t, "Retain", r.DeletionPolicy, "the final snapshot is encrypted with the key")
			assert.Equal(t, "Retain", r.UpdateReplacePolicy)
		case "AWS::ElastiCache::ReplicationGroup":
			assert.Equal(t, "Snapshot", r.DeletionPolicy)
			assert.Equal(t, "Snapshot", r.UpdateReplacePolicy)
		}
	}
}

func TestTagsAreInTheTemplateOnEverythingThatTakesThem(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	for _, resourceType := range []string{"AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ParameterGroup", "AWS::ElastiCache::SubnetGroup",
		"AWS::SecretsManager::Secret", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::SNS::Topic", "AWS::EC2::VPC", "AWS::EC2::SecurityGroup"} {
		found := tpl.properties(resourceType)
		require.NotEmpty(t, found, resourceType)
		for _, properties := range found {
			assert.Contains(t, properties["Tags"], object{"Key": "Project", "Value": "SecureBase"}, resourceType)
			assert.Contains(t, properties["Tags"], object{"Key": "Tier", "Value": "Premium"}, resourceType)
		}
	}
}

func TestOutputs(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	names := []string{}
	for name, output := range tpl.Outputs {
		names = append(names, name)
		assert.NotContains(t, toJson(t, output.Value), "resolve:", "%s shows a token", name)
	}
	assert.ElementsMatch(t, []string{"PrimaryEndpointAddress", "ReaderEndpointAddress", "AuthTokenSecretArn", "ConnectionString", "ReplicationGroupId", "ClientSecurityGroupId"}, names)
	text := toJson(t, tpl.Outputs["ConnectionString"].Value)
	assert.Regexp(t, `^\{"Fn::Join":\["",\["rediss://",\{"Fn::GetAtt":\["CacheReplicationGroup[0-9A-F]{8}","PrimaryEndPoint.Address"\]\},":6379"\]\]\}$`, text)
}

func toJson(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestTheVpcOfItsOwnHasNoWayOutButToSecretsManager(t *testing.T) {
	_, tpl := build(t, stacks.DevEnvironment())
	assert.Len(t, tpl.properties("AWS::EC2::Subnet"), 2)
	assert.Empty(t, tpl.properties("AWS::EC2::NatGateway"))
	assert.Empty(t, tpl.properties("AWS::EC2::InternetGateway"))
	endpoints := tpl.properties("AWS::EC2::VPCEndpoint")
	require.Len(t, endpoints, 1)
	assert.Contains(t, toJson(t, endpoints[0]["ServiceName"]), ".secretsmanager")
	assert.Equal(t, "Interface", endpoints[0]["VpcEndpointType"])
	assert.Equal(t, true, endpoints[0]["PrivateDnsEnabled"])

	e := stacks.DevEnvironment()
	e.SecretsManagerEndpoint = ptr(false)
	_, tpl = build(t, e)
	assert.Empty(t, tpl.properties("AWS::EC2::VPCEndpoint"))
}

func TestAGivenVpcIsUsed(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones = "vpc-12345678", []string{"eu-central-1a", "eu-central-1b"}
	e.SubnetIds = []string{"subnet-12345671", "subnet-12345672"}
	e.AllowedSecurityGroupIds = []string{"sg-12345671"}
	_, tpl := build(t, e)
	assert.Empty(t, tpl.properties("AWS::EC2::VPC"))
	assert.Empty(t, tpl.properties("AWS::EC2::VPCEndpoint"))
	assert.Equal(t, list{"subnet-12345671", "subnet-12345672"}, tpl.properties("AWS::ElastiCache::SubnetGroup")[0]["SubnetIds"])
	var sources []string
	for _, rule := range tpl.properties("AWS::EC2::SecurityGroupIngress") {
		sources = append(sources, toJson(t, rule["SourceSecurityGroupId"]))
	}
	require.Len(t, sources, 2, "the client security group and the one from cdk.json")
	assert.Contains(t, strings.Join(sources, " "), "sg-12345671")
	assert.Contains(t, strings.Join(sources, " "), "ClientSecurityGroup")
}

func TestMultiAzInASubnetOfOneZoneIsRefused(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.VpcId, e.AvailabilityZones, e.SubnetIds = "vpc-12345678", []string{"eu-central-1a"}, []string{"subnet-12345671"}
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { build(t, e) }), &err)
	assert.EqualError(t, err, "RedisCache [securebase-prod-redis/Cache]: 1 invalid property:\n"+
		`  - MultiAzEnabled: true needs subnets in two or more Availability Zones, and VpcSubnets has "eu-central-1a"; add one, or use MultiAzEnabled false`)
}

// panicOf is the error that f panics with.
func panicOf(f func()) (err error) {
	defer func() {
		if failure, ok := recover().(error); ok {
			err = failure
		} else {
			err = errors.New("no panic with an error")
		}
	}()
	f()
	return nil
}

func TestWithAnAccountNothingIsLookedUp(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.Account, e.Region = "123456789012", "eu-central-1"
	app := awscdk.NewApp(nil)
	stack := stacks.NewRedisCacheStack(app, e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	assembly := app.Synth(nil)
	assert.Nil(t, assembly.Manifest().Missing, "context that the CLI would ask AWS for")
	assert.Equal(t, "eu-central-1", *stack.Region())
	assert.Equal(t, "123456789012", *stack.Account())
}

func TestAlarmsReachAnEncryptedTopicAndEventsAPlainOne(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	var alarms, events string
	for id, r := range tpl.Resources {
		switch {
		case r.Type != "AWS::SNS::Topic":
		case strings.HasPrefix(id, "AlarmTopic"):
			alarms = id
			assert.Contains(t, r.Properties, "KmsMasterKeyId")
		case strings.HasPrefix(id, "EventTopic"):
			events = id
			assert.NotContains(t, r.Properties, "KmsMasterKeyId", "ElastiCache cannot publish to an encrypted topic")
		}
	}
	assert.Equal(t, object{"Ref": events}, tpl.group()["NotificationTopicArn"])
	for _, alarm := range tpl.properties("AWS::CloudWatch::Alarm") {
		assert.Equal(t, list{object{"Ref": alarms}}, alarm["AlarmActions"])
		assert.Equal(t, list{object{"Ref": alarms}}, alarm["OKActions"])
	}
	key := toJson(t, tpl.properties("AWS::KMS::Key")[0]["KeyPolicy"])
	assert.Contains(t, key, `"Principal":{"Service":"cloudwatch.amazonaws.com"}`)

	policies := map[string]list{}
	for _, policy := range tpl.properties("AWS::SNS::TopicPolicy") {
		topic := policy["Topics"].(list)[0].(object)["Ref"].(string)
		policies[topic] = policy["PolicyDocument"].(object)["Statement"].(list)
	}
	refuse := func(topic string) object {
		return object{"Sid": "AllowPublishThroughSSLOnly", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": object{"Ref": topic},
			"Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}
	}
	account := object{"Ref": "AWS::AccountId"}
	assert.ElementsMatch(t, list{refuse(alarms), object{"Sid": "AllowCloudWatchAlarms", "Effect": "Allow", "Principal": object{"Service": "cloudwatch.amazonaws.com"},
		"Action": "sns:Publish", "Resource": object{"Ref": alarms}, "Condition": object{"StringEquals": object{"aws:SourceAccount": account}}}}, policies[alarms])
	assert.ElementsMatch(t, list{refuse(events), object{"Sid": "AllowElastiCacheEvents", "Effect": "Allow", "Principal": object{"AWS": "*"},
		"Action": "sns:Publish", "Resource": object{"Ref": events}, "Condition": object{"StringEquals": object{"AWS:SourceOwner": account}}}}, policies[events])
}

func TestWhoHearsOfAlarms(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.AlarmEmail = "ops@example.com"
	_, tpl := build(t, e)
	subscription := tpl.properties("AWS::SNS::Subscription")[0]
	assert.Equal(t, "email", subscription["Protocol"])
	assert.Equal(t, "ops@example.com", subscription["Endpoint"])

	e = stacks.ProdEnvironment()
	e.AlarmTopicArn = "arn:aws:sns:eu-central-1:123456789012:alarms"
	e.NotificationTopicArn = "arn:aws:sns:eu-central-1:123456789012:events"
	_, tpl = build(t, e)
	assert.Empty(t, tpl.properties("AWS::SNS::Topic"))
	assert.Equal(t, list{e.AlarmTopicArn}, tpl.properties("AWS::CloudWatch::Alarm")[0]["AlarmActions"])
	assert.Equal(t, e.NotificationTopicArn, tpl.group()["NotificationTopicArn"])
}

func TestEveryKeyOfAnEnvironmentReachesTheCache(t *testing.T) {
	tests := []struct {
		name   string
		change func(e *stacks.Environment)
		want   object
	}{
		{"description", func(e *stacks.Environment) { e.Description = ptr("Analytics") }, object{"ReplicationGroupDescription": "Analytics"}},
		{"engine", func(e *stacks.Environment) { e.Engine, e.EngineVersion = ptr("valkey"), ptr("8.1") }, object{"Engine": "valkey", "EngineVersion": "8.1"}},
		{"nodes", func(e *stacks.Environment) { e.NodeType, e.NumCacheNodes = ptr("cache.m7g.large"), ptr(3.0) }, object{"CacheNodeType": "cache.m7g.large", "NumCacheClusters": 3.0}},
		{"multiAzEnabled", func(e *stacks.Environment) { e.MultiAzEnabled = ptr(false) }, object{"MultiAZEnabled": false}},
		{"port", func(e *stacks.Environment) { e.Port = ptr(7000.0) }, object{"Port": 7000.0}},
		{"authTokenEnabled", func(e *stacks.Environment) { e.AuthTokenEnabled = ptr(false) }, object{"AuthToken": nil}},
		{"authTokenSecretArn", func(e *stacks.Environment) {
			e.AuthTokenSecretArn, e.StoreAuthToken = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf", ptr(false)
		}, object{"AuthToken": "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf:SecretString:auth_token::}}"}},
		{"snapshots", func(e *stacks.Environment) {
			e.SnapshotRetentionLimit, e.SnapshotWindow, e.MaintenanceWindow = ptr(3.0), ptr("01:00-02:00"), ptr("mon:03:00-mon:04:00")
		}, object{"SnapshotRetentionLimit": 3.0, "SnapshotWindow": "01:00-02:00", "PreferredMaintenanceWindow": "mon:03:00-mon:04:00"}},
		{"snapshotName", func(e *stacks.Environment) { e.SnapshotName = ptr("nightly") }, object{"SnapshotName": "nightly"}},
		{"snapshotArns", func(e *stacks.Environment) { e.SnapshotArns = []string{"arn:aws:s3:::b/k.rdb"} }, object{"SnapshotArns": list{"arn:aws:s3:::b/k.rdb"}}},
		{"autoMinorVersionUpgrade", func(e *stacks.Environment) { e.AutoMinorVersionUpgrade = ptr(false) }, object{"AutoMinorVersionUpgrade": false}},
		{"customerManagedKey", func(e *stacks.Environment) { e.CustomerManagedKey = false }, object{"KmsKeyId": nil}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := stacks.ProdEnvironment()
			test.change(&e)
			_, tpl := build(t, e)
			for property, want := range test.want {
				assert.Equal(t, want, tpl.group()[property], property)
			}
		})
	}
	t.Run("parameters, logs, alarms and dashboard", func(t *testing.T) {
		e := stacks.ProdEnvironment()
		e.MaxmemoryPolicy, e.SlowLogThresholdMilliseconds, e.Parameters = "volatile-ttl", ptr(20.0), map[string]string{"timeout": "300"}
		e.LogRetentionDays, e.Dashboard = ptr(90.0), ptr(false)
		e.Alarms = &stacks.Alarms{Cpu: &stacks.Alarm{Threshold: ptr(33.0)}, Memory: &stacks.Alarm{Enabled: ptr(false)}}
		e.RemovalPolicy, e.TerminationProtection = "RETAIN", false
		stack, tpl := build(t, e)
		assert.Equal(t, object{"maxmemory-policy": "volatile-ttl", "slowlog-log-slower-than": "20000", "timeout": "300"},
			tpl.properties("AWS::ElastiCache::ParameterGroup")[0]["Properties"])
		for _, logs := range tpl.properties("AWS::Logs::LogGroup") {
			assert.Equal(t, 90.0, logs["RetentionInDays"])
		}
		assert.Len(t, tpl.properties("AWS::CloudWatch::Alarm"), 8)
		for _, alarm := range tpl.properties("AWS::CloudWatch::Alarm") {
			if alarm["MetricName"] == "CPUUtilization" {
				assert.Equal(t, 33.0, alarm["Threshold"])
			}
		}
		assert.Empty(t, tpl.properties("AWS::CloudWatch::Dashboard"))
		assert.False(t, *stack.TerminationProtection())
	})
}

func TestWhatIsKeptIsKeptWithItsNetwork(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.RemovalPolicy = "RETAIN"
	_, tpl := build(t, e)
	for id, r := range tpl.Resources {
		if r.Type == "AWS::CloudWatch::Alarm" || r.Type == "AWS::CloudWatch::Dashboard" {
			assert.Empty(t, r.DeletionPolicy, id)
			continue
		}
		assert.Equal(t, "Retain", r.DeletionPolicy, id)
	}
}

func TestTagsAreJudgedAndEmptyOnesLeftOutWhereTheyAreRefused(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.Tags = map[string]string{"Owner": ""}
	_, tpl := build(t, e)
	assert.Contains(t, tpl.group()["Tags"], object{"Key": "Owner", "Value": ""})
	assert.NotContains(t, tpl.properties("AWS::CloudWatch::Alarm")[0], "Tags")

	e.Tags = map[string]string{"aws:owner": "x"}
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { build(t, e) }), &err)
	assert.EqualError(t, err, "RedisCache [securebase-prod-redis/Cache]: 1 invalid property:\n"+
		`  - Tags["aws:owner"]: has a key that begins with "aws:", which AWS keeps for itself; use another`)
}

func TestTheStackShowsWhatItMade(t *testing.T) {
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
		assert.Contains(t, err.Error(), "RedisCache [Empty]: 1 invalid property:\n  - name: \"\" is not made of")
	}
}
