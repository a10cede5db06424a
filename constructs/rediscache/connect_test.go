package rediscache_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func newFunction(stack awscdk.Stack, vpc awsec2.IVpc) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String("Fn"), &awslambda.FunctionProps{
		Runtime:    awslambda.Runtime_PYTHON_3_12(),
		Handler:    jsii.String("index.handler"),
		Code:       awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
		Vpc:        vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
	})
}

// statements of the function's policy.
func statements(t *testing.T, tpl template) list {
	t.Helper()
	return tpl.the(t, "AWS::IAM::Policy").Properties["PolicyDocument"].(object)["Statement"].(list)
}

func TestConnectFunctionIsAllThatAFunctionNeeds(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	cache := f.cache(func(p *props) { p.EncryptionKey = key })
	cache.ConnectFunction(newFunction(f.stack, f.vpc), nil)
	tpl := synthesize(t, f.stack)

	connection := object{"Ref": tpl.idOf(t, "CacheConnection")}
	fn := tpl.Resources[tpl.idOf(t, "Fn")]
	assert.Equal(t, object{"Variables": object{
		"REDIS_HOST":        object{"Fn::GetAtt": list{tpl.idOf(t, "CacheReplicationGroup"), "PrimaryEndPoint.Address"}},
		"REDIS_PORT":        "6379",
		"REDIS_READER_HOST": object{"Fn::GetAtt": list{tpl.idOf(t, "CacheReplicationGroup"), "ReaderEndPoint.Address"}},
		"REDIS_AUTH_SECRET": connection,
	}}, fn.Properties["Environment"])

	rule := tpl.the(t, ingress).Properties
	assert.Equal(t, object{"Fn::GetAtt": list{tpl.idOf(t, "CacheSecurityGroup"), "GroupId"}}, rule["GroupId"])
	assert.Equal(t, object{"Fn::GetAtt": list{tpl.idOf(t, "FnSecurityGroup"), "GroupId"}}, rule["SourceSecurityGroupId"])
	assert.Equal(t, 6379.0, rule["FromPort"])
	assert.Equal(t, "Redis client", rule["Description"])

	assert.Equal(t, list{
		object{"Effect": "Allow", "Action": list{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, "Resource": connection},
		object{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": object{"Fn::GetAtt": list{tpl.idOf(t, "Key"), "Arn"}},
			"Condition": object{"StringEquals": object{"kms:ViaService": object{"Fn::Join": list{"", list{"secretsmanager.", object{"Ref": "AWS::Region"}, ".amazonaws.com"}}}}}},
	}, statements(t, tpl), "the connection secret and its key, and nothing else")
}

func TestConnectFunctionWithoutAuthOpensTheNetworkOnly(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Authentication = rediscache.Authentication_None() }).ConnectFunction(newFunction(f.stack, f.vpc), nil)
	tpl := synthesize(t, f.stack)
	variables := tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"].(object)["Variables"].(object)
	assert.Equal(t, []string{"REDIS_HOST", "REDIS_PORT", "REDIS_READER_HOST"}, slices.Sorted(maps.Keys(variables)))
	assert.Len(t, tpl.all(ingress), 1)
	assert.Empty(t, tpl.all("AWS::IAM::Policy"))
}

func TestAFunctionInAnotherStackMakesNoCycle(t *testing.T) {
	app := newApp()
	network := awscdk.NewStack(app, jsii.String("Network"), nil)
	vpc := newVpc(network)
	cacheStack := awscdk.NewStack(app, jsii.String("Cache"), nil)
	key := awskms.NewKey(cacheStack, jsii.String("Key"), nil)
	cache := rediscache.NewRedisCache(cacheStack, jsii.String("Cache"), &props{Vpc: vpc, EncryptionKey: key})
	functions := awscdk.NewStack(app, jsii.String("Functions"), nil)
	cache.ConnectFunction(newFunction(functions, vpc), nil)
	app.Synth(nil) // panics on a cyclic dependency

	dependencies := *functions.Dependencies()
	names := []string{}
	for _, d := range dependencies {
		names = append(names, *d.StackName())
	}
	assert.ElementsMatch(t, []string{"Network", "Cache"}, names)
	assert.Len(t, synthesize(t, functions).all(ingress), 1, "the rule is in the function's stack")
	assert.Empty(t, synthesize(t, cacheStack).all(ingress))
	assert.Len(t, *cacheStack.Dependencies(), 1)
}

