package serverlesscache_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

func TestRandomPropsWithOneMistakeAreRefused(t *testing.T) {
	proptest.Check(t, 20, func(t *rapid.T) {
		m := mistakes[rapid.IntRange(0, len(mistakes)-1).Draw(t, "number of the mistake")]
		m.checkRefused(t, drawProps(t))
	})
	// Chance leaves some out, so each is made once more.
	for i, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			proptest.RunExample(i, func(rt *rapid.T) { m.checkRefused(rt, drawProps(rt)) })
		})
	}
}

// mistake makes valid props invalid in one property.
type mistake struct {
	name     string
	property string // that every problem's Property begins with
	make     func(d *drawn)
}

// checkRefused makes the cache, which has to panic with problems of the mistake's property and no other.
func (m mistake) checkRefused(t require.TestingT, d *drawn) {
	m.make(d)
	defer func() {
		failure := recover()
		err, is := failure.(*rediscache.ValidationError)
		require.True(t, is, "%s: want a ValidationError, got %T: %v", m.name, failure, failure)
		assert.Equal(t, "ServerlessCache", err.Construct)
		require.NotEmpty(t, err.Problems)
		for _, problem := range err.Problems {
			assert.True(t, strings.HasPrefix(problem.Property, m.property), "%s: %s", m.name, problem)
		}
		assert.Nil(t, d.stack.Node().TryFindChild(jsii.String("Cache")), "nothing may be made before the rules have passed")
	}()
	d.make()
}

