package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// restricted is a security group of another app; its egress is restricted.
func restricted(f fixture, id, groupID string, mutable bool) awsec2.ISecurityGroup {
	return awsec2.SecurityGroup_FromSecurityGroupId(f.stack, &id, &groupID, &awsec2.SecurityGroupImportOptions{
		Mutable: &mutable, AllowAllOutbound: jsii.Bool(false),
	})
}

func TestRuleThatAnImmutableSecurityGroupSwallowsIsAWarning(t *testing.T) {
	ofCache := func(groups ...awsec2.ISecurityGroup) func(p *props) {
		return func(p *props) { p.SecurityGroups = &groups }
	}
	owed := func(group, rule string) string {
		return group + " is imported with Mutable false, so CDK adds no rule to it; its owner has to add " + rule +
			" [ack: " + rediscache.WarningPrefix + "immutableSecurityGroup]"
	}
	tests := []struct {
		name  string
		build func(f fixture) rediscache.IRedisCache
		want  []string
	}{
		{"a group of the cache, and a function", func(f fixture) rediscache.IRedisCache {
			cache := f.cache(ofCache(restricted(f, "Theirs", "sg-11111111", false)))
			cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
			return cache
		}, []string{owed("sg-11111111", "ingress of TCP 6379 from Test/Fn/SecurityGroup")}},
		{"a group of the cache, and an allowed group", func(f fixture) rediscache.IRedisCache {
			return f.cache(func(p *props) {
				ofCache(restricted(f, "Theirs", "sg-11111111", false))(p)
				p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{importedSecurityGroup(f.stack, "Client", "sg-22222222")}
			})
		}, []string{owed("sg-11111111", "ingress of TCP 6379 from sg-22222222")}},
		{"one of two groups of the cache", func(f fixture) rediscache.IRedisCache {
			cache := f.cache(ofCache(restricted(f, "Ours", "sg-33333333", true), restricted(f, "Theirs", "sg-11111111", false)))
			cache.ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), nil)
			return cache
		}, []string{owed("sg-11111111", "ingress of TCP 6379 from Test/Client")}},
		{"a group of an imported cache", func(f fixture) rediscache.IRedisCache {
			cache := rediscache.RedisCache_FromRedisCacheAttributes(f.stack, jsii.String("Cache"), &rediscache.RedisCacheAttributes{
				ReplicationGroupId: jsii.String("theirs"), PrimaryEndpointAddress: jsii.String("theirs.example.com"), Port: jsii.Number(7000),
				SecurityGroups: &[]awsec2.ISecurityGroup{restricted(f, "Theirs", "sg-11111111", false)},
			})
			cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
			return cache
		}, []string{owed("sg-11111111", "ingress of TCP 7000 from Test/Fn/SecurityGroup")}},
		{"a client without egress", func(f fixture) rediscache.IRedisCache {
			cache := f.cache(nil)
			cache.ConnectClient(restricted(f, "Client", "sg-22222222", false), nil)
			return cache
		}, []string{owed("sg-22222222", "egress of TCP 6379 to Test/Cache/SecurityGroup")}},
		{"a group whose id only CloudFormation knows", func(f fixture) rediscache.IRedisCache {
			id := awscdk.NewCfnParameter(f.stack, jsii.String("Id"), nil).ValueAsString()
			cache := f.cache(ofCache(restricted(f, "Theirs", *id, false)))
			cache.ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), nil)
			return cache
		}, []string{owed("Test/Theirs", "ingress of TCP 6379 from Test/Client")}},
		{"a client with egress, which needs no rule of its own", func(f fixture) rediscache.IRedisCache {
			cache := f.cache(nil)
			cache.ConnectClient(awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Client"), jsii.String("sg-22222222"),
				&awsec2.SecurityGroupImportOptions{Mutable: jsii.Bool(false)}), nil)
			return cache
		}, nil},
		{"groups that CDK adds rules to", func(f fixture) rediscache.IRedisCache {
			cache := f.cache(ofCache(restricted(f, "Ours", "sg-33333333", true)))
			cache.ConnectClient(restricted(f, "Client", "sg-22222222", true), nil)
			return cache
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			cache := test.build(f)
			awscdk.Annotations_Of(cache).AcknowledgeWarning(jsii.String(rediscache.WarningPrefix+"noAlarmActions"), jsii.String("known"))
			assert.Equal(t, test.want, warningsOf(cache))
		})
	}
}

func TestPolicyThatAnImmutableRoleSwallowsIsAWarning(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/theirs"
	roleOf := func(f fixture, mutable bool) awsiam.IRole {
		return awsiam.Role_FromRoleArn(f.stack, jsii.String("Theirs"), jsii.String(arn), &awsiam.FromRoleArnOptions{Mutable: &mutable})
	}
	functionOf := func(f fixture, mutable bool) awslambda.Function {
		return awslambda.NewFunction(f.stack, jsii.String("Fn"), &awslambda.FunctionProps{
			Runtime: awslambda.Runtime_PYTHON_3_12(), Handler: jsii.String("index.handler"), Vpc: f.vpc, Role: roleOf(f, mutable),
			Code: awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
		})
	}
	owed := func(role, actions string) []string {
		return []string{role + " is an immutable role, so CDK adds no policy to it; its owner has to allow it " + actions +
			" [ack: " + rediscache.WarningPrefix + "immutableRole]"}
	}
	const reading = "secretsmanager:GetSecretValue, secretsmanager:DescribeSecret"
	read, iam := owed("Test/Theirs", reading), owed("Test/Theirs", "elasticache:Connect")
	tests := []struct {
		name    string
		login   rediscache.Authentication
		connect func(f fixture, cache rediscache.RedisCache)
		want    []string
	}{
		{"a function with such a role", nil, func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectFunction(functionOf(f, false), nil)
		}, read},
		{"a client with such a role", nil, func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), roleOf(f, false))
		}, read},
		{"a grant, which succeeds all the same", nil, func(f fixture, cache rediscache.RedisCache) {
			assert.True(t, *cache.GrantConnect(roleOf(f, false)).Success())
		}, read},
		{"a function that logs in by IAM", rediscache.Authentication_Iam(nil), func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectFunction(functionOf(f, false), nil)
		}, iam},
		{"a role of this app that is to stay as it is", nil, func(f fixture, cache rediscache.RedisCache) {
			cache.GrantConnect(newRole(f.stack, "Own").WithoutPolicyUpdates(nil))
		}, owed("Test/ImmutableRoleOwn", reading)},
		{"a role that CDK adds policies to", nil, func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectFunction(functionOf(f, true), nil)
		}, nil},
		{"no login", rediscache.Authentication_None(), func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectFunction(functionOf(f, false), nil)
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			cache := f.cache(func(p *props) { p.Authentication = test.login })
			before := len(warningsOf(cache))
			test.connect(f, cache)
			var got []string
			got = append(got, warningsOf(cache)[before:]...)
			assert.Equal(t, test.want, got)
		})
	}
	t.Run("a user of the cache", func(t *testing.T) {
		f := newFixture()
		user := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_Iam(nil) }).AddUser(jsii.String("Reports"), nil)
		user.GrantConnect(roleOf(f, false))
		assert.Equal(t, iam, warningsOf(user))
	})
}
