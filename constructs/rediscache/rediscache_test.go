package rediscache_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

const (
	replicationGroup = "AWS::ElastiCache::ReplicationGroup"
	parameterGroup   = "AWS::ElastiCache::ParameterGroup"
	subnetGroup      = "AWS::ElastiCache::SubnetGroup"
	securityGroup    = "AWS::EC2::SecurityGroup"
	ingress          = "AWS::EC2::SecurityGroupIngress"
	secret           = "AWS::SecretsManager::Secret"
	logGroup         = "AWS::Logs::LogGroup"
	alarm            = "AWS::CloudWatch::Alarm"
)

type (
	props  = rediscache.RedisCacheProps
	object = map[string]any
	list   = []any
)

// group is the replication group of a cache with the changed props.
func group(t *testing.T, change func(p *props)) resource {
	t.Helper()
	f := newFixture()
	f.cache(change)
	return synthesize(t, f.stack).the(t, replicationGroup)
}

func TestOnlyAVpcMakesAHighlyAvailableEncryptedCache(t *testing.T) {
	f := newFixture()
	f.cache(nil)
	tpl := synthesize(t, f.stack)
	got := tpl.the(t, replicationGroup)

	token := object{"Fn::Join": list{"", list{"{{resolve:secretsmanager:", object{"Ref": tpl.idOf(t, "CacheAuthToken")}, ":SecretString:auth_token::}}"}}}
	delivery := func(log, group string) object {
		return object{
			"LogType": log, "LogFormat": "json", "DestinationType": "cloudwatch-logs",
			"DestinationDetails": object{"CloudWatchLogsDetails": object{"LogGroup": object{"Ref": tpl.idOf(t, group)}}},
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
		"CacheParameterGroupName":     object{"Ref": tpl.idOf(t, "CacheParameterGroupRedis7")},
		"CacheSubnetGroupName":        object{"Ref": tpl.idOf(t, "CacheSubnetGroup")},
		"SecurityGroupIds":            list{object{"Fn::GetAtt": list{tpl.idOf(t, "CacheSecurityGroup"), "GroupId"}}},
		"Port":                        6379.0,
		"AtRestEncryptionEnabled":     true,
		"TransitEncryptionEnabled":    true,
		"TransitEncryptionMode":       "required",
		"AuthToken":                   token,
		"SnapshotRetentionLimit":      7.0,
		"SnapshotWindow":              "03:00-05:00",
		"PreferredMaintenanceWindow":  "sun:05:00-sun:07:00",
		"LogDeliveryConfigurations":   list{delivery("slow-log", "CacheSlowLog"), delivery("engine-log", "CacheEngineLog")},
	}, got.Properties)
	assert.Equal(t, "Snapshot", got.DeletionPolicy)
	assert.Equal(t, "Snapshot", got.UpdateReplacePolicy)
}

