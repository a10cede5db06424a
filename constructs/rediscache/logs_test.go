package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestLogGroups(t *testing.T) {
	t.Run("a name makes the names of the log groups", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.Name = jsii.String("securebase-prod") })
		tpl := synthesize(t, f.stack)
		for id, log := range map[string]string{"CacheSlowLog": "slow-log", "CacheEngineLog": "engine-log"} {
			assert.Equal(t, object{"LogGroupName": "/aws/elasticache/securebase-prod/redis/" + log, "RetentionInDays": 30.0},
				tpl.named(t, id).Properties)
		}
		assert.Equal(t, tpl.ref(t, "CacheSlowLog"), f.stack.Resolve(cache.SlowLogGroup().LogGroupName()))
		assert.Equal(t, tpl.ref(t, "CacheEngineLog"), f.stack.Resolve(cache.EngineLogGroup().LogGroupName()))
	})
	t.Run("logs can be kept forever", func(t *testing.T) {
		tpl := templateOf(t, func(p *props) { p.LogRetention = awslogs.RetentionDays_INFINITE })
		for id, logs := range tpl.allOf(logGroup) {
			assert.NotContains(t, logs.Properties, "RetentionInDays", id)
		}
	})
	t.Run("Redis 6.0 has no engine log", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_0() })
		tpl := synthesize(t, f.stack)
		assert.Len(t, tpl.allOf(logGroup), 1)
		assert.Len(t, tpl.one(t, replicationGroup).Properties["LogDeliveryConfigurations"], 1)
		assert.Nil(t, cache.EngineLogGroup())
	})
	t.Run("a version that is a token has both logs", func(t *testing.T) {
		f := newFixture()
		version := awscdk.NewCfnParameter(f.stack, jsii.String("Version"), nil).ValueAsString()
		f.cache(func(p *props) {
			p.Engine = rediscache.EngineVersion_Of(jsii.String("valkey"), version, jsii.String("valkey8"))
		})
		assert.Len(t, synthesize(t, f.stack).one(t, replicationGroup).Properties["LogDeliveryConfigurations"], 2)
	})
}
