package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestVpcAloneMakesAHighlyAvailableEncryptedCache(t *testing.T) {
	tpl := templateOf(t, nil)
	group := tpl.one(t, replicationGroup)
	delivery := func(log, group string) object {
		return object{
			"LogType": log, "LogFormat": "json", "DestinationType": "cloudwatch-logs",
			"DestinationDetails": object{"CloudWatchLogsDetails": object{"LogGroup": tpl.ref(t, group)}},
		}
	}
	assert.Equal(t, object{
		"ReplicationGroupDescription": "Redis query cache",
		"Engine":                      "redis",
		"EngineVersion":               "7.1",
		"CacheNodeType":               "cache.t3.small",
		"NumCacheClusters":            2.0,
		"AutomaticFailoverEnabled":    true,
		"MultiAZEnabled":              true,
		"AutoMinorVersionUpgrade":     true,
		"CacheParameterGroupName":     tpl.ref(t, "CacheParameterGroupRedis7"),
		"CacheSubnetGroupName":        tpl.ref(t, "CacheSubnetGroup"),
		"SecurityGroupIds":            list{tpl.getAtt(t, "CacheSecurityGroup", "GroupId")},
		"Port":                        6379.0,
		"AtRestEncryptionEnabled":     true,
		"TransitEncryptionEnabled":    true,
		"TransitEncryptionMode":       "required",
		"AuthToken":                   join("{{resolve:secretsmanager:", tpl.ref(t, "CacheAuthToken"), ":SecretString:auth_token::}}"),
		"SnapshotRetentionLimit":      7.0,
		"SnapshotWindow":              "03:00-05:00",
		"PreferredMaintenanceWindow":  "sun:05:00-sun:07:00",
		"LogDeliveryConfigurations":   list{delivery("slow-log", "CacheSlowLog"), delivery("engine-log", "CacheEngineLog")},
	}, group.Properties)
	assert.Equal(t, "Snapshot", group.DeletionPolicy)
	assert.Equal(t, "Snapshot", group.UpdateReplacePolicy)
}

func TestPropsReachTheReplicationGroup(t *testing.T) {
	tests := []struct {
		name   string
		change func(p *props)
		want   object // nil: the property is left out
	}{
		{"a name makes the id", func(p *props) { p.Name = jsii.String("securebase-prod") },
			object{"ReplicationGroupId": "securebase-prod-redis", "ReplicationGroupDescription": "Redis query cache securebase-prod"}},
		{"an id is used as it is", func(p *props) { p.ReplicationGroupId = jsii.String("legacy") },
			object{"ReplicationGroupId": "legacy", "ReplicationGroupDescription": "Redis query cache"}},
		{"an id wins over the name", func(p *props) {
			p.Name, p.ReplicationGroupId = jsii.String("securebase-prod"), jsii.String("legacy")
		}, object{"ReplicationGroupId": "legacy", "ReplicationGroupDescription": "Redis query cache securebase-prod"}},
		{"a description", func(p *props) { p.Description = jsii.String("Analytics") },
			object{"ReplicationGroupDescription": "Analytics"}},
		{"one node has failover and Multi-AZ explicitly off", func(p *props) { p.NumCacheNodes = jsii.Number(1) },
			object{"NumCacheClusters": 1.0, "AutomaticFailoverEnabled": false, "MultiAZEnabled": false}},
		{"replicas in one zone still fail over", func(p *props) { p.MultiAzEnabled = jsii.Bool(false) },
			object{"NumCacheClusters": 2.0, "AutomaticFailoverEnabled": true, "MultiAZEnabled": false}},
		{"six nodes", func(p *props) { p.NumCacheNodes = jsii.Number(6) }, object{"NumCacheClusters": 6.0, "MultiAZEnabled": true}},
		{"a port", func(p *props) { p.Port = jsii.Number(7000) }, object{"Port": 7000.0}},
		{"Valkey", func(p *props) { p.Engine = rediscache.EngineVersion_VALKEY_8_0() }, object{
			"Engine": "valkey", "EngineVersion": "8.0",
			"TransitEncryptionEnabled": true, "AtRestEncryptionEnabled": true, "TransitEncryptionMode": "required",
		}},
		{"Redis 6 requires TLS without the mode", func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() },
			object{"EngineVersion": "6.2", "TransitEncryptionEnabled": true, "TransitEncryptionMode": nil}},
		{"a node type", func(p *props) { p.NodeType = rediscache.NodeType_R6G_LARGE() },
			object{"CacheNodeType": "cache.r6g.large", "DataTieringEnabled": nil}},
		{"a type with data tiering has it on", func(p *props) { p.NodeType = rediscache.NodeType_R6GD_XLARGE() },
			object{"DataTieringEnabled": true}},
		{"no login", func(p *props) { p.Authentication = rediscache.Authentication_None() },
			object{"AuthToken": nil, "TransitEncryptionEnabled": true}},
		{"snapshots", func(p *props) {
			p.SnapshotRetentionLimit = jsii.Number(0)
			p.SnapshotWindow, p.MaintenanceWindow = jsii.String("01:00-02:00"), jsii.String("mon:03:00-mon:04:00")
		}, object{"SnapshotRetentionLimit": 0.0, "SnapshotWindow": "01:00-02:00", "PreferredMaintenanceWindow": "mon:03:00-mon:04:00"}},
		{"a restore by name", func(p *props) { p.SnapshotName = jsii.String("before-upgrade") },
			object{"SnapshotName": "before-upgrade"}},
		{"a restore from S3", func(p *props) { p.SnapshotArns = jsii.Strings("arn:aws:s3:::b/dump.rdb") },
			object{"SnapshotArns": list{"arn:aws:s3:::b/dump.rdb"}}},
		{"no minor upgrades", func(p *props) { p.AutoMinorVersionUpgrade = jsii.Bool(false) },
			object{"AutoMinorVersionUpgrade": false}},
		{"tags, of which CloudFormation adds none of its own", func(p *props) {
			p.Tags = &map[string]*string{"Tier": jsii.String("Premium"), "App": jsii.String("x")}
		}, object{"Tags": list{object{"Key": "App", "Value": "x"}, object{"Key": "Tier", "Value": "Premium"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := templateOf(t, test.change).one(t, replicationGroup).Properties
			for property, want := range test.want {
				assert.Equal(t, want, got[property], property)
			}
		})
	}
}

func TestPropsOfTheCallerAreNotChanged(t *testing.T) {
	f := newFixture()
	given := props{
		Vpc:        f.vpc,
		Parameters: &map[string]*string{"timeout": jsii.String("300")},
		Alarms:     &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{}},
	}
	copied := given
	rediscache.NewRedisCache(f.stack, jsii.String("Cache"), &given)
	assert.Equal(t, copied, given)
	assert.Len(t, *given.Parameters, 1)
	assert.Equal(t, rediscache.AlarmThreshold{}, *given.Alarms.Cpu)
}

