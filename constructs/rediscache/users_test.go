package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// withIam is a cache named securebase-prod that clients log in to with IAM.
func (f fixture) withIam() rediscache.RedisCache {
	return f.cache(func(p *rediscache.RedisCacheProps) {
		p.Name, p.Authentication = jsii.String("securebase-prod"), rediscache.Authentication_Iam(nil)
	})
}

// elastiCacheArn is the ARN of a resource of ElastiCache in a template.
func elastiCacheArn(resource string) object {
	return object{"Fn::Join": list{"", list{"arn:", object{"Ref": "AWS::Partition"}, ":elasticache:", object{"Ref": "AWS::Region"}, ":",
		object{"Ref": "AWS::AccountId"}, ":" + resource}}}
}

func TestIamNeedsNoSecretAndLocksTheDefaultUser(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	cache.ConnectFunction(newFunction(f.stack, f.vpc), nil)
	tpl := synthesize(t, f.stack)

	locked, shared, group := tpl.idOf(t, "CacheDefaultUser"), tpl.idOf(t, "CacheUser"), tpl.idOf(t, "CacheUserGroup")
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-off", "UserName": "default", "AccessString": "off ~* -@all",
		"AuthenticationMode": object{"Type": "no-password-required"}}, tpl.Resources[locked].Properties)
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-app", "UserName": "securebase-prod-app",
		"AccessString": "on ~* +@all -@dangerous", "AuthenticationMode": object{"Type": "iam"}}, tpl.Resources[shared].Properties)
	assert.Equal(t, object{"Engine": "redis", "UserGroupId": "securebase-prod-redis", "UserIds": list{"securebase-prod-off", "securebase-prod-app"}},
		tpl.Resources[group].Properties, "ids are written out: Ref of a user is its name, and the id default is an open door")
	assert.ElementsMatch(t, []string{locked, shared}, tpl.Resources[group].DependsOn)

	properties := tpl.Resources[tpl.idOf(t, "CacheReplicationGroup")].Properties
	assert.Equal(t, list{object{"Ref": group}}, properties["UserGroupIds"])
	assert.NotContains(t, properties, "AuthToken")
	assert.Equal(t, true, properties["TransitEncryptionEnabled"])
	for id, r := range tpl.Resources {
		assert.NotContains(t, r.Type, "SecretsManager", id)
	}
	assert.Nil(t, cache.ConnectionSecret())
	assert.Nil(t, cache.AuthTokenSecret())
	assert.Equal(t, "securebase-prod-redis", *cache.UserGroup().UserGroupId())

	statement := statements(t, tpl)[0].(object)
	assert.Equal(t, "elasticache:Connect", statement["Action"])
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:securebase-prod-app")}, statement["Resource"])
	variables := tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"].(object)["Variables"].(object)
	assert.Equal(t, "securebase-prod-app", variables["REDIS_USER"])
	assert.Equal(t, "securebase-prod-redis", variables["REDIS_CACHE_NAME"])
	assert.NotContains(t, variables, "REDIS_AUTH_SECRET")
}

func TestUsersOfACacheWithoutANameAreNamedAfterItsAddress(t *testing.T) {
	ids := func(id string) []string {
		f := newFixture()
		cache := rediscache.NewRedisCache(f.stack, &id, &rediscache.RedisCacheProps{Vpc: f.vpc, Authentication: rediscache.Authentication_Iam(nil)})
		cache.AddUser(jsii.String("Reports"), nil)
		var ids []string
		for _, userID := range *cache.UserGroup().UserIds() {
			assert.Regexp(t, `^cache-[0-9a-f]{16}-(off|app|reports)$`, *userID)
			ids = append(ids, *userID)
		}
		return ids
	}
	assert.Equal(t, ids("Cache"), ids("Cache"), "the same in every synthesis")
	assert.NotEqual(t, ids("Cache"), ids("Other"))
}

func TestAddUserCreatesAUserThatMayDoLess(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	user := cache.AddUser(jsii.String("Reports"), &rediscache.UserOptions{AccessString: jsii.String("on %R~reports:* +@read")})
	cache.ConnectFunction(newFunction(f.stack, f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	tpl := synthesize(t, f.stack)

	id := tpl.idOf(t, "CacheReports")
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-reports", "UserName": "securebase-prod-reports",
		"AccessString": "on %R~reports:* +@read", "AuthenticationMode": object{"Type": "iam"}}, tpl.Resources[id].Properties)
	group := tpl.Resources[tpl.idOf(t, "CacheUserGroup")]
	assert.Equal(t, list{"securebase-prod-off", "securebase-prod-app", "securebase-prod-reports"}, group.Properties["UserIds"])
	assert.Contains(t, group.DependsOn, id)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:securebase-prod-reports")},
		statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, "securebase-prod-reports", tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"].(object)["Variables"].(object)["REDIS_USER"])
	assert.Nil(t, user.Secret())
	assert.Equal(t, "securebase-prod-reports", *user.UserName())
}