func TestAFunctionWithoutEgressGetsARuleAndOneWithNone(t *testing.T) {
	connect := func(allowAllOutbound bool) template {
		f := newFixture()
		group := awsec2.NewSecurityGroup(f.stack, jsii.String("FnGroup"), &awsec2.SecurityGroupProps{Vpc: f.vpc, AllowAllOutbound: &allowAllOutbound})
		fn := awslambda.NewFunction(f.stack, jsii.String("Fn"), &awslambda.FunctionProps{
			Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
			Vpc: f.vpc, VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}, SecurityGroups: &[]awsec2.ISecurityGroup{group},
		})
		f.cache(nil).ConnectFunction(fn, nil)
		for _, entry := range *group.Node().Metadata() {
			assert.NotEqual(t, "aws:cdk:warning", *entry.Type, "%v", entry.Data)
		}
		return synthesize(t, f.stack)
	}
	closed := connect(false)
	egress := closed.the(t, "AWS::EC2::SecurityGroupEgress").Properties
	assert.Equal(t, object{"Fn::GetAtt": list{closed.idOf(t, "CacheSecurityGroup"), "GroupId"}}, egress["DestinationSecurityGroupId"])
	assert.Equal(t, 6379.0, egress["FromPort"])
	assert.Len(t, closed.all(ingress), 1)
	open := connect(true)
	assert.Empty(t, open.all("AWS::EC2::SecurityGroupEgress"))
	assert.Len(t, open.all(ingress), 1)
}

func TestConnectingTwiceIsConnectingOnce(t *testing.T) {
	f := newFixture()
	client := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Imported"), jsii.String("sg-12345678"), nil)
	fn := awslambda.NewFunction(f.stack, jsii.String("Fn"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
		Vpc: f.vpc, VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}, SecurityGroups: &[]awsec2.ISecurityGroup{client},
	})
	// The group of the function is among the allowed ones too, imported a second time.
	again := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Again"), jsii.String("sg-12345678"), nil)
	cache := f.cache(func(p *props) { p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{again} })
	cache.ConnectFunction(fn, nil)
	cache.ConnectFunction(fn, nil)
	assert.Len(t, synthesize(t, f.stack).all(ingress), 1)
}

func TestTwoFunctionsConnectToOneCache(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	cache.ConnectFunction(newFunction(f.stack, f.vpc), nil)
	cache.ConnectFunction(awslambda.NewFunction(f.stack, jsii.String("Fn2"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")), Vpc: f.vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
	}), nil)
	assert.Len(t, synthesize(t, f.stack).all(ingress), 2)
}

func TestConnectionsWorkFromBothSides(t *testing.T) {
	for _, test := range []struct {
		name    string
		connect func(cache rediscache.RedisCache, client awsec2.SecurityGroup)
	}{
		{"the cache allows a client", func(cache rediscache.RedisCache, client awsec2.SecurityGroup) {
			cache.Connections().AllowDefaultPortFrom(client, jsii.String("client"))
		}},
		{"a client is allowed to the cache", func(cache rediscache.RedisCache, client awsec2.SecurityGroup) {
			client.Connections().AllowToDefaultPort(cache, jsii.String("client"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			test.connect(f.cache(nil), awsec2.NewSecurityGroup(f.stack, jsii.String("Client"), &awsec2.SecurityGroupProps{Vpc: f.vpc}))
			rule := synthesize(t, f.stack).the(t, ingress).Properties
			assert.Equal(t, 6379.0, rule["FromPort"])
			assert.Equal(t, 6379.0, rule["ToPort"])
		})
	}
}

func TestWhatCannotBeConnectedIsAValidationError(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	open := rediscache.NewRedisCache(f.stack, jsii.String("Open"), &props{Vpc: f.vpc, Authentication: rediscache.Authentication_None()})
	outside := awslambda.NewFunction(f.stack, jsii.String("Outside"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
	})
	inside := newFunction(f.stack, f.vpc)
	role := awsiam.NewRole(f.stack, jsii.String("Role"), &awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil)})
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"a function outside a VPC", func() { cache.ConnectFunction(outside, nil) },
			"RedisCache [Test/Cache]: 1 invalid property:\n  - fn: \"Test/Outside\" is not in a VPC, so it cannot reach the cache; give it the cache's Vpc, with a route to Secrets Manager"},
		{"no function", func() { cache.ConnectFunction(nil, nil) }, "RedisCache [Test/Cache]: 1 invalid property:\n  - fn: is required; pass a Lambda function in a VPC"},
		{"a grant without a secret", func() { open.GrantConnect(role) },
			"RedisCache [Test/Open]: 1 invalid property:\n  - GrantConnect: has nothing to grant: the cache has no login, or its token is not stored and you grant access to it yourself"},
		{"a grant to nobody", func() { cache.GrantConnect(nil) }, "RedisCache [Test/Cache]: 1 invalid property:\n  - grantee: is required; pass a role, user, group or function of this account"},
		{"a grant to who has no policy", func() { cache.GrantConnect(awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil)) },
			"RedisCache [Test/Cache]: 1 invalid property:\n  - grantee: has no policy of its own to add the statement to; pass a role, user, group or function of this account"},
		{"a second cache for one function", func() {
			cache.ConnectFunction(inside, nil)
			open.ConnectFunction(inside, nil)
		},
			"RedisCache [Test/Open]: 1 invalid property:\n  - fn: \"Test/Fn\" is connected to Test/Cache in the variables REDIS_*; give this connection an EnvironmentPrefix of its own"},
		{"a metric without a name", func() { cache.Metric(nil, nil) },
			"RedisCache [Test/Cache]: 1 invalid property:\n  - name: is required; pass a metric of ElastiCache, such as \"CurrItems\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.EqualError(t, validationError(t, test.call), test.want)
		})
	}
}