func TestPropsReachTheReplicationGroup(t *testing.T) {
	tests := []struct {
		name   string
		change func(p *props)
		want   object // nil: the property is left out
	}{
		{"a name makes the id", func(p *props) { p.Name = jsii.String("securebase-prod") },
			object{"ReplicationGroupId": "securebase-prod-redis", "ReplicationGroupDescription": "Redis query cache securebase-prod"}},
		{"a description", func(p *props) { p.Description = jsii.String("Analytics") }, object{"ReplicationGroupDescription": "Analytics"}},
		{"one node has failover and Multi-AZ explicitly off", func(p *props) { p.NumCacheNodes = jsii.Number(1) },
			object{"NumCacheClusters": 1.0, "AutomaticFailoverEnabled": false, "MultiAZEnabled": false}},
		{"replicas in one zone still fail over", func(p *props) { p.MultiAzEnabled = jsii.Bool(false) },
			object{"NumCacheClusters": 2.0, "AutomaticFailoverEnabled": true, "MultiAZEnabled": false}},
		{"six nodes", func(p *props) { p.NumCacheNodes = jsii.Number(6) }, object{"NumCacheClusters": 6.0, "MultiAZEnabled": true}},
		{"a port", func(p *props) { p.Port = jsii.Number(7000) }, object{"Port": 7000.0}},
		{"Valkey", func(p *props) { p.Engine = rediscache.EngineVersion_VALKEY_8_0() }, object{"Engine": "valkey", "EngineVersion": "8.0", "TransitEncryptionEnabled": true, "AtRestEncryptionEnabled": true, "TransitEncryptionMode": "required"}},
		{"Redis 6 requires TLS without being told the mode", func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() }, object{"EngineVersion": "6.2", "TransitEncryptionEnabled": true, "TransitEncryptionMode": nil}},
		{"a node type", func(p *props) { p.NodeType = jsii.String("cache.r6g.large") }, object{"CacheNodeType": "cache.r6g.large", "DataTieringEnabled": nil}},
		{"a type with data tiering has it on", func(p *props) { p.NodeType = jsii.String("cache.r6gd.xlarge") }, object{"DataTieringEnabled": true}},
		{"no AUTH", func(p *props) { p.Authentication = rediscache.Authentication_None() }, object{"AuthToken": nil, "TransitEncryptionEnabled": true}},
		{"snapshots", func(p *props) {
			p.SnapshotRetentionLimit, p.SnapshotWindow, p.MaintenanceWindow = jsii.Number(0), jsii.String("01:00-02:00"), jsii.String("mon:03:00-mon:04:00")
		}, object{"SnapshotRetentionLimit": 0.0, "SnapshotWindow": "01:00-02:00", "PreferredMaintenanceWindow": "mon:03:00-mon:04:00"}},
		{"a restore by name", func(p *props) { p.SnapshotName = jsii.String("before-upgrade") }, object{"SnapshotName": "before-upgrade"}},
		{"a restore from S3", func(p *props) { p.SnapshotArns = jsii.Strings("arn:aws:s3:::b/dump.rdb") }, object{"SnapshotArns": list{"arn:aws:s3:::b/dump.rdb"}}},
		{"no minor upgrades", func(p *props) { p.AutoMinorVersionUpgrade = jsii.Bool(false) }, object{"AutoMinorVersionUpgrade": false}},
		{"tags, of which CloudFormation puts none of its own", func(p *props) { p.Tags = &map[string]*string{"Tier": jsii.String("Premium"), "App": jsii.String("x")} },
			object{"Tags": list{object{"Key": "App", "Value": "x"}, object{"Key": "Tier", "Value": "Premium"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := group(t, test.change).Properties
			for property, want := range test.want {
				assert.Equal(t, want, got[property], property)
			}
		})
	}
}

func TestTheCallersPropsAreNotChanged(t *testing.T) {
	given := props{Vpc: newFixture().vpc, Parameters: &map[string]*string{"timeout": jsii.String("300")}, Alarms: &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{}}}
	copied := given
	f := newFixture()
	given.Vpc, copied.Vpc = f.vpc, f.vpc
	rediscache.NewRedisCache(f.stack, jsii.String("Cache"), &given)
	assert.Equal(t, copied, given)
	assert.Len(t, *given.Parameters, 1)
	assert.Equal(t, rediscache.AlarmThreshold{}, *given.Alarms.Cpu)
}

func TestSubnetsAreIsolatedElsePrivateNeverPublic(t *testing.T) {
	isolated := func(tpl template) list {
		return list{object{"Ref": tpl.idOf(t, "VpcIsolatedSubnet1Subnet")}, object{"Ref": tpl.idOf(t, "VpcIsolatedSubnet2Subnet")}}
	}
	private := func(tpl template) list {
		return list{object{"Ref": tpl.idOf(t, "VpcPrivateSubnet1Subnet")}, object{"Ref": tpl.idOf(t, "VpcPrivateSubnet2Subnet")}}
	}
	t.Run("isolated subnets by default", func(t *testing.T) {
		f := newFixture()
		f.cache(nil)
		tpl := synthesize(t, f.stack)
		assert.Equal(t, isolated(tpl), tpl.the(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("private ones if asked for", func(t *testing.T) {
		f := newFixture()
		f.cache(func(p *props) {
			p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
		})
		tpl := synthesize(t, f.stack)
		assert.Equal(t, private(tpl), tpl.the(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("private ones of a VPC without isolated", func(t *testing.T) {
		stack := awscdk.NewStack(newApp(), jsii.String("Test"), nil)
		vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2)})
		rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{Vpc: vpc})
		tpl := synthesize(t, stack)
		assert.Equal(t, private(tpl), tpl.the(t, subnetGroup).Properties["SubnetIds"])
	})
	t.Run("public ones are refused", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() {
			f.cache(func(p *props) { p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC} })
		})
		assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - VpcSubnets: are public; choose isolated or private subnets")
	})
	t.Run("a group of subnets that the VPC does not have is a problem, not an exception", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() {
			f.cache(func(p *props) { p.VpcSubnets = &awsec2.SubnetSelection{SubnetGroupName: jsii.String("Data")} })
		})
		require.Len(t, err.Problems, 1)
		assert.Equal(t, "VpcSubnets", err.Problems[0].Property)
		assert.Contains(t, err.Problems[0].Message, "select no subnet: ")
		assert.Contains(t, err.Problems[0].Message, "Data")
	})
}

