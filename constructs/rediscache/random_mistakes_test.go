package rediscache_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

func TestRandomPropsWithOneMistakeAreRefused(t *testing.T) {
	tried := map[string]int{}
	proptest.Check(t, 40, func(t *rapid.T) {
		d := drawProps(t, newStack(newApp(), "Test"))
		m := oneMistake(t)
		tried[m.name]++
		m.make(d)
		checkRefused(t, m, d)
	})
	// Chance leaves some out, so each is made once more.
	for i, m := range allMistakes {
		t.Run(m.name, func(t *testing.T) {
			proptest.RunExample(i, func(rt *rapid.T) {
				d := drawProps(rt, newStack(newApp(), "Test"))
				m.make(d)
				checkRefused(t, m, d)
			})
		})
	}
	t.Logf("%d of %d mistakes by chance, and all once", len(tried), len(allMistakes))
}

var allMistakes = slices.Concat(mistakes, clusterMistakes, scalingMistakes)

func oneMistake(t *rapid.T) mistake {
	return allMistakes[rapid.IntRange(0, len(allMistakes)-1).Draw(t, "number of the mistake")]
}

// isFoundLater reports whether a method of the cache finds the mistake.
func (m mistake) isFoundLater() bool {
	return slices.ContainsFunc(scalingMistakes, func(later mistake) bool { return later.name == m.name })
}

// checkRefused makes the cache, which has to panic with problems of the mistake's property and no other.
func checkRefused(t require.TestingT, m mistake, d *drawn) {
	defer func() {
		failure := recover()
		err, is := failure.(*rediscache.ValidationError)
		require.True(t, is, "%s: want a ValidationError, got %T: %v", m.name, failure, failure)
		require.NotEmpty(t, err.Problems)
		for _, problem := range err.Problems {
			assert.True(t, strings.HasPrefix(problem.Property, m.property), "%s: %s", m.name, problem)
		}
		made := d.stack.Node().TryFindChild(jsii.String("Cache"))
		assert.Equal(t, m.isFoundLater(), made != nil, "nothing may be made before the rules have passed")
	}()
	d.make()
}

// mistake makes valid props invalid in one property.
type mistake struct {
	name     string
	property string // that every problem's Property begins with
	make     func(d *drawn)
}