func TestMetrics(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.Name = jsii.String("securebase-prod") })
	first, second := (*cache.Members())[0], (*cache.Members())[1]
	type metric func(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	tests := []struct {
		name, statistic string
		first, second   metric
	}{
		{"CPUUtilization", "Average", first.MetricCpuUtilization, second.MetricCpuUtilization},
		{"EngineCPUUtilization", "Average", first.MetricEngineCpuUtilization, second.MetricEngineCpuUtilization},
		{"DatabaseMemoryUsagePercentage", "Average", first.MetricDatabaseMemoryUsagePercentage, second.MetricDatabaseMemoryUsagePercentage},
		{"Evictions", "Sum", first.MetricEvictions, second.MetricEvictions},
		{"CacheHitRate", "Average", first.MetricCacheHitRate, second.MetricCacheHitRate},
		{"ReplicationLag", "Maximum", first.MetricReplicationLag, second.MetricReplicationLag},
		{"CurrConnections", "Maximum", first.MetricCurrConnections, second.MetricCurrConnections},
		{"NetworkBytesIn", "Average", func(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
			return first.Metric(jsii.String("NetworkBytesIn"), options)
		}, func(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
			return second.Metric(jsii.String("NetworkBytesIn"), options)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first := test.first(nil)
			assert.Equal(t, "AWS/ElastiCache", *first.Namespace())
			assert.Equal(t, test.name, *first.MetricName())
			assert.Equal(t, test.statistic, *first.Statistic())
			assert.Equal(t, map[string]any{"CacheClusterId": "securebase-prod-redis-001"}, *first.Dimensions())
			second := test.second(&awscloudwatch.MetricOptions{
				Statistic: jsii.String("p99"), Period: awscdk.Duration_Minutes(jsii.Number(1)), DimensionsMap: &map[string]*string{"CacheNodeId": jsii.String("0001")},
			})
			assert.Equal(t, "p99", *second.Statistic())
			assert.Equal(t, 60.0, *second.Period().ToSeconds(nil))
			assert.Equal(t, map[string]any{"CacheClusterId": "securebase-prod-redis-002", "CacheNodeId": "0001"}, *second.Dimensions())
		})
	}
}

func TestImport(t *testing.T) {
	stack := awscdk.NewStack(newApp(), jsii.String("Other"), nil)
	vpc := newVpc(stack)
	group := awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("CacheGroup"), jsii.String("sg-87654321"), nil)
	secretArn := "arn:aws:secretsmanager:eu-central-1:123456789012:secret:securebase-prod/redis/connection-AbCdEf"
	cache := rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Imported"), &rediscache.RedisCacheAttributes{
		ReplicationGroupId:     jsii.String("securebase-prod-redis"),
		PrimaryEndpointAddress: jsii.String("master.prod.example"),
		ReaderEndpointAddress:  jsii.String("replica.prod.example"),
		SecurityGroups:         &[]awsec2.ISecurityGroup{group},
		ConnectionSecret:       awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), &secretArn),
	})
	cache.ConnectFunction(newFunction(stack, vpc), nil)
	tpl := synthesize(t, stack)

	assert.Equal(t, object{"Variables": object{"REDIS_HOST": "master.prod.example", "REDIS_PORT": "6379", "REDIS_READER_HOST": "replica.prod.example", "REDIS_AUTH_SECRET": secretArn}},
		tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"])
	assert.Equal(t, "sg-87654321", tpl.the(t, ingress).Properties["GroupId"])
	assert.Equal(t, secretArn, statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, "rediss://master.prod.example:6379", *cache.ConnectionString())
	assert.Equal(t, "replica.prod.example", *cache.ReaderEndpointAddress())
	assert.Equal(t, 6379.0, *cache.EndpointPort())
	assert.Equal(t, map[string]any{"CacheClusterId": "securebase-prod-redis-002"}, *(*cache.Members())[1].MetricReplicationLag(nil).Dimensions())
}