func TestTheSecurityGroupLetsInOnlyWhomItIsTold(t *testing.T) {
	f := newFixture()
	client := awsec2.NewSecurityGroup(f.stack, jsii.String("Client"), &awsec2.SecurityGroupProps{Vpc: f.vpc})
	other := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Other"), jsii.String("sg-12345678"), nil)
	f.cache(func(p *props) {
		p.Port = jsii.Number(7000)
		p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{client, other}
	})
	tpl := synthesize(t, f.stack)

	id := tpl.idOf(t, "CacheSecurityGroup")
	assert.Equal(t, object{
		"GroupDescription": "Access to Redis query cache",
		"VpcId":            object{"Ref": tpl.idOf(t, "Vpc")},
		// CDK's way to say none: a rule that matches no traffic.
		"SecurityGroupEgress": list{object{"CidrIp": "255.255.255.255/32", "Description": "Disallow all traffic", "FromPort": 252.0, "IpProtocol": "icmp", "ToPort": 86.0}},
	}, tpl.Resources[id].Properties)
	var sources list
	for _, rule := range tpl.all(ingress) {
		assert.Equal(t, object{"Fn::GetAtt": list{id, "GroupId"}}, rule.Properties["GroupId"])
		assert.Equal(t, "Redis client", rule.Properties["Description"])
		assert.Equal(t, "tcp", rule.Properties["IpProtocol"])
		assert.Equal(t, 7000.0, rule.Properties["FromPort"])
		assert.Equal(t, 7000.0, rule.Properties["ToPort"])
		assert.NotContains(t, rule.Properties, "CidrIp")
		sources = append(sources, rule.Properties["SourceSecurityGroupId"])
	}
	assert.ElementsMatch(t, list{"sg-12345678", object{"Fn::GetAtt": list{tpl.idOf(t, "Client"), "GroupId"}}}, sources)
}

func TestASecurityGroupOfOnesOwnIsUsed(t *testing.T) {
	f := newFixture()
	own := awsec2.NewSecurityGroup(f.stack, jsii.String("Own"), &awsec2.SecurityGroupProps{Vpc: f.vpc})
	cache := f.cache(func(p *props) { p.SecurityGroups = &[]awsec2.ISecurityGroup{own} })
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.all(securityGroup), 1)
	assert.Equal(t, list{object{"Fn::GetAtt": list{tpl.idOf(t, "Own"), "GroupId"}}}, tpl.the(t, replicationGroup).Properties["SecurityGroupIds"])
	assert.Equal(t, []awsec2.ISecurityGroup{own}, *cache.SecurityGroups())
}

// connection is the connection secret's JSON, with what CloudFormation resolves written as <Ref ...> and <GetAtt ...>.
func connection(t *testing.T, secret resource) string {
	t.Helper()
	join := secret.Properties["SecretString"].(object)["Fn::Join"].(list)
	require.Equal(t, "", join[0])
	var text strings.Builder
	for _, part := range join[1].(list) {
		switch part := part.(type) {
		case string:
			text.WriteString(part)
		case object:
			if ref, ok := part["Ref"]; ok {
				text.WriteString("<Ref " + ref.(string) + ">")
				continue
			}
			attribute := part["Fn::GetAtt"].(list)
			text.WriteString("<" + attribute[0].(string) + "." + attribute[1].(string) + ">")
		}
	}
	return text.String()
}

