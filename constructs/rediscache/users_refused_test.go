package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestLoginsThatCannotBeDeployedAreRefused(t *testing.T) {
	f := newFixture()
	open := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Open"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("open"), UserIds: jsii.Strings("default"),
	})
	locked := awselasticache.NewCfnUser(f.stack, jsii.String("Locked"), &awselasticache.CfnUserProps{
		Engine: jsii.String("redis"), UserId: jsii.String("locked"), UserName: jsii.String("default"), NoPasswordRequired: true,
	})
	byRef := awselasticache.NewCfnUserGroup(f.stack, jsii.String("ByRef"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("redis"), UserGroupId: jsii.String("by-ref"), UserIds: &[]*string{locked.Ref()},
	})
	valkey := awselasticache.NewCfnUserGroup(f.stack, jsii.String("Valkey"), &awselasticache.CfnUserGroupProps{
		Engine: jsii.String("valkey"), UserGroupId: jsii.String("valkey"), UserIds: jsii.Strings("app"),
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
			"Authentication: is IAM, which needs Redis 7.0 or Valkey 7.2 or newer, not redis 6.2; " +
				"use a newer Engine or Authentication_GeneratedToken"},
		{"a user that is not switched on", nil, iam("~* +@all"), `Authentication.AccessString: does not switch the user on; start it with "on"`},
		{"a password, which is not shown", nil, iam("on >secret ~* +@all"),
			"Authentication.AccessString: holds a password; leave it out: a user logs in by IAM, or with a generated password (Password: true)"},
		{"a user group with the open default user", nil, rediscache.Authentication_UserGroup(open),
			`Authentication: has a user group with the user "default", which lets anyone in without a password; ` +
				`use a locked user that is named default and has another id`},
		{"a user group that refers to its user by Ref", nil, rediscache.Authentication_UserGroup(byRef),
			"Authentication: has a user group with a reference to the user Test/Locked, which resolves to its name and not to its id; " +
				"write out the UserId, and add a dependency"},
		{"a user group of Valkey on a Redis cache", rediscache.EngineVersion_REDIS_7_1(), rediscache.Authentication_UserGroup(valkey),
			"Authentication: has a user group of engine valkey, which can be attached to Valkey caches only; use a group of engine redis"},
		{"no user group", nil, rediscache.Authentication_UserGroup(nil),
			"Authentication: has no user group; pass one to Authentication_UserGroup, such as awselasticache.NewCfnUserGroup(...)"},
		{"no token", nil, rediscache.Authentication_Token(nil, nil),
			"Authentication: has no token; pass awscdk.SecretValue_SecretsManager(secretId, options) to Authentication_Token"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() {
				f.cache(func(p *props) { p.Engine, p.Authentication = test.engine, test.login })
			})
			assert.EqualError(t, err, invalid("Test/Cache", test.want))
		})
	}
}

