package serverlesscache_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

// check holds the template against what was drawn.
func (d *drawn) check(t *rapid.T) {
	tpl := synthesize(t, d.stack)
	found := tpl.all(cacheType)
	require.Len(t, found, 1)
	cache := found[0]
	assert.NotContains(t, jsonOf(t, tpl), "${Token[", "a value that CDK could not write")
	assert.Empty(t, tpl.all("AWS::SecretsManager::Secret"), "nothing logs in with a password")
	d.checkNames(t, cache.Properties)
	d.checkEngine(t, cache.Properties)
	d.checkNetwork(t, tpl, cache.Properties)
	d.checkUsers(t, tpl, cache.Properties)
	d.checkWhatIsKept(t, tpl, cache)
	d.checkAlarms(t, tpl, cache.Properties["ServerlessCacheName"])
	d.checkTags(t, cache.Properties["Tags"])
}

func (d *drawn) checkTags(t *rapid.T, got any) {
	if d.Tags == nil || len(*d.Tags) == 0 {
		assert.Nil(t, got)
		return
	}
	require.Len(t, got, len(*d.Tags))
	for _, tag := range got.(list) {
		key := tag.(object)["Key"].(string)
		same(t, (*d.Tags)[key], tag.(object)["Value"], key)
	}
}

func isToken(text *string) bool { return text != nil && *awscdk.Token_IsUnresolved(text) }

// same checks that a property has the value that was drawn: a literal, or a parameter.
func same(t *rapid.T, want *string, got any, property string) {
	if isToken(want) {
		assert.Contains(t, got, "Ref", property)
		return
	}
	assert.Equal(t, *want, got, property)
}

func (d *drawn) checkNames(t *rapid.T, cache object) {
	switch got := cache["ServerlessCacheName"]; {
	case d.ServerlessCacheName != nil:
		same(t, d.ServerlessCacheName, got, "ServerlessCacheName")
	case isToken(d.Name):
		assert.Equal(t, object{"Fn::Join": list{"", list{object{"Ref": "ParameterName"}, "-serverless"}}}, got)
	case d.Name != nil:
		assert.Equal(t, *d.Name+"-serverless", got)
	default:
		assert.Regexp(t, `^cache-[0-9a-f]{16}$`, got)
	}
	if d.Description != nil {
		same(t, d.Description, cache["Description"], "Description")
	}
}

func (d *drawn) checkEngine(t *rapid.T, cache object) {
	engine, major := "valkey", "8"
	if d.Engine != nil && *d.Engine == "redis" {
		engine, major = "redis", "7"
	}
	assert.Equal(t, engine, cache["Engine"])
	if d.MajorEngineVersion == nil {
		d.MajorEngineVersion = &major
	}
	same(t, d.MajorEngineVersion, cache["MajorEngineVersion"], "MajorEngineVersion")

	given := serverlesscache.CacheUsageLimitsOptions{}
	if d.CacheUsageLimits != nil {
		given = *d.CacheUsageLimits
	}
	limits, _ := cache["CacheUsageLimits"].(object)
	for name, options := range map[string]*serverlesscache.UsageLimitOptions{
		"DataStorage": given.DataStorage, "ECPUPerSecond": given.EcpuPerSecond,
	} {
		want := object{}
		if options != nil && options.Minimum != nil {
			want["Minimum"] = *options.Minimum
		}
		if options != nil && options.Maximum != nil {
			want["Maximum"] = *options.Maximum
		}
		if len(want) == 0 {
			assert.NotContains(t, limits, name)
			continue
		}
		if name == "DataStorage" {
			want["Unit"] = "GB"
		}
		assert.Equal(t, want, limits[name])
	}
}