func TestTwoSecretsBecauseOneCannotWork(t *testing.T) {
	t.Run("the token is generated, 32 letters and digits", func(t *testing.T) {
		f := newFixture()
		f.cache(nil)
		tpl := synthesize(t, f.stack)
		assert.Equal(t, object{"SecretStringTemplate": "{}", "GenerateStringKey": "auth_token", "PasswordLength": 32.0, "ExcludePunctuation": true, "IncludeSpace": false},
			tpl.Resources[tpl.idOf(t, "CacheAuthToken")].Properties["GenerateSecretString"])
	})
	t.Run("the connection has host, port as a number, token and, with replicas, the reader's host", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(nil)
		tpl := synthesize(t, f.stack)
		id := tpl.idOf(t, "CacheConnection")
		group := tpl.idOf(t, "CacheReplicationGroup")
		text := connection(t, tpl.Resources[id])
		assert.Equal(t, `{"host":"<`+group+`.PrimaryEndPoint.Address>","port":6379,"auth_token":"{{resolve:secretsmanager:<Ref `+tpl.idOf(t, "CacheAuthToken")+
			`>:SecretString:auth_token::}}","reader_host":"<`+group+`.ReaderEndPoint.Address>"}`, text)
		var parsed struct {
			Port json.Number `json:"port"`
		}
		require.NoError(t, json.Unmarshal([]byte(text), &parsed))
		assert.Equal(t, object{"Ref": id}, f.stack.Resolve(cache.ConnectionSecret().SecretArn()))
	})
	t.Run("without replicas there is no reader", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.NumCacheNodes = jsii.Number(1) })
		tpl := synthesize(t, f.stack)
		assert.NotContains(t, connection(t, tpl.Resources[tpl.idOf(t, "CacheConnection")]), "reader_host")
		assert.Nil(t, cache.ReaderEndpointAddress())
	})
	t.Run("a token of one's own is referred to, in the group and the connection", func(t *testing.T) {
		f := newFixture()
		f.cache(func(p *props) {
			p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_SecretsManager(
				jsii.String("legacy/redis"), &awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("token")}), nil)
		})
		tpl := synthesize(t, f.stack)
		only := tpl.the(t, secret)
		assert.Contains(t, connection(t, only), `"auth_token":"{{resolve:secretsmanager:legacy/redis:SecretString:token::}}"`)
		assert.Equal(t, "{{resolve:secretsmanager:legacy/redis:SecretString:token::}}", tpl.the(t, replicationGroup).Properties["AuthToken"])
	})
	t.Run("a token in a NoEcho parameter is referred to", func(t *testing.T) {
		f := newFixture()
		parameter := awscdk.NewCfnParameter(f.stack, jsii.String("Token"), &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)})
		f.cache(func(p *props) {
			p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_CfnParameter(parameter), nil)
		})
		assert.Equal(t, object{"Ref": "Token"}, synthesize(t, f.stack).the(t, replicationGroup).Properties["AuthToken"])
	})
	t.Run("plain text is refused without showing it", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() {
			f.cache(func(p *props) {
				p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_UnsafePlainText(jsii.String("sesame-open-now-1")), nil)
			})
		})
		assert.Equal(t, "Authentication", err.Problems[0].Property)
		assert.NotContains(t, err.Error(), "sesame")
	})
	t.Run("an SSM secure string cannot be stored in the connection", func(t *testing.T) {
		f := newFixture()
		err := validationError(t, func() {
			f.cache(func(p *props) {
				p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_SsmSecure(jsii.String("/redis/token"), jsii.String("1")), nil)
			})
		})
		assert.Contains(t, err.Error(), "Authentication: has a token from an SSM secure string")
	})
	t.Run("a token that is not stored has no connection secret", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) {
			p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_SsmSecure(jsii.String("/redis/token"), jsii.String("1")),
				&rediscache.TokenOptions{Store: jsii.Bool(false)})
		})
		tpl := synthesize(t, f.stack)
		assert.Empty(t, tpl.all(secret))
		assert.Nil(t, cache.ConnectionSecret())
		assert.Nil(t, cache.AuthTokenSecret())
		assert.Equal(t, "{{resolve:ssm-secure:/redis/token:1}}", tpl.the(t, replicationGroup).Properties["AuthToken"])
	})
	t.Run("without AUTH there is no secret", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_None() })
		assert.Empty(t, synthesize(t, f.stack).all(secret))
		assert.Nil(t, cache.ConnectionSecret())
		assert.Nil(t, cache.AuthTokenSecret())
	})
	t.Run("a port that is a token stays a number", func(t *testing.T) {
		f := newFixture()
		parameter := awscdk.NewCfnParameter(f.stack, jsii.String("Port"), &awscdk.CfnParameterProps{Type: jsii.String("Number"), Default: 6380})
		cache := f.cache(func(p *props) { p.Port = parameter.ValueAsNumber() })
		tpl := synthesize(t, f.stack)
		assert.Contains(t, connection(t, tpl.Resources[tpl.idOf(t, "CacheConnection")]), `"port":<Ref Port>,`)
		assert.Equal(t, object{"Ref": "Port"}, tpl.the(t, replicationGroup).Properties["Port"])
		assert.Equal(t, object{"Fn::Join": list{"", list{"rediss://", object{"Fn::GetAtt": list{tpl.idOf(t, "CacheReplicationGroup"), "PrimaryEndPoint.Address"}}, ":", object{"Ref": "Port"}}}},
			f.stack.Resolve(cache.ConnectionString()))
	})
}

