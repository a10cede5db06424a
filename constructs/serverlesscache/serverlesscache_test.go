package serverlesscache_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

const cacheType = "AWS::ElastiCache::ServerlessCache"

func TestCacheHasTheseProperties(t *testing.T) {
	f := newFixture()
	f.cache(named)
	tpl := synthesize(t, f.stack)

	cache := tpl.the(t, cacheType)
	subnets := list{}
	for _, id := range []string{"VpcIsolatedSubnet1Subnet", "VpcIsolatedSubnet2Subnet"} {
		subnets = append(subnets, object{"Ref": tpl.idOf(t, id)})
	}
	assert.Equal(t, object{
		"ServerlessCacheName": "securebase-prod-serverless",
		"Description":         "Serverless query cache securebase-prod",
		"Engine":              "valkey",
		"MajorEngineVersion":  "8",
		"CacheUsageLimits": object{
			"DataStorage":   object{"Unit": "GB", "Minimum": 1.0, "Maximum": 10.0},
			"ECPUPerSecond": object{"Maximum": 5000.0},
		},
		"SubnetIds":              subnets,
		"SecurityGroupIds":       list{object{"Fn::GetAtt": list{tpl.idOf(t, "CacheSecurityGroup"), "GroupId"}}},
		"UserGroupId":            object{"Ref": tpl.idOf(t, "CacheUserGroup")},
		"SnapshotRetentionLimit": 7.0,
		"DailySnapshotTime":      "03:00",
	}, cache.Properties)
	assert.Equal(t, "RetainExceptOnCreate", cache.DeletionPolicy)
	assert.Equal(t, "Retain", cache.UpdateReplacePolicy)
}

func TestEveryChoiceReachesTheTemplate(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	group := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Own"), jsii.String("sg-own"), nil)
	users := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Users"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("own-users"), UserIds: jsii.Strings("own-off"),
	})
	f.cache(func(p *props) {
		p.ServerlessCacheName = jsii.String("own-name")
		p.Description = jsii.String("Reports")
		p.Engine = jsii.String("redis")
		p.Authentication = serverlesscache.Authentication_UserGroup(users)
		p.EncryptionKey = key
		p.SecurityGroups = &[]awsec2.ISecurityGroup{group}
		p.SnapshotRetentionLimit = jsii.Number(0)
		p.SnapshotArnsToRestore = jsii.Strings("arn:aws:elasticache:eu-central-1:123456789012:serverlesscachesnapshot:before")
		p.FinalSnapshotName = jsii.String("last")
		p.Tags = &map[string]*string{"Team": jsii.String("reports")}
	})
	tpl := synthesize(t, f.stack)
	cache := tpl.the(t, cacheType)
	delete(cache.Properties, "SubnetIds")
	assert.Equal(t, object{
		"ServerlessCacheName":   "own-name",
		"Description":           "Reports",
		"Engine":                "redis",
		"MajorEngineVersion":    "7",
		"SecurityGroupIds":      list{"sg-own"},
		"UserGroupId":           object{"Ref": "Users"},
		"KmsKeyId":              object{"Fn::GetAtt": list{tpl.idOf(t, "Key"), "Arn"}},
		"SnapshotArnsToRestore": list{"arn:aws:elasticache:eu-central-1:123456789012:serverlesscachesnapshot:before"},
		"FinalSnapshotName":     "last",
		"Tags":                  list{object{"Key": "Team", "Value": "reports"}},
	}, cache.Properties)
	assert.Equal(t, "Delete", cache.DeletionPolicy, "the final snapshot is taken when the cache is deleted")
	assert.Empty(t, tpl.all("AWS::ElastiCache::User"), "users are the caller's")
}

func TestUsersAreLikeThoseOfARedisCache(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	cache.AddUser(jsii.String("Reports"), &rediscache.UserOptions{AccessString: jsii.String("on ~reports:* +@read")})
	tpl := synthesize(t, f.stack)

	assert.Equal(t, object{
		"Engine":      "redis",
		"UserGroupId": "securebase-prod-serverless-all",
		"UserIds":     list{"securebase-prod-serverless-off", "securebase-prod-serverless-app", "securebase-prod-serverless-reports"},
	}, tpl.the(t, "AWS::ElastiCache::UserGroup").Properties)
	assert.Len(t, tpl.the(t, "AWS::ElastiCache::UserGroup").DependsOn, 3)
	for id, want := range map[string]object{
		"CacheDefaultUser": {
			"Engine": "redis", "UserId": "securebase-prod-serverless-off", "UserName": "default", "AccessString": "off ~* -@all",
			"AuthenticationMode": object{"Type": "no-password-required"},
		},
		"CacheUser": {
			"Engine": "redis", "UserId": "securebase-prod-serverless-app", "UserName": "securebase-prod-serverless-app",
			"AccessString": "on ~* +@all -@dangerous", "AuthenticationMode": object{"Type": "iam"},
		},
		"CacheReports": {
			"Engine": "redis", "UserId": "securebase-prod-serverless-reports", "UserName": "securebase-prod-serverless-reports",
			"AccessString": "on ~reports:* +@read", "AuthenticationMode": object{"Type": "iam"},
		},
	} {
		assert.Equal(t, want, tpl.Resources[tpl.idOf(t, id)].Properties, id)
	}
}

