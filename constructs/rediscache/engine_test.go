package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestParameterGroupHasThePolicyAndTheThreshold(t *testing.T) {
	tests := []struct {
		name       string
		change     func(p *props)
		id, family string
		want       object
	}{
		{"least recently used keys go first, and 10 ms are slow", nil, "CacheParameterGroupRedis7", "redis7",
			object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}},
		{"both can be chosen", func(p *props) {
			p.MaxmemoryPolicy, p.SlowLogThreshold = rediscache.MaxmemoryPolicy_VOLATILE_TTL, awscdk.Duration_Millis(jsii.Number(2.5))
		}, "CacheParameterGroupRedis7", "redis7", object{"maxmemory-policy": "volatile-ttl", "slowlog-log-slower-than": "2500"}},
		{"Parameters add to the two, and win", func(p *props) {
			p.Parameters = &map[string]*string{"timeout": jsii.String("300"), "slowlog-log-slower-than": jsii.String("-1")}
		}, "CacheParameterGroupRedis7", "redis7",
			object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "-1", "timeout": "300"}},
		{"another family is another group", func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() },
			"CacheParameterGroupRedis6x", "redis6.x", object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}},
		{"Valkey has families of its own", func(p *props) { p.Engine = rediscache.EngineVersion_VALKEY_8_1() },
			"CacheParameterGroupValkey8", "valkey8", object{"maxmemory-policy": "allkeys-lru", "slowlog-log-slower-than": "10000"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tpl := templateOf(t, test.change)
			assert.Equal(t, object{
				"CacheParameterGroupFamily": test.family, "Description": "Parameters of Redis query cache", "Properties": test.want,
			}, tpl.named(t, test.id).Properties)
			assert.Len(t, tpl.allOf(parameterGroup), 1)
		})
	}
}