var mistakes = []mistake{
	{"no VPC", "Vpc", func(d *drawn) { d.Vpc = nil }},
	{"public subnets", "VpcSubnets", inSubnets(&awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC})},
	{"subnets that do not exist", "VpcSubnets", inSubnets(&awsec2.SubnetSelection{SubnetGroupName: jsii.String("Nowhere")})},
	{"subnets in one Availability Zone", "MultiAzEnabled", func(d *drawn) {
		withNodes(2)(d)
		d.Alarms = nil
		inSubnets(&awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{(*d.Vpc.IsolatedSubnets())[0]}})(d)
	}},
	{"an existing subnet group and subnets", "SubnetGroupName", func(d *drawn) {
		d.SubnetGroupName, d.VpcSubnets = jsii.String("legacy"), &awsec2.SubnetSelection{}
	}},
	{"an empty name", "Name", func(d *drawn) { d.Name = jsii.String("") }},
	{"a name in upper case", "Name", func(d *drawn) { d.Name = jsii.String("Prod") }},
	{"a name with two hyphens", "Name", func(d *drawn) { d.Name = jsii.String("a--b") }},
	{"a name of 35 characters", "Name", func(d *drawn) { d.Name = jsii.String(strings.Repeat("a", 35)) }},
	{"an id of 41 characters", "ReplicationGroupId", func(d *drawn) { d.ReplicationGroupId = jsii.String(strings.Repeat("a", 41)) }},
	{"a description of 256 characters", "Description", func(d *drawn) { d.Description = jsii.String(strings.Repeat("ä", 256)) }},
	{"a nil client", "AllowedSecurityGroups[0]", func(d *drawn) { d.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{nil} }},
	{"an empty list of security groups", "SecurityGroups", func(d *drawn) { d.SecurityGroups = &[]awsec2.ISecurityGroup{} }},
	{"port 1149", "Port", func(d *drawn) { d.Port = jsii.Number(1149) }},
	{"port 8005", "Port", func(d *drawn) { d.Port = jsii.Number(8005) }},
	{"a port that is not a number", "Port", func(d *drawn) { d.Port = jsii.Number(math.NaN()) }},
	{"Redis 5", "Engine", ofEngine("redis", "5.0.6", "redis5.0")},
	{"a family of another version", "Engine", ofEngine("redis", "7.1", "redis6.x")},
	{"no engine of ElastiCache", "Engine", ofEngine("keydb", "7.1", "redis7")},
	{"a node type without its prefix", "NodeType", func(d *drawn) { d.NodeType = jsii.String("r7g.large") }},
	{"a misspelt node type", "NodeType", func(d *drawn) { d.NodeType = jsii.String("cache.r7g.lagre") }},
	{"a retired node type", "NodeType", func(d *drawn) { d.NodeType = jsii.String("cache.m3.medium") }},
	{"a node type of Valkey for Redis", "NodeType", func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters, d.Alarms = rediscache.EngineVersion_REDIS_7_1(), jsii.String("cache.r8g.large"), nil, nil
	}},
	{"data tiering with LFU", "NodeType", func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters, d.Alarms = rediscache.EngineVersion_REDIS_7_1(), jsii.String("cache.r6gd.xlarge"), nil, nil
		d.MaxmemoryPolicy = rediscache.MaxmemoryPolicy_ALLKEYS_LFU
	}},
	{"no nodes", "NumCacheNodes", withNodes(0)},
	{"7 nodes", "NumCacheNodes", withNodes(7)},
	{"2.5 nodes", "NumCacheNodes", withNodes(2.5)},
	{"a number of nodes that is a token", "NumCacheNodes", func(d *drawn) { withNodes(*d.numberParameter("Nodes"))(d) }},
	{"Multi-AZ with one node", "MultiAzEnabled", func(d *drawn) {
		withNodes(1)(d)
		d.MultiAzEnabled, d.Alarms = jsii.Bool(true), nil
	}},
	{"no such policy", "MaxmemoryPolicy", func(d *drawn) { d.MaxmemoryPolicy, d.NodeType = "lru", nil }},
	{"a slow log threshold that is a token", "SlowLogThreshold", func(d *drawn) {
		d.SlowLogThreshold = awscdk.Duration_Millis(d.numberParameter("Slow"))
	}},
	{"an unknown parameter", "Parameters", withParameter("maxmemory-polizy", "noeviction")},
	{"a parameter out of range", "Parameters", withParameter("timeout", "10")},
	{"a parameter that the construct sets", "Parameters", withParameter("cluster-enabled", "yes")},
	{"a token in plain text", "Authentication", func(d *drawn) {
		ownToken(awscdk.SecretValue_UnsafePlainText(jsii.String("PlainTextToken123456")), nil)(d.props)
	}},
	{"no token", "Authentication", func(d *drawn) { ownToken(nil, nil)(d.props) }},
	{"an SSM secure string that is stored", "Authentication", func(d *drawn) {
		ownToken(awscdk.SecretValue_SsmSecure(jsii.String("/token"), jsii.String("1")), nil)(d.props)
	}},
	{"an asymmetric key", "EncryptionKey", func(d *drawn) {
		d.EncryptionKey = awskms.NewKey(d.stack, jsii.String("Asymmetric"), &awskms.KeyProps{
			KeySpec: awskms.KeySpec_RSA_2048, KeyUsage: awskms.KeyUsage_ENCRYPT_DECRYPT,
		})
	}},
	{"a retention of 36 days", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(36) }},
	{"half a day of retention", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(0.5) }},
	{"no daily window", "SnapshotWindow", func(d *drawn) { d.SnapshotWindow = jsii.String("3:00-5:00") }},
	{"half an hour of snapshots", "SnapshotWindow", func(d *drawn) { d.SnapshotWindow = jsii.String("03:00-03:30") }},
	{"windows that overlap", "SnapshotWindow", func(d *drawn) {
		d.SnapshotWindow, d.MaintenanceWindow = jsii.String("23:30-00:30"), jsii.String("sun:00:00-sun:02:00")
	}},
	{"no weekly window", "MaintenanceWindow", func(d *drawn) { d.MaintenanceWindow = jsii.String("Sun:05:00-Sun:07:00") }},
	{"an empty snapshot name", "SnapshotName", func(d *drawn) { d.SnapshotName, d.SnapshotArns = jsii.String(""), nil }},
	{"a snapshot and files", "SnapshotName", func(d *drawn) {
		withNodes(2)(d)
		d.SnapshotName, d.SnapshotArns = jsii.String("monday"), jsii.PtrSlice("arn:aws:s3:::bucket/a.rdb")
	}},
	{"no file of S3", "SnapshotArns[0]", func(d *drawn) {
		withNodes(2)(d)
		d.SnapshotName, d.SnapshotArns = nil, jsii.PtrSlice("s3://bucket/a.rdb")
	}},
	{"no removal policy", "RemovalPolicy", func(d *drawn) { d.RemovalPolicy = "KEEP" }},
	{"a nil action", "AlarmActions[0]", func(d *drawn) { d.AlarmActions = &actions{nil} }},
	{"101%", "Alarms.Cpu.Threshold", withAlarms(rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(101)}})},
	{"endless evictions", "Alarms.Evictions.Threshold", withAlarms(rediscache.AlarmOptions{
		Evictions: &rediscache.AlarmThreshold{Threshold: jsii.Number(math.Inf(1))},
	})},
	{"more than a day", "Alarms.CacheHitRate.EvaluationPeriods", withAlarms(rediscache.AlarmOptions{
		CacheHitRate: &rediscache.AlarmThreshold{EvaluationPeriods: jsii.Number(289)},
	})},
	{"lag without a replica", "Alarms.ReplicationLag", func(d *drawn) {
		withNodes(1)(d)
		withAlarms(rediscache.AlarmOptions{ReplicationLag: &rediscache.AlarmThreshold{}})(d)
	}},
	{"no such retention", "LogRetention", func(d *drawn) { d.LogRetention = "TWO_HOURS" }},
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