func TestImportAttributesThatDoNotFit(t *testing.T) {
	stack := awscdk.NewStack(newApp(), jsii.String("Other"), nil)
	group := awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("CacheGroup"), jsii.String("sg-87654321"), nil)
	good := func() *rediscache.RedisCacheAttributes {
		return &rediscache.RedisCacheAttributes{
			ReplicationGroupId: jsii.String("g"), PrimaryEndpointAddress: jsii.String("h"), SecurityGroups: &[]awsec2.ISecurityGroup{group},
		}
	}
	tests := []struct {
		name   string
		change func(a *rediscache.RedisCacheAttributes)
		want   string
	}{
		{"no id", func(a *rediscache.RedisCacheAttributes) { a.ReplicationGroupId = nil }, "ReplicationGroupId: is required; pass the id that describe-replication-groups shows"},
		{"an empty host", func(a *rediscache.RedisCacheAttributes) { a.PrimaryEndpointAddress = jsii.String("") }, "PrimaryEndpointAddress: is required; pass the host of the primary endpoint, or ConfigurationEndpointAddress in cluster mode"},
		{"a reader of one node", func(a *rediscache.RedisCacheAttributes) {
			a.ReaderEndpointAddress, a.NumCacheNodes = jsii.String("r"), jsii.Number(1)
		}, `ReaderEndpointAddress: "r" does not go with NumCacheNodes 1: a replication group without replicas has no reader endpoint`},
		{"an empty reader", func(a *rediscache.RedisCacheAttributes) { a.ReaderEndpointAddress = jsii.String("") }, `ReaderEndpointAddress: "" is empty; leave it out for a replication group without replicas`},
		{"a port out of range", func(a *rediscache.RedisCacheAttributes) { a.Port = jsii.Number(80) }, "Port: 80 is not a whole number from 1150 to 65535"},
		{"an id that is not as ElastiCache stores it", func(a *rediscache.RedisCacheAttributes) { a.ReplicationGroupId = jsii.String("UPPER-Group") },
			`ReplicationGroupId: "UPPER-Group" is not the id of a replication group as ElastiCache stores it: lower-case letters, digits and single hyphens`},
		{"a URL for a host", func(a *rediscache.RedisCacheAttributes) { a.PrimaryEndpointAddress = jsii.String("rediss://x.y:6379") },
			`PrimaryEndpointAddress: "rediss://x.y:6379" is not a host; leave out scheme and port`},
		{"seven nodes", func(a *rediscache.RedisCacheAttributes) { a.NumCacheNodes = jsii.Number(7) }, "NumCacheNodes: 7 is not a whole number from 1 to 6"},
		{"no security group", func(a *rediscache.RedisCacheAttributes) { a.SecurityGroups = nil }, "SecurityGroups: is required; without the security groups of the cache no client can be allowed to connect"},
		{"a nil security group", func(a *rediscache.RedisCacheAttributes) { a.SecurityGroups = &[]awsec2.ISecurityGroup{nil} }, "SecurityGroups[0]: is nil; leave it out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			attributes := good()
			test.change(attributes)
			err := validationError(t, func() { rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Bad"), attributes) })
			assert.EqualError(t, err, "RedisCache [Other/Bad]: 1 invalid property:\n  - "+test.want)
		})
	}
	t.Run("no attributes at all", func(t *testing.T) {
		err := validationError(t, func() { rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Bad"), nil) })
		require.Len(t, err.Problems, 3)
	})
	t.Run("the good ones are taken", func(t *testing.T) {
		cache := rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Good"), good())
		assert.Nil(t, cache.ConnectionSecret())
	})
}

func TestEveryResourceIsReachable(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	cache.ReplicationGroup().AddPropertyOverride(jsii.String("IpDiscovery"), "ipv4")
	cache.ParameterGroup().AddPropertyOverride(jsii.String("Description"), "mine")
	cache.SubnetGroup().AddPropertyOverride(jsii.String("Description"), "mine")
	tpl := synthesize(t, f.stack)
	assert.Equal(t, "ipv4", tpl.the(t, replicationGroup).Properties["IpDiscovery"])
	assert.Equal(t, "mine", tpl.the(t, parameterGroup).Properties["Description"])
	assert.Equal(t, "mine", tpl.the(t, subnetGroup).Properties["Description"])
	assert.Equal(t, "Test/Cache", *cache.Node().Path())
	assert.Equal(t, "Test", *awscdk.Stack_Of(cache).StackName())
}
