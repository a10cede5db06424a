package rediscache_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// statements of the only policy.
func statements(t *testing.T, tpl template) list {
	t.Helper()
	return tpl.one(t, policy).Properties["PolicyDocument"].(object)["Statement"].(list)
}

// variables of the function Fn.
func variables(t *testing.T, tpl template) object {
	t.Helper()
	environment, _ := tpl.named(t, "Fn").Properties["Environment"].(object)
	variables, _ := environment["Variables"].(object)
	return variables
}

func prefix(prefix string) *rediscache.ConnectFunctionOptions {
	return &rediscache.ConnectFunctionOptions{EnvironmentPrefix: &prefix}
}

func TestConnectFunctionIsAllThatAFunctionNeeds(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	cache := f.cache(func(p *props) { p.EncryptionKey = key })
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	tpl := synthesize(t, f.stack)

	assert.Equal(t, object{
		"REDIS_HOST":        tpl.getAtt(t, "CacheReplicationGroup", "PrimaryEndPoint.Address"),
		"REDIS_PORT":        "6379",
		"REDIS_READER_HOST": tpl.getAtt(t, "CacheReplicationGroup", "ReaderEndPoint.Address"),
		"REDIS_AUTH_SECRET": tpl.ref(t, "CacheConnection"),
	}, variables(t, tpl))

	rule := tpl.one(t, ingress).Properties
	assert.Equal(t, tpl.getAtt(t, "CacheSecurityGroup", "GroupId"), rule["GroupId"])
	assert.Equal(t, tpl.getAtt(t, "FnSecurityGroup", "GroupId"), rule["SourceSecurityGroupId"])
	assert.Equal(t, 6379.0, rule["FromPort"])
	assert.Equal(t, "Redis client", rule["Description"])

	viaSecretsManager := object{"StringEquals": object{
		"kms:ViaService": join("secretsmanager.", object{"Ref": "AWS::Region"}, ".amazonaws.com"),
	}}
	assert.Equal(t, list{
		object{"Effect": "Allow", "Action": list{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
			"Resource": tpl.ref(t, "CacheConnection")},
		object{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": tpl.getAtt(t, "Key", "Arn"), "Condition": viaSecretsManager},
	}, statements(t, tpl), "the connection secret and its key, and nothing else")
}

func TestFunctionHasAReaderHostWithReplicasOnly(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.NumCacheNodes = jsii.Number(1) }).ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	assert.Equal(t, []string{"REDIS_AUTH_SECRET", "REDIS_HOST", "REDIS_PORT"},
		slices.Sorted(maps.Keys(variables(t, synthesize(t, f.stack)))))
}

func TestConnectFunctionWithoutALoginOpensTheNetworkOnly(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_None() })
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	tpl := synthesize(t, f.stack)
	assert.Equal(t, []string{"REDIS_HOST", "REDIS_PORT", "REDIS_READER_HOST"}, slices.Sorted(maps.Keys(variables(t, tpl))))
	assert.Len(t, tpl.allOf(ingress), 1)
	assert.Empty(t, tpl.allOf(policy))
}

func TestFunctionUsesTwoCachesWithAPrefixForEach(t *testing.T) {
	f := newFixture()
	fn := newFunction(f.stack, "Fn", f.vpc)
	queries, sessions := f.cacheNamed("Queries", nil), f.cacheNamed("Sessions", nil)
	queries.ConnectFunction(fn, nil)
	sessions.ConnectFunction(fn, prefix("SESSIONS"))
	tpl := synthesize(t, f.stack)
	assert.Equal(t, object{
		"REDIS_HOST":           tpl.getAtt(t, "QueriesReplicationGroup", "PrimaryEndPoint.Address"),
		"REDIS_PORT":           "6379",
		"REDIS_READER_HOST":    tpl.getAtt(t, "QueriesReplicationGroup", "ReaderEndPoint.Address"),
		"REDIS_AUTH_SECRET":    tpl.ref(t, "QueriesConnection"),
		"SESSIONS_HOST":        tpl.getAtt(t, "SessionsReplicationGroup", "PrimaryEndPoint.Address"),
		"SESSIONS_PORT":        "6379",
		"SESSIONS_READER_HOST": tpl.getAtt(t, "SessionsReplicationGroup", "ReaderEndPoint.Address"),
		"SESSIONS_AUTH_SECRET": tpl.ref(t, "SessionsConnection"),
	}, variables(t, tpl))
	assert.Len(t, tpl.allOf(ingress), 2, "a rule in each cache")
	assert.Equal(t, list{tpl.ref(t, "QueriesConnection"), tpl.ref(t, "SessionsConnection")}, statements(t, tpl)[0].(object)["Resource"])
}