func TestParameterGroup(t *testing.T) {
	tests := []struct {
		name, id string
		change   func(p *props)
		want     object
	}{
		{"least recently used keys go first, and 10 ms are slow", "CacheParameterGroupRedis7", nil,
			object{"CacheParameterGroupFamily": "redis7", "Description": "Parameters of Redis query cache", "Properties": object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}}},
		{"the policy and the threshold can be chosen", "CacheParameterGroupRedis7", func(p *props) {
			p.MaxmemoryPolicy, p.SlowLogThreshold = rediscache.MaxmemoryPolicy_VOLATILE_TTL, awscdk.Duration_Millis(jsii.Number(2.5))
		}, object{"CacheParameterGroupFamily": "redis7", "Description": "Parameters of Redis query cache", "Properties": object{"maxmemory-policy": "volatile-ttl", "slowlog-log-slower-than": "2500"}}},
		{"Parameters add to the two, and win", "CacheParameterGroupRedis7", func(p *props) {
			p.Parameters = &map[string]*string{"timeout": jsii.String("300"), "slowlog-log-slower-than": jsii.String("-1")}
		}, object{"CacheParameterGroupFamily": "redis7", "Description": "Parameters of Redis query cache", "Properties": object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "-1", "timeout": "300"}}},
		{"another family is another group", "CacheParameterGroupRedis6x", func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() },
			object{"CacheParameterGroupFamily": "redis6.x", "Description": "Parameters of Redis query cache", "Properties": object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}}},
		{"Valkey has families of its own", "CacheParameterGroupValkey8", func(p *props) { p.Engine = rediscache.EngineVersion_VALKEY_8_1() },
			object{"CacheParameterGroupFamily": "valkey8", "Description": "Parameters of Redis query cache", "Properties": object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			f.cache(test.change)
			tpl := synthesize(t, f.stack)
			assert.Equal(t, test.want, tpl.Resources[tpl.idOf(t, test.id)].Properties)
			assert.Len(t, tpl.all(parameterGroup), 1)
		})
	}
}

func TestLogs(t *testing.T) {
	t.Run("a name makes the names of the log groups", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.Name = jsii.String("securebase-prod") })
		tpl := synthesize(t, f.stack)
		assert.Equal(t, object{"LogGroupName": "/aws/elasticache/securebase-prod/redis/slow-log", "RetentionInDays": 30.0}, tpl.Resources[tpl.idOf(t, "CacheSlowLog")].Properties)
		assert.Equal(t, object{"LogGroupName": "/aws/elasticache/securebase-prod/redis/engine-log", "RetentionInDays": 30.0}, tpl.Resources[tpl.idOf(t, "CacheEngineLog")].Properties)
		assert.Equal(t, object{"Ref": tpl.idOf(t, "CacheSlowLog")}, f.stack.Resolve(cache.SlowLogGroup().LogGroupName()))
		assert.Equal(t, object{"Ref": tpl.idOf(t, "CacheEngineLog")}, f.stack.Resolve(cache.EngineLogGroup().LogGroupName()))
	})
	t.Run("they can be kept for ever", func(t *testing.T) {
		f := newFixture()
		f.cache(func(p *props) { p.LogRetention = awslogs.RetentionDays_INFINITE })
		for _, logs := range synthesize(t, f.stack).all(logGroup) {
			assert.NotContains(t, logs.Properties, "RetentionInDays")
		}
	})
	t.Run("Redis 6.0 has no engine log", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_0() })
		tpl := synthesize(t, f.stack)
		assert.Len(t, tpl.all(logGroup), 1)
		assert.Len(t, tpl.the(t, replicationGroup).Properties["LogDeliveryConfigurations"], 1)
		assert.Nil(t, cache.EngineLogGroup())
	})
}

func TestAKeyEncryptsEverythingAndAdmitsTheLogs(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	f.cache(func(p *props) { p.Name, p.EncryptionKey = jsii.String("securebase-prod"), key })
	tpl := synthesize(t, f.stack)

	arn := object{"Fn::GetAtt": list{tpl.idOf(t, "Key"), "Arn"}}
	assert.Equal(t, arn, tpl.the(t, replicationGroup).Properties["KmsKeyId"])
	for _, resourceType := range []string{secret, logGroup} {
		assert.Len(t, tpl.all(resourceType), 2)
		for id, r := range tpl.all(resourceType) {
			assert.Equal(t, arn, r.Properties["KmsKeyId"], id)
		}
	}
	policy := tpl.the(t, "AWS::KMS::Key").Properties["KeyPolicy"].(object)["Statement"].(list)
	assert.Contains(t, policy, object{
		"Effect":    "Allow",
		"Principal": object{"Service": object{"Fn::Join": list{"", list{"logs.", object{"Ref": "AWS::Region"}, ".amazonaws.com"}}}},
		"Action":    list{"kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		"Resource":  "*",
		"Condition": object{"ArnLike": object{"kms:EncryptionContext:aws:logs:arn": object{"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/elasticache/securebase-prod/redis/*"}}},
	})
}

func TestAKeyOfTheWrongKindIsRefused(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), &awskms.KeyProps{KeySpec: awskms.KeySpec_RSA_2048, KeyUsage: awskms.KeyUsage_ENCRYPT_DECRYPT})
	err := validationError(t, func() { f.cache(func(p *props) { p.EncryptionKey = key }) })
	assert.Equal(t, []rediscache.Problem{{Property: "EncryptionKey", Value: `"RSA_2048"`, Message: "is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT"}}, err.Problems)
}