func TestACacheWithoutANameHasOneFromItsAddress(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	second := serverlesscache.NewServerlessCache(f.stack, jsii.String("Second"), &props{Vpc: f.vpc})
	assert.Regexp(t, `^cache-[0-9a-f]{16}$`, *cache.ServerlessCacheName())
	assert.NotEqual(t, *cache.ServerlessCacheName(), *second.ServerlessCacheName())
}

func TestAlarmsFireBeforeTheLimits(t *testing.T) {
	f := newFixture()
	topic := awssns.NewTopic(f.stack, jsii.String("Topic"), nil)
	cache := f.cache(func(p *props) {
		named(p)
		p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)}
	})
	tpl := synthesize(t, f.stack)
	actions := list{object{"Ref": tpl.idOf(t, "Topic")}}
	dimensions := list{object{"Name": "clusterId", "Value": "securebase-prod-serverless"}}
	for _, test := range []struct {
		id, suffix, metric, statistic string
		period, periods, threshold    float64
	}{
		{"DataStorageAlarm", "data-storage", "BytesUsedForCache", "Maximum", 60, 5, 7.5e9},             // 75% of 10 GB
		{"EcpuPerSecondAlarm", "ecpu-per-second", "ElastiCacheProcessingUnits", "Sum", 60, 5, 225_000}, // 75% of 5000 for 60 seconds
		{"ThrottledCmdsAlarm", "throttled-cmds", "ThrottledCmds", "Sum", 300, 1, 100},
		{"EvictionsAlarm", "evictions", "Evictions", "Sum", 300, 1, 1000},
		{"AuthenticationFailuresAlarm", "authentication-failures", "AuthenticationFailures", "Sum", 300, 1, 10},
	} {
		t.Run(test.suffix, func(t *testing.T) {
			got := tpl.Resources[tpl.idOf(t, "Cache"+test.id)].Properties
			assert.Greater(t, len(got["AlarmDescription"].(string)), 100, "it says what to do")
			assert.NotContains(t, got["AlarmDescription"], "%!")
			delete(got, "AlarmDescription")
			assert.Equal(t, object{
				"AlarmName": "securebase-prod-serverless-" + test.suffix, "Namespace": "AWS/ElastiCache", "MetricName": test.metric,
				"Dimensions": dimensions, "Statistic": test.statistic, "Period": test.period, "EvaluationPeriods": test.periods,
				"Threshold": test.threshold, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
				"AlarmActions": actions, "OKActions": actions,
			}, got)
		})
	}
	rate := tpl.Resources[tpl.idOf(t, "CacheCacheHitRateAlarm")].Properties
	queries := rate["Metrics"].(list)
	assert.Equal(t, "IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)", queries[0].(object)["Expression"])
	for i, name := range []string{"CacheHits", "CacheMisses"} {
		metric := queries[i+1].(object)["MetricStat"].(object)["Metric"]
		assert.Equal(t, object{"Namespace": "AWS/ElastiCache", "MetricName": name, "Dimensions": dimensions}, metric)
	}
	assert.Len(t, *cache.Alarms(), 6)
}

func TestAlarmsWithNothingToWatchAreNotMade(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Authentication = serverlesscache.Authentication_None() })
	var names []string
	for id, r := range synthesize(t, f.stack).Resources {
		if r.Type == "AWS::CloudWatch::Alarm" {
			names = append(names, id[:len(id)-8])
		}
	}
	assert.ElementsMatch(t, []string{"CacheThrottledCmdsAlarm", "CacheEvictionsAlarm", "CacheCacheHitRateAlarm"}, names)
}