func TestAUserWithAPasswordHasASecretOfItsOwn(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	cache := f.cache(func(p *rediscache.RedisCacheProps) {
		p.Name, p.Authentication, p.EncryptionKey = jsii.String("securebase-prod"), rediscache.Authentication_Iam(nil), key
	})
	user := cache.AddUser(jsii.String("Legacy"), &rediscache.UserOptions{Password: jsii.Bool(true), UserName: jsii.String("legacy-app")})
	cache.ConnectFunction(newFunction(f.stack, f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	tpl := synthesize(t, f.stack)

	password, connection := tpl.idOf(t, "CacheLegacyPassword"), tpl.idOf(t, "CacheLegacyConnection")
	reference := object{"Fn::Join": list{"", list{"{{resolve:secretsmanager:", object{"Ref": password}, ":SecretString:auth_token::}}"}}}
	assert.Equal(t, object{"Type": "password", "Passwords": list{reference}}, tpl.Resources[tpl.idOf(t, "CacheLegacy")].Properties["AuthenticationMode"])
	assert.Equal(t, "securebase-prod/redis/legacy-app/connection", tpl.Resources[connection].Properties["Name"])
	text := fmt.Sprint(tpl.Resources[connection].Properties["SecretString"])
	for _, part := range []string{`{"host":"`, `"port":6379`, `"username":"legacy-app"`, `"auth_token":"{{resolve:secretsmanager:`, `"reader_host":"`} {
		assert.Contains(t, text, part)
	}
	for _, id := range []string{password, connection} {
		assert.Equal(t, object{"Fn::GetAtt": list{tpl.idOf(t, "Key"), "Arn"}}, tpl.Resources[id].Properties["KmsKeyId"])
	}
	variables := tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"].(object)["Variables"].(object)
	assert.Equal(t, "legacy-app", variables["REDIS_USER"])
	assert.Equal(t, object{"Ref": connection}, variables["REDIS_AUTH_SECRET"])
	assert.NotContains(t, variables, "REDIS_CACHE_NAME")
	read := statements(t, tpl)[0].(object)
	assert.ElementsMatch(t, list{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}, read["Action"])
	assert.Equal(t, object{"Ref": connection}, read["Resource"])
}

func TestAUserGroupOfTheCallerIsAttached(t *testing.T) {
	f := newFixture()
	group := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Own"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("own"), UserIds: jsii.Strings("own-default", "own-app"),
	})
	cache := f.cache(func(p *rediscache.RedisCacheProps) {
		p.Name, p.Authentication = jsii.String("securebase-prod"), rediscache.Authentication_UserGroup(group)
	})
	user := rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("App"), &rediscache.CacheUserAttributes{UserId: jsii.String("own-app")})
	cache.ConnectFunction(newFunction(f.stack, f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	role := awsiam.NewRole(f.stack, jsii.String("Role"), &awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil)})
	user.GrantConnect(role)
	tpl := synthesize(t, f.stack)

	assert.Equal(t, list{object{"Ref": "Own"}}, tpl.Resources[tpl.idOf(t, "CacheReplicationGroup")].Properties["UserGroupIds"])
	assert.Nil(t, cache.UserGroup())
	function := tpl.Resources[tpl.idOf(t, "FnServiceRoleDefaultPolicy")].Properties["PolicyDocument"].(object)["Statement"].(list)[0].(object)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:own-app")}, function["Resource"])
	alone := tpl.Resources[tpl.idOf(t, "RoleDefaultPolicy")].Properties["PolicyDocument"].(object)["Statement"].(list)[0].(object)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:*"), elastiCacheArn("serverlesscache:*"), elastiCacheArn("user:own-app")}, alone["Resource"],
		"the user group says which caches the user can log in to")
}

