package serverlesscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

// connects are the statements of all policies that allow elasticache:Connect.
func connects(tpl template) (resources []any) {
	for _, policy := range tpl.all("AWS::IAM::Policy") {
		for _, statement := range policy.Properties["PolicyDocument"].(object)["Statement"].(list) {
			if statement.(object)["Action"] == "elasticache:Connect" {
				resources = append(resources, statement.(object)["Resource"])
			}
		}
	}
	return resources
}

func variables(t *testing.T, tpl template) any {
	return tpl.the(t, "AWS::Lambda::Function").Properties["Environment"].(object)["Variables"]
}

func TestConnectFunctionGivesEverythingThatAFunctionNeeds(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	fn := function(f.stack, "Function", f.vpc)
	cache.ConnectFunction(fn, nil)
	cache.ConnectFunction(fn, nil) // changes nothing
	tpl := synthesize(t, f.stack)

	assert.Equal(t, object{
		"REDIS_HOST":         object{"Fn::GetAtt": list{tpl.idOf(t, "Cache"), "Endpoint.Address"}},
		"REDIS_PORT":         "6379",
		"REDIS_CLUSTER_MODE": "true",
		"REDIS_SERVERLESS":   "true",
		"REDIS_USER":         "securebase-prod-serverless-app",
		"REDIS_CACHE_NAME":   "securebase-prod-serverless",
	}, variables(t, tpl))
	assert.Equal(t, []any{list{arn("serverlesscache:securebase-prod-serverless"), arn("user:securebase-prod-serverless-app")}}, connects(tpl))
	assert.Equal(t, object{
		"Description": "Redis client", "IpProtocol": "tcp", "FromPort": 6379.0, "ToPort": 6380.0,
		"GroupId":               object{"Fn::GetAtt": list{tpl.idOf(t, "CacheSecurityGroup"), "GroupId"}},
		"SourceSecurityGroupId": object{"Fn::GetAtt": list{tpl.idOf(t, "FunctionSecurityGroup"), "GroupId"}},
	}, tpl.the(t, "AWS::EC2::SecurityGroupIngress").Properties)
}

func TestAFunctionInAnotherStackMakesNoCycle(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	other := awscdk.NewStack(f.app, jsii.String("Other"), nil)
	fn := function(other, "Function", f.vpc)
	cache.ConnectFunction(fn, nil)

	template := synthesize(t, other)
	assert.Equal(t, "securebase-prod-serverless", variables(t, template).(object)["REDIS_CACHE_NAME"])
	assert.Len(t, connects(template), 1)
	assert.Len(t, template.all("AWS::EC2::SecurityGroupIngress"), 1, "the rule is in the client's stack")
	assert.Empty(t, *f.stack.Dependencies(), "the cache's stack never depends on a client's")
}

func TestAUserWithAPasswordHasASecret(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	user := cache.AddUser(jsii.String("Legacy"), &rediscache.UserOptions{Password: jsii.Bool(true)})
	cache.ConnectFunction(function(f.stack, "Function", f.vpc), &rediscache.ConnectFunctionOptions{
		User: user, EnvironmentPrefix: jsii.String("REPORTS"),
	})
	tpl := synthesize(t, f.stack)
	connection := object{"Ref": tpl.idOf(t, "CacheLegacyConnection")}
	assert.Equal(t, object{
		"REPORTS_HOST":         object{"Fn::GetAtt": list{tpl.idOf(t, "Cache"), "Endpoint.Address"}},
		"REPORTS_PORT":         "6379",
		"REPORTS_CLUSTER_MODE": "true",
		"REPORTS_SERVERLESS":   "true",
		"REPORTS_USER":         "securebase-prod-serverless-legacy",
		"REPORTS_AUTH_SECRET":  connection,
	}, variables(t, tpl))
	assert.Empty(t, connects(tpl))
	secret := tpl.Resources[connection["Ref"].(string)]
	assert.Equal(t, "securebase-prod-serverless/redis/securebase-prod-serverless-legacy/connection", secret.Properties["Name"])
	assert.Equal(t, "RetainExceptOnCreate", secret.DeletionPolicy, "it stays where the cache stays")
}

