package rediscache_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// withIam is a cache named securebase-prod that clients log in to with IAM.
func (f fixture) withIam() rediscache.RedisCache {
	return f.cache(func(p *props) {
		p.Name, p.Authentication = jsii.String("securebase-prod"), rediscache.Authentication_Iam(nil)
	})
}

// managedUser is a user of a user group that the caller manages.
func managedUser(f fixture, id, userID string) rediscache.CacheUser {
	return rediscache.CacheUser_FromUserAttributes(f.stack, &id, &rediscache.CacheUserAttributes{UserId: &userID})
}

// elastiCacheArn is the ARN of a resource of ElastiCache in a template.
func elastiCacheArn(resource string) object {
	return object{"Fn::Join": list{"", list{"arn:", object{"Ref": "AWS::Partition"}, ":elasticache:", object{"Ref": "AWS::Region"}, ":",
		object{"Ref": "AWS::AccountId"}, ":" + resource}}}
}

func TestIamNeedsNoSecretAndLocksTheDefaultUser(t *testing.T) {
	f := newFixture()
	cache := f.withIam()
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	tpl := synthesize(t, f.stack)

	locked, shared, group := tpl.idOf(t, "CacheDefaultUser"), tpl.idOf(t, "CacheUser"), tpl.idOf(t, "CacheUserGroup")
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-off", "UserName": "default", "AccessString": "off ~* -@all",
		"AuthenticationMode": object{"Type": "no-password-required"}}, tpl.Resources[locked].Properties)
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-app", "UserName": "securebase-prod-app",
		"AccessString": "on ~* +@all -@dangerous", "AuthenticationMode": object{"Type": "iam"}}, tpl.Resources[shared].Properties)
	assert.Equal(t, object{"Engine": "redis", "UserGroupId": "securebase-prod-redis",
		"UserIds": list{"securebase-prod-off", "securebase-prod-app"}},
		tpl.Resources[group].Properties, "ids are written out: Ref of a user is its name, and the id default is an open door")
	assert.ElementsMatch(t, []string{locked, shared}, tpl.Resources[group].DependsOn)

	properties := tpl.named(t, "CacheReplicationGroup").Properties
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
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:securebase-prod-app")},
		statement["Resource"])
	variables := variables(t, tpl)
	assert.Equal(t, "securebase-prod-app", variables["REDIS_USER"])
	assert.Equal(t, "securebase-prod-redis", variables["REDIS_CACHE_NAME"])
	assert.NotContains(t, variables, "REDIS_AUTH_SECRET")
}

func TestUsersOfACacheWithoutANameAreNamedAfterItsAddress(t *testing.T) {
	ids := func(id string) []string {
		f := newFixture()
		cache := rediscache.NewRedisCache(f.stack, &id, &props{Vpc: f.vpc, Authentication: rediscache.Authentication_Iam(nil)})
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
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	tpl := synthesize(t, f.stack)

	id := tpl.idOf(t, "CacheReports")
	assert.Equal(t, object{"Engine": "redis", "UserId": "securebase-prod-reports", "UserName": "securebase-prod-reports",
		"AccessString": "on %R~reports:* +@read", "AuthenticationMode": object{"Type": "iam"}}, tpl.Resources[id].Properties)
	group := tpl.named(t, "CacheUserGroup")
	assert.Equal(t, list{"securebase-prod-off", "securebase-prod-app", "securebase-prod-reports"}, group.Properties["UserIds"])
	assert.Contains(t, group.DependsOn, id)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:securebase-prod-reports")},
		statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, "securebase-prod-reports", variables(t, tpl)["REDIS_USER"])
	assert.Nil(t, user.Secret())
	assert.Equal(t, "securebase-prod-reports", *user.UserName())
}