// checkNetwork: the cache is in 2 or 3 subnets, and only security groups reach it, on its two ports.
func (d *drawn) checkNetwork(t *rapid.T, tpl template, cache object) {
	subnets := cache["SubnetIds"].(list)
	assert.True(t, len(subnets) == 2 || len(subnets) == 3, "%v", subnets)
	own, clients := 1, 0
	if d.SecurityGroups != nil {
		own = len(*d.SecurityGroups)
	}
	if d.AllowedSecurityGroups != nil {
		clients = len(*d.AllowedSecurityGroups)
	}
	assert.Len(t, cache["SecurityGroupIds"], own)
	for _, group := range tpl.all("AWS::EC2::SecurityGroup") {
		assert.NotContains(t, group.Properties, "SecurityGroupIngress", "a rule by CIDR")
	}
	rules := tpl.all("AWS::EC2::SecurityGroupIngress")
	assert.Len(t, rules, own*clients)
	for _, rule := range rules {
		assert.Equal(t, 6379.0, rule.Properties["FromPort"])
		assert.Equal(t, 6380.0, rule.Properties["ToPort"])
		assert.Contains(t, rule.Properties, "SourceSecurityGroupId")
	}
}

// checkUsers: with IAM there are the locked default user and the shared one, both in the group that depends on them.
func (d *drawn) checkUsers(t *rapid.T, tpl template, cache object) {
	users := tpl.all("AWS::ElastiCache::User")
	assert.Equal(t, d.login != "none", cache["UserGroupId"] != nil)
	if d.login == "group" || d.login == "none" {
		assert.Empty(t, users)
		return
	}
	require.Len(t, users, 2)
	group := tpl.the(t, "AWS::ElastiCache::UserGroup")
	assert.Len(t, group.Properties["UserIds"], 2)
	assert.Len(t, group.DependsOn, 2)
	for _, user := range users {
		if user.Properties["UserName"] == "default" {
			assert.Equal(t, "off ~* -@all", user.Properties["AccessString"])
			continue
		}
		assert.Equal(t, object{"Type": "iam"}, user.Properties["AuthenticationMode"])
		assert.Equal(t, user.Properties["UserId"], user.Properties["UserName"])
	}
}

// checkWhatIsKept: what a cache that stays needs stays with it, and the policies of a deletion and of a replacement agree.
func (d *drawn) checkWhatIsKept(t *rapid.T, tpl template, cache resource) {
	kept := d.RemovalPolicy != awscdk.RemovalPolicy_DESTROY && (d.RemovalPolicy != "" || d.FinalSnapshotName == nil)
	for id, r := range tpl.Resources {
		ofTheCache := strings.HasPrefix(id, "Cache") && r.Type != "AWS::CloudWatch::Alarm"
		if ofTheCache {
			assert.Equal(t, kept, strings.HasPrefix(r.DeletionPolicy, "Retain"), "%s: %s", id, r.DeletionPolicy)
			assert.Equal(t, kept, r.UpdateReplacePolicy == "Retain", "%s: %s", id, r.UpdateReplacePolicy)
		}
	}
	none := d.SnapshotRetentionLimit != nil && *d.SnapshotRetentionLimit == 0
	assert.Equal(t, !none, cache.Properties["SnapshotRetentionLimit"] != nil)
	assert.Equal(t, !none, cache.Properties["DailySnapshotTime"] != nil)
	assert.Equal(t, d.FinalSnapshotName != nil, cache.Properties["FinalSnapshotName"] != nil)
	assert.Equal(t, d.SnapshotArnsToRestore != nil, cache.Properties["SnapshotArnsToRestore"] != nil)
	assert.Equal(t, d.EncryptionKey != nil, cache.Properties["KmsKeyId"] != nil)
}

// checkAlarms: every alarm watches this cache by its name, and tells the same both ways.
func (d *drawn) checkAlarms(t *rapid.T, tpl template, name any) {
	var metrics []string
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		p := alarm.Properties
		metric, dimensions := p["MetricName"], list{p["Dimensions"]}
		if queries, is := p["Metrics"].(list); is {
			metric, dimensions = "CacheHitRate", nil
			for _, query := range queries[1:] {
				dimensions = append(dimensions, query.(object)["MetricStat"].(object)["Metric"].(object)["Dimensions"])
			}
			assert.Len(t, dimensions, 2, "hits and misses")
		}
		for _, of := range dimensions {
			assert.Equal(t, list{object{"Name": "clusterId", "Value": name}}, of)
		}
		metrics = append(metrics, fmt.Sprint(metric))
		assert.NotEmpty(t, p["AlarmDescription"])
		assert.Equal(t, p["AlarmActions"], p["OKActions"])
		assert.Equal(t, d.AlarmActions != nil, p["AlarmActions"] != nil)
	}
	assert.ElementsMatch(t, d.alarms, metrics)
}