func TestALimitOf0TakesItAway(t *testing.T) {
	f := newFixture()
	none := serverlesscache.UsageLimitOptions{Minimum: jsii.Number(0), Maximum: jsii.Number(0)}
	f.cache(func(p *props) {
		p.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{DataStorage: &none, EcpuPerSecond: &none}
	})
	tpl := synthesize(t, f.stack)
	assert.Equal(t, object{
		"DataStorage":   object{"Unit": "GB", "Minimum": 0.0, "Maximum": 0.0},
		"ECPUPerSecond": object{"Minimum": 0.0, "Maximum": 0.0},
	}, tpl.the(t, cacheType).Properties["CacheUsageLimits"], "left out, CloudFormation fails to remove the limits")
	assert.Len(t, tpl.all("AWS::CloudWatch::Alarm"), 4, "no alarm on a limit")
	unbounded := assertions.Match_StringLikeRegexp(jsii.String("noUsageLimits"))
	assert.Len(t, *assertions.Annotations_FromStack(f.stack).FindWarning(jsii.String("*"), unbounded), 1)
}

func TestMetricsHaveTheirOwnDimension(t *testing.T) {
	f := newFixture()
	p99 := &awscloudwatch.MetricOptions{Statistic: jsii.String("p99")}
	cache := f.cache(named)
	for name, metric := range map[string]awscloudwatch.Metric{
		"CurrItems/Average":                     cache.Metric(jsii.String("CurrItems"), nil),
		"BytesUsedForCache/Maximum":             cache.MetricBytesUsedForCache(nil),
		"ElastiCacheProcessingUnits/Sum":        cache.MetricElastiCacheProcessingUnits(nil),
		"ThrottledCmds/Sum":                     cache.MetricThrottledCmds(nil),
		"Evictions/Sum":                         cache.MetricEvictions(nil),
		"CacheHitRate/Average":                  cache.MetricCacheHitRate(nil),
		"CurrConnections/Maximum":               cache.MetricCurrConnections(nil),
		"SuccessfulReadRequestLatency/Average":  cache.MetricSuccessfulReadRequestLatency(nil),
		"SuccessfulWriteRequestLatency/Average": cache.MetricSuccessfulWriteRequestLatency(nil),
		"SuccessfulWriteRequestLatency/p99":     cache.MetricSuccessfulWriteRequestLatency(p99),
	} {
		assert.Equal(t, name, *metric.MetricName()+"/"+*metric.Statistic())
		assert.Equal(t, map[string]any{"clusterId": "securebase-prod-serverless"}, *metric.Dimensions())
		assert.Equal(t, "AWS/ElastiCache", *metric.Namespace())
	}
	err := validationError(t, func() { cache.Metric(nil, nil) })
	assert.Equal(t, "ServerlessCache [Test/Cache]: 1 invalid property:\n"+
		`  - Metric: name: is required; pass a metric of ElastiCache, such as "CurrItems"`, err.Error())
}

func TestWhatIsLegalAndRiskyIsAWarning(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) {
		p.Authentication = serverlesscache.Authentication_None()
		p.FinalSnapshotName, p.RemovalPolicy = jsii.String("last"), awscdk.RemovalPolicy_RETAIN
		p.MajorEngineVersion = jsii.String("99")
		p.Alarms = &serverlesscache.AlarmOptions{CacheHitRate: &rediscache.AlarmThreshold{Threshold: jsii.Number(0.8)}}
		p.VpcSubnets = &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{(*f.vpc.IsolatedSubnets())[0]}}
	})
	warnings := assertions.Annotations_FromStack(f.stack).FindWarning(jsii.String("*"), assertions.Match_AnyValue())
	var ids []string
	for _, w := range *warnings {
		//lint:ignore SA1019 CDK's own Annotations return this type
		_, id, _ := strings.Cut(w.Entry.Data.(string), "[ack: "+rediscache.WarningPrefix)
		ids = append(ids, strings.TrimSuffix(id, "]"))
	}
	assert.ElementsMatch(t, []string{"noUsageLimits", "noAuth", "noAlarmActions", "finalSnapshotName", "engineUnknown", "oneZone",
		"percentThreshold"}, ids)
}

func TestTwoCachesOfOneNameAreRefused(t *testing.T) {
	f := newFixture()
	f.cache(named)
	err := validationError(t, func() {
		serverlesscache.NewServerlessCache(f.stack, jsii.String("Second"), &props{
			Vpc: f.vpc, ServerlessCacheName: jsii.String("securebase-prod-serverless"),
		})
	})
	assert.Equal(t, "ServerlessCache [Test/Second]: 1 invalid property:\n"+
		`  - ServerlessCacheName: "securebase-prod-serverless" is already the name of Test/Cache; `+
		`names are unique in an account and region, so give each cache its own`, err.Error())
	rediscache.NewRedisCache(f.stack, jsii.String("Nodes"), &rediscache.RedisCacheProps{Vpc: f.vpc, Name: jsii.String("securebase-prod")})
}