func TestRemovalPolicyIsFollowedByWhatTheGroupNeeds(t *testing.T) {
	tests := []struct {
		policy                       awscdk.RemovalPolicy
		group, supporting, parameter string
	}{
		{awscdk.RemovalPolicy_SNAPSHOT, "Snapshot", "Delete", ""},
		{awscdk.RemovalPolicy_DESTROY, "Delete", "Delete", ""},
		{awscdk.RemovalPolicy_RETAIN, "Retain", "Retain", "Retain"},
		{awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, "RetainExceptOnCreate", "RetainExceptOnCreate", "RetainExceptOnCreate"},
	}
	for _, test := range tests {
		t.Run(string(test.policy), func(t *testing.T) {
			f := newFixture()
			f.cache(func(p *props) { p.RemovalPolicy = test.policy })
			tpl := synthesize(t, f.stack)
			assert.Equal(t, test.group, tpl.the(t, replicationGroup).DeletionPolicy)
			assert.Equal(t, test.parameter, tpl.the(t, parameterGroup).DeletionPolicy)
			assert.Equal(t, test.parameter, tpl.the(t, subnetGroup).DeletionPolicy)
			assert.Equal(t, test.parameter, tpl.the(t, securityGroup).DeletionPolicy)
			for _, resourceType := range []string{secret, logGroup} {
				for id, r := range tpl.all(resourceType) {
					assert.Equal(t, test.supporting, r.DeletionPolicy, id)
				}
			}
			for id, r := range tpl.all(alarm) {
				assert.Empty(t, r.DeletionPolicy, id)
			}
		})
	}
}

func TestANotificationTopicIsToldOfEvents(t *testing.T) {
	f := newFixture()
	topic := awssns.NewTopic(f.stack, jsii.String("Events"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	f.cache(func(p *props) { p.NotificationTopic = topic })
	tpl := synthesize(t, f.stack)
	group := tpl.the(t, replicationGroup)
	assert.Equal(t, object{"Ref": tpl.idOf(t, "Events")}, group.Properties["NotificationTopicArn"])
	assert.Contains(t, group.DependsOn, tpl.idOf(t, "EventsPolicy"), "ElastiCache gives up on a topic that refuses it")
}

func TestATopicOfAnotherStackIsReferredToAndNothingElse(t *testing.T) {
	app := newApp()
	topics := awscdk.NewStack(app, jsii.String("Topics"), nil)
	topic := awssns.Topic_FromTopicArn(topics, jsii.String("Events"), jsii.String("arn:aws:sns:eu-central-1:123456789012:events"))
	stack := awscdk.NewStack(app, jsii.String("Test"), nil)
	rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{Vpc: newVpc(stack), NotificationTopic: topic})
	assert.Equal(t, "arn:aws:sns:eu-central-1:123456789012:events", synthesize(t, stack).the(t, replicationGroup).Properties["NotificationTopicArn"])
	assert.Empty(t, *stack.Dependencies())
}

func TestATopicThatElastiCacheCannotPublishToIsRefused(t *testing.T) {
	f := newFixture()
	tests := []struct {
		name  string
		topic awssns.ITopic
		want  string
	}{
		{"encrypted", awssns.NewTopic(f.stack, jsii.String("Encrypted"), &awssns.TopicProps{MasterKey: awskms.NewKey(f.stack, jsii.String("Key"), nil)}),
			"is encrypted, so ElastiCache cannot publish to it; use a separate topic without a key"},
		{"FIFO", awssns.NewTopic(f.stack, jsii.String("Fifo"), &awssns.TopicProps{Fifo: jsii.Bool(true)}),
			"is a FIFO topic, which ElastiCache cannot publish to; use a standard one"},
		{"FIFO of another app", awssns.Topic_FromTopicArn(f.stack, jsii.String("Imported"), jsii.String("arn:aws:sns:eu-central-1:123456789012:events.fifo")),
			"is a FIFO topic, which ElastiCache cannot publish to; use a standard one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() { f.cache(func(p *props) { p.NotificationTopic = test.topic }) })
			assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - NotificationTopic: "+test.want)
		})
	}
}

func TestAnAliasIsNoKey(t *testing.T) {
	f := newFixture()
	for name, key := range map[string]awskms.IKey{
		"imported": awskms.Alias_FromAliasName(f.stack, jsii.String("Imported"), jsii.String("alias/cache")),
		"made":     awskms.NewKey(f.stack, jsii.String("Key"), nil).AddAlias(jsii.String("alias/own")),
	} {
		err := validationError(t, func() { f.cache(func(p *props) { p.EncryptionKey = key }) })
		assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n"+
			"  - EncryptionKey: is a key alias, which cannot be used in a grant; pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)", name)
	}
}