func TestUsersThatElastiCacheRefusesAreToldWithTheRemedy(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	cache.AddUser(jsii.String("Taken"), nil)
	token := rediscache.NewRedisCache(f.stack, jsii.String("Token"), &props{Vpc: f.vpc})
	other := rediscache.NewRedisCache(f.stack, jsii.String("Other"), &props{Vpc: f.vpc, Authentication: rediscache.Authentication_Iam(nil)})
	fromCloudFormation := awscdk.NewCfnParameter(f.stack, jsii.String("P"), nil).ValueAsString()
	named := func(name string) func() {
		return func() { cache.AddUser(jsii.String("New"), &rediscache.UserOptions{UserName: &name}) }
	}
	fn := newFunction(f.stack, "Fn", f.vpc)
	tests := []struct {
		name string
		call func()
		want string
	}{
		{"a cache with a token has no users", func() { token.AddUser(jsii.String("New"), nil) },
			"RedisCache [Test/Token]: AddUser: has no user group to add to; create the cache with Authentication_Iam"},
		{"an id is required", func() { cache.AddUser(nil, &rediscache.UserOptions{UserName: jsii.String("new")}) },
			`RedisCache [Test/Cache]: id: is required; use one that is unique in the cache, such as "Reports"`},
		{"an id has to be a literal", func() { cache.AddUser(fromCloudFormation, &rediscache.UserOptions{UserName: jsii.String("new")}) },
			`RedisCache [Test/Cache]: id: is a token, which the id of a construct cannot be; pass a literal`},
		{"an id of the cache's own is refused", func() {
			cache.AddUser(jsii.String("User"), &rediscache.UserOptions{UserName: jsii.String("own")})
		}, `RedisCache [Test/Cache]: id: "User" is the id of something else in the cache; use another, such as "UserUser"`},
		{"the name of the shared user is taken", named("securebase-prod-app"),
			`RedisCache [Test/Cache]: options.UserName: "securebase-prod-app" is a user that the cache has of itself; choose another name`},
		{"the name of the locked user is taken", named("securebase-prod-off"),
			`RedisCache [Test/Cache]: options.UserName: "securebase-prod-off" is a user that the cache has of itself; choose another name`},
		{"default is reserved", named("default"),
			`RedisCache [Test/Cache]: options.UserName: "default" is reserved: the default user of ElastiCache needs no password; ` +
				`choose another name`},
		{"40 characters are the most", named(strings.Repeat("u", 41)),
			`RedisCache [Test/Cache]: options.UserName: "` + strings.Repeat("u", 41) + `" has 41 characters; use at most 40`},
		{"upper-case letters are refused", named("Reports"),
			`RedisCache [Test/Cache]: options.UserName: "Reports" must contain only lower-case letters, digits and hyphens and start with a letter`},
		{"a name is taken once", named("securebase-prod-taken"),
			`RedisCache [Test/Cache]: options.UserName: "securebase-prod-taken" is the name of Test/Cache/Taken already; give each user its own`},
		{"a name has to be a literal", named(*fromCloudFormation),
			"RedisCache [Test/Cache]: options.UserName: is a token, but user ids are written out at synth; pass it as a literal"},
		{"an access string is judged", func() {
			cache.AddUser(jsii.String("New"), &rediscache.UserOptions{AccessString: jsii.String("on nopass")})
		}, `RedisCache [Test/Cache]: options.AccessString: has the rule "nopass", which ElastiCache refuses; leave it out`},
		{"a user of another cache is refused", func() {
			other.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{User: cache.AddUser(jsii.String("Mine"), nil)})
		}, `RedisCache [Test/Other]: options.User: "securebase-prod-mine" is a user of Test/Cache; use one of this cache`},
		{"a cache with a token has no use for a user", func() {
			user := managedUser(f, "Foreign", "foreign")
			token.ConnectFunction(fn, &rediscache.ConnectFunctionOptions{User: user})
		}, `RedisCache [Test/Token]: options.User: "foreign" is a user, but the cache has no user group; create it with Authentication_Iam or ` +
			`Authentication_UserGroup, or leave the user out`},
		{"id and name of an IAM user are the same", func() {
			rediscache.CacheUser_FromUserAttributes(f.stack, jsii.String("Two"), &rediscache.CacheUserAttributes{
				UserId: jsii.String("a"), UserName: jsii.String("b"),
			})
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
	cache := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_UserGroup(group) })
	role := newRole(f.stack, "Role")
	fn := newFunction(f.stack, "Fn", f.vpc)
	grant := "GrantConnect: needs to know the user, because the user group is yours; " +
		"call GrantConnect of a CacheUser (CacheUser_FromUserAttributes)"
	for name, test := range map[string]struct {
		call func()
		want string
	}{
		"GrantConnect":  {func() { cache.GrantConnect(role) }, grant},
		"ConnectClient": {func() { cache.ConnectClient(fn, role) }, grant},
		"ConnectFunction": {func() { cache.ConnectFunction(fn, nil) },
			"options.User: is required, because the user group is yours; pass one of its users (CacheUser_FromUserAttributes)"},
	} {
		t.Run(name, func(t *testing.T) {
			err := validationError(t, test.call)
			assert.EqualError(t, err, invalid("Test/Cache", test.want))
		})
	}
	t.Run("a client may be connected without a grantee", func(t *testing.T) {
		cache.ConnectClient(fn, nil)
		assert.NotEmpty(t, synthesize(t, f.stack).allOf(ingress))
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
	assert.EqualError(t, err, invalid("Test/Cache", "AddUser: would make 101 users; a user group holds at most 100"))
}