func TestConnectingTwiceInTheSameWayChangesNothing(t *testing.T) {
	for name, options := range map[string]*rediscache.ConnectFunctionOptions{
		"without options":                       nil,
		"with a prefix":                         prefix("SESSIONS"),
		"with the default prefix, written once": prefix("REDIS"),
	} {
		t.Run(name, func(t *testing.T) {
			build := func(times int) template {
				f := newFixture()
				fn := newFunction(f.stack, "Fn", f.vpc)
				cache := f.cache(nil)
				for range times {
					cache.ConnectFunction(fn, options)
				}
				return synthesize(t, f.stack)
			}
			assert.Equal(t, build(1), build(2))
		})
	}
	t.Run("the default prefix is the same way as no options", func(t *testing.T) {
		f := newFixture()
		fn := newFunction(f.stack, "Fn", f.vpc)
		cache := f.cache(nil)
		cache.ConnectFunction(fn, nil)
		cache.ConnectFunction(fn, prefix("REDIS"))
		assert.Len(t, synthesize(t, f.stack).allOf(ingress), 1)
	})
}

func TestAllowedFunctionGetsNoSecondRule(t *testing.T) {
	f := newFixture()
	fn := newFunction(f.stack, "Fn", f.vpc, importedSecurityGroup(f.stack, "Imported", "sg-12345678"))
	again := importedSecurityGroup(f.stack, "Again", "sg-12345678")
	cache := f.cache(func(p *props) { p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{again} })
	cache.ConnectFunction(fn, nil)
	assert.Len(t, synthesize(t, f.stack).allOf(ingress), 1)
}

func TestTwoFunctionsConnectToOneCache(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
	cache.ConnectFunction(newFunction(f.stack, "Other", f.vpc), nil)
	assert.Len(t, synthesize(t, f.stack).allOf(ingress), 2)
}

func TestFunctionOfAnotherStackMakesNoCycle(t *testing.T) {
	app := newApp()
	network := newStack(app, "Network")
	vpc := newVpc(network)
	cacheStack := newStack(app, "Cache")
	key := awskms.NewKey(cacheStack, jsii.String("Key"), nil)
	cache := rediscache.NewRedisCache(cacheStack, jsii.String("Cache"), &props{Vpc: vpc, EncryptionKey: key})
	functions := newStack(app, "Functions")
	cache.ConnectFunction(newFunction(functions, "Fn", vpc), nil)
	app.Synth(nil) // panics on a cyclic dependency

	assert.ElementsMatch(t, []string{"Network", "Cache"}, dependencies(functions))
	assert.Equal(t, []string{"Network"}, dependencies(cacheStack))
	assert.Len(t, synthesize(t, functions).allOf(ingress), 1, "the rule is in the function's stack")
	assert.Empty(t, synthesize(t, cacheStack).allOf(ingress))
}

// dependencies are the names of the stacks that a stack is deployed after.
func dependencies(stack awscdk.Stack) (names []string) {
	for _, other := range *stack.Dependencies() {
		names = append(names, *other.StackName())
	}
	return names
}

func TestFunctionWithoutEgressGetsAnEgressRule(t *testing.T) {
	connect := func(allowAllOutbound bool) template {
		f := newFixture()
		group := awsec2.NewSecurityGroup(f.stack, jsii.String("FnGroup"), &awsec2.SecurityGroupProps{
			Vpc: f.vpc, AllowAllOutbound: &allowAllOutbound,
		})
		f.cache(nil).ConnectFunction(newFunction(f.stack, "Fn", f.vpc, group), nil)
		assert.Empty(t, warningsOf(group))
		return synthesize(t, f.stack)
	}
	closed := connect(false)
	rule := closed.one(t, egress).Properties
	assert.Equal(t, closed.getAtt(t, "CacheSecurityGroup", "GroupId"), rule["DestinationSecurityGroupId"])
	assert.Equal(t, 6379.0, rule["FromPort"])
	assert.Len(t, closed.allOf(ingress), 1)
	open := connect(true)
	assert.Empty(t, open.allOf(egress))
	assert.Len(t, open.allOf(ingress), 1)
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
			test.connect(f.cache(nil), newSecurityGroup(f.stack, "Client", f.vpc))
			rule := synthesize(t, f.stack).one(t, ingress).Properties
			assert.Equal(t, 6379.0, rule["FromPort"])
			assert.Equal(t, 6379.0, rule["ToPort"])
		})
	}
}