func TestAUserGroupOfTheCallerNeedsAUser(t *testing.T) {
	f := newFixture()
	group := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Users"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("own-users"), UserIds: jsii.Strings("own-off", "own-app"),
	})
	cache := f.cache(func(p *props) {
		named(p)
		p.Authentication = serverlesscache.Authentication_UserGroup(group)
	})
	fn := function(f.stack, "Function", f.vpc)
	assert.Contains(t, validationError(t, func() { cache.ConnectFunction(fn, nil) }).Error(),
		"options.User: is required, because the user group is yours")
	assert.Contains(t, validationError(t, func() { cache.GrantConnect(fn) }).Error(), "GrantConnect: needs to know the user")
	assert.Contains(t, validationError(t, func() { cache.AddUser(jsii.String("A"), nil) }).Error(), "AddUser: has no user group to add to")

	user := importedUser(f, "own-app")
	cache.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{User: user})
	assert.Equal(t, []any{list{arn("serverlesscache:securebase-prod-serverless"), arn("user:own-app")}}, connects(synthesize(t, f.stack)))
}

func TestARedisCacheTakesNoUserGroupOfEngineValkey(t *testing.T) {
	f := newFixture()
	group := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Users"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("valkey"), UserGroupId: jsii.String("own-users"), UserIds: jsii.Strings("own-app"),
	})
	valkeyUsers := func(engine string) func(p *props) {
		return func(p *props) {
			p.Engine, p.Authentication = &engine, serverlesscache.Authentication_UserGroup(group)
		}
	}
	err := validationError(t, func() { f.cache(valkeyUsers("redis")) })
	assert.Contains(t, err.Error(), "Authentication: has a user group of engine valkey, which can be attached to Valkey caches only")
	f.cache(valkeyUsers("valkey"))
}

func TestWithoutALoginThereIsNothingToGrant(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.Authentication = serverlesscache.Authentication_None() })
	fn := function(f.stack, "Function", f.vpc)
	assert.Contains(t, validationError(t, func() { cache.GrantConnect(fn) }).Error(), "has nothing to grant, because the cache has no login")
	cache.ConnectFunction(fn, nil)
	tpl := synthesize(t, f.stack)
	assert.Empty(t, connects(tpl))
	assert.NotContains(t, variables(t, tpl), "REDIS_USER")
}

func TestConnectClientOpensTheNetworkAndGrants(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	role := awsiam.NewRole(f.stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil),
	})
	group := awsec2.NewSecurityGroup(f.stack, jsii.String("Client"), &awsec2.SecurityGroupProps{
		Vpc: f.vpc, AllowAllOutbound: jsii.Bool(false),
	})
	cache.ConnectClient(group, role)
	tpl := synthesize(t, f.stack)
	assert.Len(t, connects(tpl), 1)
	for _, direction := range []string{"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"} {
		rule := tpl.the(t, direction).Properties
		assert.Equal(t, []any{6379.0, 6380.0}, []any{rule["FromPort"], rule["ToPort"]}, direction)
	}
}

func TestConnectionsOpensBothPorts(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	cache.Connections().AllowDefaultPortFrom(awsec2.Peer_SecurityGroupId(jsii.String("sg-0123456789abcdef0"), nil), nil)
	assertions.Template_FromStack(f.stack, nil).HasResourceProperties(jsii.String("AWS::EC2::SecurityGroup"), object{
		"SecurityGroupIngress": list{assertions.Match_ObjectLike(&map[string]any{
			"FromPort": 6379.0, "ToPort": 6380.0, "SourceSecurityGroupId": "sg-0123456789abcdef0",
		})},
	})
}