func TestEveryResourceIsReachable(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	cache.ReplicationGroup().AddPropertyOverride(jsii.String("IpDiscovery"), "ipv4")
	cache.ParameterGroup().AddPropertyOverride(jsii.String("Description"), "mine")
	cache.SubnetGroup().AddPropertyOverride(jsii.String("Description"), "mine")
	tpl := synthesize(t, f.stack)
	assert.Equal(t, "ipv4", tpl.one(t, replicationGroup).Properties["IpDiscovery"])
	assert.Equal(t, "mine", tpl.one(t, parameterGroup).Properties["Description"])
	assert.Equal(t, "mine", tpl.one(t, subnetGroup).Properties["Description"])
	assert.Equal(t, tpl.ref(t, "CacheAuthToken"), f.stack.Resolve(cache.AuthTokenSecret().SecretArn()))
	assert.Equal(t, tpl.ref(t, "CacheConnection"), f.stack.Resolve(cache.ConnectionSecret().SecretArn()))
	assert.Equal(t, "Test/Cache", *cache.Node().Path())
	assert.Equal(t, "Test", *awscdk.Stack_Of(cache).StackName())
}

func TestTwoCachesFitIntoOneStack(t *testing.T) {
	f := newFixture()
	f.cacheNamed("A", nil)
	f.cacheNamed("B", nil)
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.allOf(replicationGroup), 2)
	assert.Len(t, tpl.allOf(secret), 4)
}

func TestVpcMayBeTheScopeOfItsCache(t *testing.T) {
	f := newFixture()
	rediscache.NewRedisCache(f.vpc, jsii.String("Cache"), &props{Vpc: f.vpc})
	assert.Len(t, synthesize(t, f.stack).allOf(replicationGroup), 1)
}

func TestScopeOutsideAStackIsRefused(t *testing.T) {
	f := newFixture()
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"no scope", func() { rediscache.NewRedisCache(nil, jsii.String("Cache"), &props{Vpc: f.vpc}) },
			invalid("Cache", "scope: is required; pass the stack")},
		{"an app", func() { rediscache.NewRedisCache(newApp(), jsii.String("Cache"), &props{Vpc: f.vpc}) },
			invalid("Cache", "scope: is not inside a stack; pass the stack, or a construct in it")},
		{"no id", func() { rediscache.NewRedisCache(f.stack, nil, &props{Vpc: f.vpc}) },
			invalid("Test", `id: is required; use one that is unique in its scope, such as "Cache"`)},
		{"a token as id", func() { rediscache.NewRedisCache(f.stack, awscdk.Aws_STACK_NAME(), &props{Vpc: f.vpc}) },
			invalid("Test/"+*awscdk.Aws_STACK_NAME(), "id: is a token, which the id of a construct cannot be; pass a literal")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.EqualError(t, validationError(t, test.call), test.want) })
	}
}

func TestNilPropsAreAProblemLikeAnyOther(t *testing.T) {
	f := newFixture()
	err := validationError(t, func() { rediscache.NewRedisCache(f.stack, jsii.String("Cache"), nil) })
	assert.EqualError(t, err, invalid("Test/Cache", "Vpc: is required; pass the awsec2.IVpc for the cache"))
}

func TestNothingIsMadeBeforeTheRulesHavePassed(t *testing.T) {
	f := newFixture()
	before := len(*f.stack.Node().FindAll(""))
	validationError(t, func() { f.cache(func(p *props) { p.Port = jsii.Number(1) }) })
	assert.Len(t, *f.stack.Node().FindAll(""), before)
}