func TestAnImportedCacheIsConnectedAsItsUser(t *testing.T) {
	f := newFixture()
	group := awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Group"), jsii.String("sg-87654321"), nil)
	cache := rediscache.RedisCache_FromRedisCacheAttributes(f.stack, jsii.String("Imported"), &rediscache.RedisCacheAttributes{
		ReplicationGroupId: jsii.String("analytics-redis"), PrimaryEndpointAddress: jsii.String("h"), SecurityGroups: &[]awsec2.ISecurityGroup{group},
		User: rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("User"), &rediscache.CacheUserAttributes{UserId: jsii.String("analytics-app")}),
	})
	cache.ConnectFunction(newFunction(f.stack, f.vpc), nil)
	tpl := synthesize(t, f.stack)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:analytics-redis"), elastiCacheArn("user:analytics-app")}, statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, object{"REDIS_HOST": "h", "REDIS_PORT": "6379", "REDIS_USER": "analytics-app", "REDIS_CACHE_NAME": "analytics-redis"},
		tpl.Resources[tpl.idOf(t, "Fn")].Properties["Environment"].(object)["Variables"])
}

func TestUserGroupsAreNotTagged(t *testing.T) {
	f := newFixture()
	f.cache(func(p *rediscache.RedisCacheProps) {
		p.Authentication, p.Tags = rediscache.Authentication_Iam(nil), &map[string]*string{"Team": jsii.String("Data")}
	})
	tpl := synthesize(t, f.stack)
	assert.NotContains(t, tpl.Resources[tpl.idOf(t, "CacheUserGroup")].Properties, "Tags")
	assert.Contains(t, tpl.Resources[tpl.idOf(t, "CacheUser")].Properties, "Tags")
}

func TestLoginsThatCannotBeDeployedAreRefused(t *testing.T) {
	f := newFixture()
	open := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Open"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("open"), UserIds: jsii.Strings("default"),
	})
	iam := func(access string) rediscache.Authentication {
		return rediscache.Authentication_Iam(&rediscache.IamOptions{AccessString: &access})
	}
	tests := []struct {
		name   string
		engine rediscache.EngineVersion
		login  rediscache.Authentication
		want   string
	}{
		{"IAM with Redis 6.2", rediscache.EngineVersion_REDIS_6_2(), rediscache.Authentication_Iam(nil),
			"Authentication: is IAM, which needs Redis 7.0 or Valkey 7.2 or newer, not redis 6.2; use a newer Engine or Authentication_GeneratedToken"},
		{"a user that is not switched on", nil, iam("~* +@all"), `Authentication.AccessString: does not switch the user on; start it with "on"`},
		{"a password, which is not shown", nil, iam("on >secret ~* +@all"),
			"Authentication.AccessString: holds a password; leave it out: a user logs in by IAM, or with a generated password (Password: true)"},
		{"a user group with the open default user", nil, rediscache.Authentication_UserGroup(open),
			`Authentication: has a user group with the user "default", which lets anyone in without a password; use a locked user that is named default and has another id`},
		{"no user group", nil, rediscache.Authentication_UserGroup(nil),
			"Authentication: has no user group; pass one to Authentication_UserGroup, such as awselasticache.NewCfnUserGroup(...)"},
		{"no token", nil, rediscache.Authentication_Token(nil, nil),
			"Authentication: has no token; pass awscdk.SecretValue_SecretsManager(secretId, options) to Authentication_Token"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() {
				f.cache(func(p *rediscache.RedisCacheProps) { p.Engine, p.Authentication = test.engine, test.login })
			})
			assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - "+test.want)
		})
	}
}