func TestAnImportedCacheConnectsFunctions(t *testing.T) {
	f := newFixture()
	user := importedUser(f, "other-app")
	group := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Group"), jsii.String("sg-cache"), nil)
	cache := imported(f, &serverlesscache.ServerlessCacheAttributes{
		ServerlessCacheName: jsii.String("other"),
		EndpointAddress:     jsii.String("other-abc123.serverless.euc1.cache.amazonaws.com"),
		SecurityGroups:      &[]awsec2.ISecurityGroup{group},
		User:                user,
	})
	cache.ConnectFunction(function(f.stack, "Function", f.vpc), nil)
	tpl := synthesize(t, f.stack)
	assert.Equal(t, "rediss://other-abc123.serverless.euc1.cache.amazonaws.com:6379", *cache.ConnectionString())
	assert.Equal(t, "other-app", variables(t, tpl).(object)["REDIS_USER"])
	assert.Equal(t, []any{list{arn("serverlesscache:other"), arn("user:other-app")}}, connects(tpl))
	assert.Equal(t, "sg-cache", tpl.the(t, "AWS::EC2::SecurityGroupIngress").Properties["GroupId"])
}

func TestAnImportTellsEveryMistake(t *testing.T) {
	f := newFixture()
	err := validationError(t, func() {
		imported(f, &serverlesscache.ServerlessCacheAttributes{
			ServerlessCacheName: jsii.String("Other"), EndpointAddress: jsii.String("rediss://other:6379"),
		})
	})
	assert.Equal(t, "ServerlessCache [Test/Imported]: 3 invalid properties:\n"+
		"  - ServerlessCacheName: \"Other\" is not the name of a cache as ElastiCache stores it: lower-case letters, digits and single hyphens\n"+
		"  - EndpointAddress: \"rediss://other:6379\" is not a host; leave out scheme and port\n"+
		"  - SecurityGroups: is required; without the security groups of the cache no client can be allowed to connect", err.Error())
}

func TestClientsThatCannotConnectAreRefused(t *testing.T) {
	f := newFixture()
	cache := f.cache(named)
	second := serverlesscache.NewServerlessCache(f.stack, jsii.String("Second"), &props{Vpc: f.vpc})
	outside := awslambda.NewFunction(f.stack, jsii.String("Outside"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_13(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("pass")),
	})
	fn := function(f.stack, "Function", f.vpc)
	cache.ConnectFunction(fn, nil)
	for _, test := range []struct {
		name, want string
		call       func()
	}{
		{"a function outside a VPC", "is not in a VPC", func() { cache.ConnectFunction(outside, nil) }},
		{"no function", "fn: is required", func() { cache.ConnectFunction(nil, nil) }},
		{"a second cache in the same variables", "is connected to Test/Cache in the variables REDIS_*",
			func() { second.ConnectFunction(fn, nil) }},
		{"a user of another cache", "is a user of Test/Second; use one of this cache", func() {
			cache.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{
				EnvironmentPrefix: jsii.String("OTHER"), User: second.AddUser(jsii.String("A"), nil),
			})
		}},
		{"a user name that is taken", `"securebase-prod-serverless-b" is the name of Test/Cache/B already`, func() {
			cache.AddUser(jsii.String("B"), nil)
			second.AddUser(jsii.String("B"), &rediscache.UserOptions{UserName: jsii.String("securebase-prod-serverless-b")})
		}},
		{"a user that is not in the group of this cache", `options.User: "own-app" is not a user of this cache; use one of AddUser`, func() {
			user := importedUser(f, "own-app")
			cache.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{EnvironmentPrefix: jsii.String("OTHER"), User: user})
		}},
		{"no client", "client: is required", func() { cache.ConnectClient(nil, nil) }},
		{"no grantee", "grantee: is required", func() { cache.GrantConnect(nil) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, test.call)
			assert.Contains(t, err.Error(), test.want)
			assert.Equal(t, "ServerlessCache", err.Construct)
		})
	}
}

// importedUser is a user of a group that the caller manages.
func importedUser(f fixture, id string) rediscache.CacheUser {
	return rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("App"), &rediscache.CacheUserAttributes{UserId: &id})
}

func imported(f fixture, attributes *serverlesscache.ServerlessCacheAttributes) serverlesscache.IServerlessCache {
	return serverlesscache.ServerlessCache_FromServerlessCacheAttributes(f.stack, jsii.String("Imported"), attributes)
}