func (d *drawn) numberParameter(id string) *float64 {
	return awscdk.NewCfnParameter(d.stack, &id, &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber()
}

// withNodes disables cluster mode.
func withNodes(number float64) func(d *drawn) {
	return func(d *drawn) { d.NumCacheNodes, d.MultiAzEnabled, d.ClusterMode, d.scaling = &number, nil, nil, nil }
}

// inSubnets leaves out the subnet group that may be there instead.
func inSubnets(selection *awsec2.SubnetSelection) func(d *drawn) {
	return func(d *drawn) { d.VpcSubnets, d.SubnetGroupName = selection, nil }
}

// ofEngine leaves out what depends on the engine, which would be wrong with it.
func ofEngine(engine, version, family string) func(d *drawn) {
	return func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters = rediscache.EngineVersion_Of(&engine, &version, &family), nil, nil
		d.Authentication, d.Alarms = nil, nil
	}
}

func withParameter(name, value string) func(d *drawn) {
	return func(d *drawn) {
		d.Engine, d.NodeType, d.Alarms = rediscache.EngineVersion_REDIS_7_1(), nil, nil
		d.Parameters = &map[string]*string{name: &value}
	}
}

func withAlarms(options rediscache.AlarmOptions) func(d *drawn) {
	return func(d *drawn) { d.Alarms = &options }
}

func withTag(key string, value *string) func(d *drawn) {
	return func(d *drawn) { d.Tags = &map[string]*string{key: value} }
}