func TestUsersThatElastiCacheRefusesAreToldWithTheRemedy(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	cache.AddUser(jsii.String("Taken"), nil)
	token := rediscache.NewRedisCache(f.stack, jsii.String("Token"), &rediscache.RedisCacheProps{Vpc: f.vpc})
	other := rediscache.NewRedisCache(f.stack, jsii.String("Other"), &rediscache.RedisCacheProps{Vpc: f.vpc, Authentication: rediscache.Authentication_Iam(nil)})
	named := func(name string) func() {
		return func() { cache.AddUser(jsii.String("New"), &rediscache.UserOptions{UserName: &name}) }
	}
	fn := newFunction(f.stack, f.vpc)
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"a cache with a token has no users", func() { token.AddUser(jsii.String("New"), nil) },
			"RedisCache [Test/Token]: AddUser: has no user group to add to; create the cache with Authentication_Iam"},
		{"an id is required", func() { cache.AddUser(nil, &rediscache.UserOptions{UserName: jsii.String("new")}) },
			`RedisCache [Test/Cache]: id: is required; use one that is unique in the cache, such as "Reports"`},
		{"default is reserved", named("default"),
			`RedisCache [Test/Cache]: options.UserName: "default" is reserved: the default user of ElastiCache needs no password; choose another name`},
		{"40 characters are the most", named(strings.Repeat("u", 41)),
			`RedisCache [Test/Cache]: options.UserName: "` + strings.Repeat("u", 41) + `" has 41 characters; use at most 40`},
		{"upper-case letters are refused", named("Reports"),
			`RedisCache [Test/Cache]: options.UserName: "Reports" must contain only lower-case letters, digits and hyphens and start with a letter`},
		{"a name is taken once", named("securebase-prod-taken"),
			`RedisCache [Test/Cache]: options.UserName: "securebase-prod-taken" is the name of Test/Cache/Taken already; give each user its own`},
		{"a name has to be a literal", named(*awscdk.NewCfnParameter(f.stack, jsii.String("P"), nil).ValueAsString()),
			"RedisCache [Test/Cache]: options.UserName: is a token, but user ids are written out at synth; pass it as a literal"},
		{"an access string is judged", func() {
			cache.AddUser(jsii.String("New"), &rediscache.UserOptions{AccessString: jsii.String("on nopass")})
		}, `RedisCache [Test/Cache]: options.AccessString: has the rule "nopass", which ElastiCache refuses; leave it out`},
		{"a user of another cache is refused", func() {
			other.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{User: cache.AddUser(jsii.String("Mine"), nil)})
		}, `RedisCache [Test/Other]: options.User: "securebase-prod-mine" is a user of Test/Cache; use one of this cache`},
		{"a cache with a token has no use for a user", func() {
			user := rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("Foreign"), &rediscache.CacheUserAttributes{UserId: jsii.String("foreign")})
			token.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{User: user})
		}, `RedisCache [Test/Token]: options.User: "foreign" is a user, but the cache has no user group; create it with Authentication_Iam or ` +
			`Authentication_UserGroup, or leave the user out`},
		{"id and name of an IAM user are the same", func() {
			rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("Two"), &rediscache.CacheUserAttributes{UserId: jsii.String("a"), UserName: jsii.String("b")})
		}, `RedisCache [Test/Two]: UserName: "b" is not the UserId "a", but IAM authentication needs both to be the same`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, test.call)
			require.Len(t, err.Problems, 1)
			assert.Equal(t, test.want, "RedisCache ["+err.Path+"]: "+err.Problems[0].String())
		})
	}
}

func TestACallersUserGroupNeedsAUserForEveryLogin(t *testing.T) {
	f := newFixture()
	group := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Own"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("own"), UserIds: jsii.Strings("own-default", "own-app"),
	})
	cache := f.cache(func(p *rediscache.RedisCacheProps) { p.Authentication = rediscache.Authentication_UserGroup(group) })
	role := awsiam.NewRole(f.stack, jsii.String("Role"), &awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil)})
	fn := newFunction(f.stack, f.vpc)
	grant := "GrantConnect: needs to know the user, because the user group is yours; call GrantConnect of a CacheUser (CacheUser_FromUserAttributes)"
	for name, test := range map[string]struct {
		call func()
		want string
	}{
		"GrantConnect":    {func() { cache.GrantConnect(role) }, grant},
		"ConnectClient":   {func() { cache.ConnectClient(fn, role) }, grant},
		"ConnectFunction": {func() { cache.ConnectFunction(fn, nil) }, "options.User: is required, because the user group is yours; pass one of its users (CacheUser_FromUserAttributes)"},
	} {
		t.Run(name, func(t *testing.T) {
			err := validationError(t, test.call)
			assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - "+test.want)
		})
	}
	t.Run("a client may be connected without a grantee", func(t *testing.T) {
		cache.ConnectClient(fn, nil)
		assert.NotEmpty(t, synthesize(t, f.stack).all(ingress))
	})
}

func TestAUserGroupHoldsAHundredUsers(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	for i := range 98 {
		cache.AddUser(jsii.String(fmt.Sprint("User", i)), nil)
	}
	assert.Len(t, *cache.UserGroup().UserIds(), 100)
	err := validationError(t, func() { cache.AddUser(jsii.String("More"), nil) })
	assert.EqualError(t, err, "RedisCache [Test/Cache]: 1 invalid property:\n  - AddUser: would make 101 users; a user group holds at most 100")
}