func TestASecondCacheOfTheSameNameIsRefused(t *testing.T) {
	f := newFixture()
	named := func(id string) {
		rediscache.NewRedisCache(f.stack, &id, &props{Vpc: f.vpc, Name: jsii.String("securebase-prod")})
	}
	named("A")
	err := validationError(t, func() { named("B") })
	assert.EqualError(t, err, "RedisCache [Test/B]: 1 invalid property:\n"+
		`  - Name: "securebase-prod" is the name of A in the same stack already; give each cache its own`)
	other := newFixture()
	other.cache(func(p *props) { p.Name = jsii.String("securebase-prod") }) // in another stack, of another app
}

func TestTheSameSecurityGroupTwiceIsRefused(t *testing.T) {
	f := newFixture()
	group := func(id string) awsec2.ISecurityGroup {
		return awsec2.SecurityGroup_FromSecurityGroupId(f.stack, &id, jsii.String("sg-12345678"), nil)
	}
	err := validationError(t, func() {
		f.cache(func(p *props) { p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{group("A"), group("B")} })
	})
	assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n"+
		`  - AllowedSecurityGroups[1]: "sg-12345678" is the same as [0]; leave it out`)
}

func TestMultiAzLooksAtTheZonesOfTheSubnetsThemselves(t *testing.T) {
	stack := awscdk.NewStack(newApp(), jsii.String("Test"), nil)
	// A VPC may have more zones than its isolated subnets.
	subnet := func(id, zone string) awsec2.ISubnet {
		return awsec2.Subnet_FromSubnetAttributes(stack, &id, &awsec2.SubnetAttributes{SubnetId: jsii.String("subnet-" + id), AvailabilityZone: &zone})
	}
	vpc := newVpc(stack)
	err := validationError(t, func() {
		rediscache.NewRedisCache(stack, jsii.String("One"), &props{Vpc: vpc, VpcSubnets: &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{subnet("1", "a"), subnet("2", "a")}}})
	})
	assert.Contains(t, err.Error(), `MultiAzEnabled: true needs subnets in two or more Availability Zones, but VpcSubnets has only "a"`)
	rediscache.NewRedisCache(stack, jsii.String("Two"), &props{Vpc: vpc, VpcSubnets: &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{subnet("3", "a"), subnet("4", "b")}}})
	unknown := awsec2.Subnet_FromSubnetId(stack, jsii.String("Unknown"), jsii.String("subnet-5"))
	rediscache.NewRedisCache(stack, jsii.String("Unknown zones"), &props{Vpc: vpc, VpcSubnets: &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{unknown}}})

	err = validationError(t, func() {
		rediscache.NewRedisCache(stack, jsii.String("Nil"), &props{Vpc: vpc, VpcSubnets: &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{nil}}})
	})
	assert.EqualError(t, err, "RedisCache [Test/Nil]: 1 invalid property:\n  - VpcSubnets: select no subnet: Subnets[0] is nil")
	err = validationError(t, func() {
		rediscache.NewRedisCache(stack, jsii.String("Foreign"), &props{Vpc: vpc, VpcSubnets: &awsec2.SubnetSelection{Subnets: newFixture().vpc.PublicSubnets()}})
	})
	assert.Contains(t, err.Error(), "VpcSubnets: are public")
}

func TestAVpcMayBeTheScopeOfItsCache(t *testing.T) {
	f := newFixture()
	rediscache.NewRedisCache(f.vpc, jsii.String("Cache"), &props{Vpc: f.vpc})
	assert.Len(t, synthesize(t, f.stack).all(replicationGroup), 1)
}

func TestAPlaceOutsideAStackIsRefused(t *testing.T) {
	f := newFixture()
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"no scope", func() { rediscache.NewRedisCache(nil, jsii.String("Cache"), &props{Vpc: f.vpc}) },
			"RedisCache [Cache]: 1 invalid property:\n  - scope: is required; pass the stack"},
		{"an app", func() { rediscache.NewRedisCache(newApp(), jsii.String("Cache"), &props{Vpc: f.vpc}) },
			"RedisCache [Cache]: 1 invalid property:\n  - scope: is not inside a stack; pass the stack, or a construct in it"},
		{"no id", func() { rediscache.NewRedisCache(f.stack, nil, &props{Vpc: f.vpc}) },
			"RedisCache [Test]: 1 invalid property:\n  - id: is required; use one that is unique in its scope, such as \"Cache\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.EqualError(t, validationError(t, test.call), test.want) })
	}
}