var mistakes = []mistake{
	{"an empty name", "Name", func(d *drawn) { d.Name = jsii.String("") }},
	{"a name in upper case", "Name", func(d *drawn) { d.Name = jsii.String("Prod") }},
	{"a name of 26 characters", "Name", func(d *drawn) { d.Name = jsii.String(strings.Repeat("a", 26)) }},
	{"a cache name with two hyphens", "ServerlessCacheName", func(d *drawn) { d.ServerlessCacheName = jsii.String("a--b") }},
	{"a cache name of 41 characters", "ServerlessCacheName", func(d *drawn) { d.ServerlessCacheName = jsii.String(strings.Repeat("a", 41)) }},
	{"a description of 256 characters", "Description", func(d *drawn) { d.Description = jsii.String(strings.Repeat("é", 256)) }},
	{"a description with a bracket", "Description", func(d *drawn) { d.Description = jsii.String("a < b") }},
	{"no VPC", "Vpc", func(d *drawn) { d.Vpc = nil }},
	{"public subnets", "VpcSubnets", func(d *drawn) {
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC}
	}},
	{"four subnets", "VpcSubnets", func(d *drawn) {
		isolated := *d.Vpc.IsolatedSubnets()
		d.VpcSubnets = selectionOf(append(append([]awsec2.ISubnet{}, isolated...), isolated...)[:4])
	}},
	{"a nil client", "AllowedSecurityGroups[0]", func(d *drawn) { d.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{nil} }},
	{"an empty list of security groups", "SecurityGroups", func(d *drawn) { d.SecurityGroups = &[]awsec2.ISecurityGroup{} }},
	{"no engine of ElastiCache", "Engine", func(d *drawn) { d.Engine, d.MajorEngineVersion = jsii.String("memcached"), nil }},
	{"Redis 6", "MajorEngineVersion", func(d *drawn) { d.Engine, d.MajorEngineVersion = jsii.String("redis"), jsii.String("6") }},
	{"a minor version", "MajorEngineVersion", func(d *drawn) { d.MajorEngineVersion = jsii.String("7.2") }},
	{"half a GB", "CacheUsageLimits.DataStorage.Maximum", withStorage(nil, jsii.Number(0.5))},
	{"5001 GB", "CacheUsageLimits.DataStorage.Minimum", withStorage(jsii.Number(5001), nil)},
	{"a minimum above the maximum", "CacheUsageLimits.DataStorage.Minimum", withStorage(jsii.Number(3), jsii.Number(2))},
	{"a limit that is a token", "CacheUsageLimits.DataStorage.Maximum", func(d *drawn) {
		withStorage(nil, d.numberParameter("Data"))(d)
	}},
	{"999 ECPU a second", "CacheUsageLimits.EcpuPerSecond.Maximum", func(d *drawn) {
		d.Alarms = nil
		d.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{
			EcpuPerSecond: &serverlesscache.UsageLimitOptions{Maximum: jsii.Number(999)},
		}
	}},
	{"a user that is off", "Authentication.AccessString", func(d *drawn) {
		d.Alarms, d.Authentication = nil, serverlesscache.Authentication_Iam(&rediscache.IamOptions{AccessString: jsii.String("off ~* +@all")})
	}},
	{"no user group", "Authentication", func(d *drawn) { d.Alarms, d.Authentication = nil, serverlesscache.Authentication_UserGroup(nil) }},
	{"an asymmetric key", "EncryptionKey", func(d *drawn) {
		d.EncryptionKey = awskms.NewKey(d.stack, jsii.String("Asymmetric"), &awskms.KeyProps{
			KeySpec: awskms.KeySpec_RSA_2048, KeyUsage: awskms.KeyUsage_ENCRYPT_DECRYPT,
		})
	}},
	{"a retention of 36 days", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(36) }},
	{"a retention that is not a number", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(math.NaN()) }},
	{"a time without a leading zero", "DailySnapshotTime", withTime("3:00")},
	{"a window", "DailySnapshotTime", withTime("03:00-04:00")},
	{"a time without snapshots", "DailySnapshotTime", func(d *drawn) {
		d.SnapshotRetentionLimit, d.DailySnapshotTime = jsii.Number(0), jsii.String("03:00")
	}},
	{"no ARN", "SnapshotArnsToRestore[0]", func(d *drawn) { d.SnapshotArnsToRestore = jsii.Strings("monday") }},
	{"a nil ARN", "SnapshotArnsToRestore[0]", func(d *drawn) { d.SnapshotArnsToRestore = &[]*string{nil} }},
	{"a final snapshot in upper case", "FinalSnapshotName", func(d *drawn) { d.FinalSnapshotName = jsii.String("Last") }},
	{"a policy that CloudFormation lacks", "RemovalPolicy", func(d *drawn) { d.RemovalPolicy = awscdk.RemovalPolicy_SNAPSHOT }},
	{"no removal policy", "RemovalPolicy", func(d *drawn) { d.RemovalPolicy = "KEEP" }},
	{"a nil action", "AlarmActions[0]", func(d *drawn) { d.AlarmActions = &[]awscloudwatch.IAlarmAction{nil} }},
	{"101%", "Alarms.CacheHitRate.Threshold", withAlarms(serverlesscache.AlarmOptions{
		CacheHitRate: &rediscache.AlarmThreshold{Threshold: jsii.Number(101)},
	})},
	{"endless evictions", "Alarms.Evictions.Threshold", withAlarms(serverlesscache.AlarmOptions{
		Evictions: &rediscache.AlarmThreshold{Threshold: jsii.Number(math.Inf(1))},
	})},
	{"more than a day", "Alarms.ThrottledCmds.EvaluationPeriods", withAlarms(serverlesscache.AlarmOptions{
		ThrottledCmds: &rediscache.AlarmThreshold{EvaluationPeriods: jsii.Number(289)},
	})},
	{"an alarm on a limit that there is not", "Alarms.DataStorage", func(d *drawn) {
		d.CacheUsageLimits = nil
		withAlarms(serverlesscache.AlarmOptions{DataStorage: &rediscache.AlarmThreshold{}})(d)
	}},
	{"an alarm on logins without a login", "Alarms.AuthenticationFailures", func(d *drawn) {
		d.Authentication = serverlesscache.Authentication_None()
		withAlarms(serverlesscache.AlarmOptions{AuthenticationFailures: &rediscache.AlarmThreshold{}})(d)
	}},
	{"a tag that AWS reserves", "Tags", withTag("aws:x", jsii.String(""))},
	{"a tag without a value", "Tags", withTag("Tier", nil)},
	{"51 tags", "Tags", func(d *drawn) {
		tags := map[string]*string{}
		for i := range 51 {
			tags[fmt.Sprint("Tag", i)] = jsii.String("")
		}
		d.Tags = &tags
	}},
}

// withStorage leaves out the alarms, which may be wrong with it.
func withStorage(minimum, maximum *float64) func(d *drawn) {
	return func(d *drawn) {
		d.Alarms = nil
		d.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{
			DataStorage: &serverlesscache.UsageLimitOptions{Minimum: minimum, Maximum: maximum},
		}
	}
}

func withTime(time string) func(d *drawn) {
	return func(d *drawn) { d.SnapshotRetentionLimit, d.DailySnapshotTime = nil, &time }
}

func withAlarms(options serverlesscache.AlarmOptions) func(d *drawn) {
	return func(d *drawn) { d.Alarms = &options }
}

func withTag(key string, value *string) func(d *drawn) {
	return func(d *drawn) { d.Tags = &map[string]*string{key: value} }
}