func TestAUserWithAPasswordHasASecretOfItsOwn(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	cache := f.cache(func(p *props) {
		p.Name, p.Authentication, p.EncryptionKey = jsii.String("securebase-prod"), rediscache.Authentication_Iam(nil), key
	})
	user := cache.AddUser(jsii.String("Legacy"), &rediscache.UserOptions{Password: jsii.Bool(true), UserName: jsii.String("legacy-app")})
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	tpl := synthesize(t, f.stack)

	password, connection := tpl.idOf(t, "CacheLegacyPassword"), tpl.idOf(t, "CacheLegacyConnection")
	reference := object{"Fn::Join": list{"", list{"{{resolve:secretsmanager:", object{"Ref": password}, ":SecretString:auth_token::}}"}}}
	assert.Equal(t, object{"Type": "password", "Passwords": list{reference}}, tpl.named(t, "CacheLegacy").Properties["AuthenticationMode"])
	assert.Equal(t, "securebase-prod/redis/legacy-app/connection", tpl.Resources[connection].Properties["Name"])
	text := fmt.Sprint(tpl.Resources[connection].Properties["SecretString"])
	for _, part := range []string{
		`{"host":"`, `"port":6379`, `"username":"legacy-app"`, `"auth_token":"{{resolve:secretsmanager:`, `"reader_host":"`,
	} {
		assert.Contains(t, text, part)
	}
	for _, id := range []string{password, connection} {
		assert.Equal(t, tpl.getAtt(t, "Key", "Arn"), tpl.Resources[id].Properties["KmsKeyId"])
	}
	variables := variables(t, tpl)
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
	cache := f.cache(func(p *props) {
		p.Name, p.Authentication = jsii.String("securebase-prod"), rediscache.Authentication_UserGroup(group)
	})
	user := managedUser(f, "App", "own-app")
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), &rediscache.ConnectFunctionOptions{User: user})
	role := newRole(f.stack, "Role")
	user.GrantConnect(role)
	tpl := synthesize(t, f.stack)

	assert.Equal(t, list{object{"Ref": "Own"}}, tpl.named(t, "CacheReplicationGroup").Properties["UserGroupIds"])
	assert.Nil(t, cache.UserGroup())
	function := tpl.named(t, "FnServiceRoleDefaultPolicy").Properties["PolicyDocument"].(object)["Statement"].(list)[0].(object)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:securebase-prod-redis"), elastiCacheArn("user:own-app")}, function["Resource"])
	alone := tpl.named(t, "RoleDefaultPolicy").Properties["PolicyDocument"].(object)["Statement"].(list)[0].(object)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:*"), elastiCacheArn("serverlesscache:*"), elastiCacheArn("user:own-app")},
		alone["Resource"],
		"the user group says which caches the user can log in to")
}

func TestAnImportedCacheIsConnectedAsItsUser(t *testing.T) {
	f := newFixture()
	group := importedSecurityGroup(f.stack, "Group", "sg-87654321")
	cache := rediscache.RedisCache_FromRedisCacheAttributes(f.stack, jsii.String("Imported"), &attributes{
		ReplicationGroupId: jsii.String("analytics-redis"), PrimaryEndpointAddress: jsii.String("h"),
		SecurityGroups: &[]awsec2.ISecurityGroup{group},
		User:           managedUser(f, "User", "analytics-app"),
	})
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	tpl := synthesize(t, f.stack)
	assert.Equal(t, list{elastiCacheArn("replicationgroup:analytics-redis"), elastiCacheArn("user:analytics-app")},
		statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, object{"REDIS_HOST": "h", "REDIS_PORT": "6379", "REDIS_USER": "analytics-app", "REDIS_CACHE_NAME": "analytics-redis"},
		variables(t, tpl))
}

func TestUserGroupsAreNotTagged(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) {
		p.Authentication, p.Tags = rediscache.Authentication_Iam(nil), &map[string]*string{"Team": jsii.String("Data")}
	})
	tpl := synthesize(t, f.stack)
	assert.NotContains(t, tpl.named(t, "CacheUserGroup").Properties, "Tags")
	assert.Contains(t, tpl.named(t, "CacheUser").Properties, "Tags")
}