func TestPlainTextBesideAReferenceIsPlainText(t *testing.T) {
	f := newFixture()
	for name, text := range map[string]string{
		"before a token":    "SuperSecretToken12345" + *awscdk.Aws_REGION(),
		"after a reference": "{{resolve:secretsmanager:x:SecretString:t::}}plainSuffix1234",
	} {
		err := validationError(t, func() {
			f.cache(func(p *props) {
				p.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_UnsafePlainText(&text), nil)
			})
		})
		assert.Contains(t, err.Error(), "Authentication: has a token in plain text", name)
		assert.NotContains(t, err.Error(), "plainSuffix", name)
	}
	secure := awscdk.SecretValue_SsmSecure(awscdk.NewCfnParameter(f.stack, jsii.String("P"), nil).ValueAsString(), nil)
	err := validationError(t, func() {
		f.cache(func(p *props) { p.Authentication = rediscache.Authentication_Token(secure, nil) })
	})
	assert.Contains(t, err.Error(), "Authentication: has a token from an SSM secure string")
}

func TestTagsReachEveryResourceThatTakesThem(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Tags = &map[string]*string{"Project": jsii.String("SecureBase")} })
	tpl := synthesize(t, f.stack)
	for id, r := range tpl.Resources {
		if !strings.HasPrefix(id, "Cache") {
			continue
		}
		assert.Equal(t, list{object{"Key": "Project", "Value": "SecureBase"}}, r.Properties["Tags"], id)
	}
}

func TestWithoutANameCloudFormationNamesEverything(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Dashboard = jsii.Bool(true) })
	tpl := synthesize(t, f.stack)
	for id, r := range tpl.Resources {
		for _, name := range []string{"ReplicationGroupId", "LogGroupName", "Name", "AlarmName", "DashboardName", "GroupName", "CacheSubnetGroupName"} {
			if r.Type == replicationGroup && name == "CacheSubnetGroupName" {
				continue // a reference there
			}
			assert.NotContains(t, r.Properties, name, id)
		}
	}
}

func TestEveryPhysicalNameBeginsWithTheName(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Name, p.Dashboard = jsii.String("securebase-prod"), jsii.Bool(true) })
	names := map[string]bool{}
	for _, r := range synthesize(t, f.stack).Resources {
		for _, property := range []string{"ReplicationGroupId", "LogGroupName", "Name", "AlarmName", "DashboardName"} {
			if name := r.Properties[property]; name != nil {
				if join, is := name.(object); is { // the dashboard's has the region at its end
					name = join["Fn::Join"].(list)[1].(list)[0]
				}
				names[fmt.Sprint(r.Type, " ", name)] = true
				assert.Regexp(t, "^(/aws/elasticache/)?securebase-prod[-/]", name)
			}
		}
	}
	assert.Len(t, names, 1+2+2+18+1)
}

func TestTwoCachesInOneStack(t *testing.T) {
	f := newFixture()
	for _, id := range []string{"A", "B"} {
		rediscache.NewRedisCache(f.stack, &id, &props{Vpc: f.vpc})
	}
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.all(replicationGroup), 2)
	assert.Len(t, tpl.all(secret), 4)
}

func TestANameThatIsATokenWorks(t *testing.T) {
	f := newFixture()
	name := awscdk.NewCfnParameter(f.stack, jsii.String("Prefix"), nil).ValueAsString()
	f.cache(func(p *props) { p.Name = name })
	tpl := synthesize(t, f.stack)
	assert.Equal(t, object{"Fn::Join": list{"", list{object{"Ref": "Prefix"}, "-redis"}}}, tpl.the(t, replicationGroup).Properties["ReplicationGroupId"])
	// The id is stored in lower case, so the alarms ask for it as it is stored.
	dimensions := tpl.Resources[tpl.idOf(t, "CacheCpuAlarm1")].Properties["Dimensions"]
	assert.Equal(t, list{object{"Name": "CacheClusterId", "Value": object{"Fn::Join": list{"", list{object{"Ref": tpl.idOf(t, "CacheReplicationGroup")}, "-001"}}}}}, dimensions)
}

func TestNilPropsAreAProblemLikeAnyOther(t *testing.T) {
	f := newFixture()
	err := validationError(t, func() { rediscache.NewRedisCache(f.stack, jsii.String("Cache"), nil) })
	assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - Vpc: is required; pass the awsec2.IVpc for the cache")
}

func TestNothingIsMadeBeforeTheRulesHavePassed(t *testing.T) {
	f := newFixture()
	before := len(*f.stack.Node().FindAll(""))
	validationError(t, func() { f.cache(func(p *props) { p.Port = jsii.Number(1) }) })
	assert.Len(t, *f.stack.Node().FindAll(""), before)
}
