package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

type attributes = rediscache.RedisCacheAttributes

const importedSecret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:securebase-prod/redis/connection-AbCdEf"

// imported is the cache securebase-prod of another app.
func imported(stack awscdk.Stack, change func(a *attributes)) rediscache.IRedisCache {
	attrs := &attributes{
		ReplicationGroupId:     jsii.String("securebase-prod-redis"),
		PrimaryEndpointAddress: jsii.String("master.prod.example"),
		ReaderEndpointAddress:  jsii.String("replica.prod.example"),
		SecurityGroups:         &[]awsec2.ISecurityGroup{importedSecurityGroup(stack, "CacheGroup", "sg-87654321")},
		ConnectionSecret:       awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(importedSecret)),
	}
	if change != nil {
		change(attrs)
	}
	return rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Imported"), attrs)
}

func TestImportedCacheIsConnectedLikeOneOfThisApp(t *testing.T) {
	stack := newStack(newApp(), "Other")
	cache := imported(stack, nil)
	cache.ConnectFunction(newFunction(stack, "Fn", newVpc(stack)), nil)
	tpl := synthesize(t, stack)

	assert.Equal(t, object{
		"REDIS_HOST": "master.prod.example", "REDIS_PORT": "6379",
		"REDIS_READER_HOST": "replica.prod.example", "REDIS_AUTH_SECRET": importedSecret,
	}, variables(t, tpl))
	assert.Equal(t, "sg-87654321", tpl.one(t, ingress).Properties["GroupId"])
	assert.Equal(t, importedSecret, statements(t, tpl)[0].(object)["Resource"])
	assert.Equal(t, "rediss://master.prod.example:6379", *cache.ConnectionString())
	assert.Equal(t, "replica.prod.example", *cache.ReaderEndpointAddress())
	assert.Equal(t, 6379.0, *cache.EndpointPort())
}

func TestImportedCacheHasTheMetricsOfItsNodes(t *testing.T) {
	cache := imported(newStack(newApp(), "Other"), func(a *attributes) { a.NumCacheNodes = jsii.Number(3) })
	members := *cache.Members()
	require.Len(t, members, 3)
	assert.Equal(t, object{"CacheClusterId": "securebase-prod-redis-003"}, *members[2].MetricReplicationLag(nil).Dimensions())
	assert.Len(t, *imported(newStack(newApp(), "Other"), nil).Members(), 2, "with a reader there are two nodes at least")
	single := imported(newStack(newApp(), "Other"), func(a *attributes) { a.ReaderEndpointAddress = nil })
	assert.Len(t, *single.Members(), 1)
}

func TestSecretImportedByAPartialArnIsGrantedWithItsSuffix(t *testing.T) {
	stack := newStack(newApp(), "Other")
	partial := jsii.String(importedSecret[:len(importedSecret)-len("-AbCdEf")])
	cache := imported(stack, func(a *attributes) {
		a.ConnectionSecret = awssecretsmanager.Secret_FromSecretPartialArn(stack, jsii.String("Partial"), partial)
	})
	cache.GrantConnect(newRole(stack, "Role"))
	assert.Equal(t, *partial+"-??????", statements(t, synthesize(t, stack))[0].(object)["Resource"])
}

func TestAttributesThatDoNotFitAreRefused(t *testing.T) {
	host := ` is not a host; leave out scheme and port`
	tests := []struct {
		name   string
		change func(a *attributes)
		want   string
	}{
		{"no id", func(a *attributes) { a.ReplicationGroupId = nil },
			"ReplicationGroupId: is required; pass the id that describe-replication-groups shows"},
		{"an id that is not as ElastiCache stores it", func(a *attributes) { a.ReplicationGroupId = jsii.String("UPPER-Group") },
			`ReplicationGroupId: "UPPER-Group" is not the id of a replication group as ElastiCache stores it: ` +
				"lower-case letters, digits and single hyphens"},
		{"an empty host", func(a *attributes) { a.PrimaryEndpointAddress = jsii.String("") },
			"PrimaryEndpointAddress: is required; pass the host of the primary endpoint, or ConfigurationEndpointAddress in cluster mode"},
		{"a URL for a host", func(a *attributes) { a.PrimaryEndpointAddress = jsii.String("rediss://x.y:6379") },
			`PrimaryEndpointAddress: "rediss://x.y:6379"` + host},
		{"a reader with a port", func(a *attributes) { a.ReaderEndpointAddress = jsii.String("r:6379") },
			`ReaderEndpointAddress: "r:6379"` + host},
		{"a reader of one node", func(a *attributes) {
			a.ReaderEndpointAddress, a.NumCacheNodes = jsii.String("r"), jsii.Number(1)
		}, `ReaderEndpointAddress: "r" does not go with NumCacheNodes 1: a replication group without replicas has no reader endpoint`},
		{"an empty reader", func(a *attributes) { a.ReaderEndpointAddress = jsii.String("") },
			`ReaderEndpointAddress: "" is empty; leave it out for a replication group without replicas`},
		{"a port out of range", func(a *attributes) { a.Port = jsii.Number(80) }, "Port: 80 is not a whole number from 1150 to 65535"},
		{"seven nodes", func(a *attributes) { a.NumCacheNodes = jsii.Number(7) }, "NumCacheNodes: 7 is not a whole number from 1 to 6"},
		{"no security group", func(a *attributes) { a.SecurityGroups = nil },
			"SecurityGroups: is required; without the security groups of the cache no client can be allowed to connect"},
		{"a nil security group", func(a *attributes) { a.SecurityGroups = &[]awsec2.ISecurityGroup{nil} },
			"SecurityGroups[0]: is nil; leave it out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() { imported(newStack(newApp(), "Other"), test.change) })
			assert.EqualError(t, err, invalid("Other/Imported", test.want))
		})
	}
	t.Run("no attributes at all", func(t *testing.T) {
		stack := newStack(newApp(), "Other")
		err := validationError(t, func() { rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Bad"), nil) })
		require.Len(t, err.Problems, 3)
	})
	t.Run("a cache without a secret is accepted", func(t *testing.T) {
		cache := imported(newStack(newApp(), "Other"), func(a *attributes) { a.ConnectionSecret = nil })
		assert.Nil(t, cache.ConnectionSecret())
	})
}
