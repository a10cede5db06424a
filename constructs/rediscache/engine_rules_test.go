package rediscache

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func TestEngineRules(t *testing.T) {
	engine := func(name, engine, version, family string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Engine = EngineVersion_Of(&engine, &version, &family) }, want...)
	}
	noFamily := func(name, engine, version string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Engine = EngineVersion_Of(&engine, &version, nil) }, want...)
	}
	line := func(value, message string) string { return fmt.Sprintf("Engine: %q %s", value, message) }
	redis, valkey := "use 6.0, 6.2, 6.x, 7.0 or 7.1", "use 7.2, 8.0, 8.1, 8.2, 9.0 or 9.1"
	notEngine := `is not an engine of replication groups; use "redis" or "valkey"`
	otherFamily := func(family string) string {
		return fmt.Sprintf("is not of the parameter group family %q, which has another engine or major version; "+
			"name the one that AWS lists for it", family)
	}
	runRules(t, []ruleCase{
		engine("a version of the catalog is accepted", "valkey", "8.0", "valkey8"),
		engine("6.0 is the oldest", "redis", "6.0", "redis6.x"),
		engine("5.0.6 is too old for a slow log", "redis", "5.0.6", "redis5.0", line("redis 5.0.6", "delivers no slow log; "+redis)),
		engine("3.2.4 is too old too, which is no problem of the node type", "redis", "3.2.4", "redis3.2",
			line("redis 3.2.4", "delivers no slow log; "+redis)),
		engine("the alias of the newest 6 is accepted", "redis", "6.x", "redis6.x"),
		engine("a version that AWS adds later is accepted", "valkey", "10.0", "valkey10"),
		engine("a family of another version is refused", "redis", "7.1", "redis6.x",
			line("redis 7.1", `is not of the parameter group family "redis6.x"; use "redis7"`)),
		engine("a family of another engine is refused", "valkey", "8.0", "redis7",
			line("valkey 8.0", `is not of the parameter group family "redis7"; use "valkey8"`)),
		engine("an empty family is refused with the one to use", "redis", "7.1", "",
			line("redis 7.1", `is not of the parameter group family ""; use "redis7"`)),
		engine("an unknown version with a family of another major version is refused", "valkey", "10.0", "valkey9",
			line("valkey 10.0", otherFamily("valkey9"))),
		engine("an unknown version with a family of another engine is refused", "valkey", "10.0", "redis10",
			line("valkey 10.0", otherFamily("redis10"))),
		engine("memcached has no replication groups", "memcached", "1.6.22", "memcached1.6", line("memcached 1.6.22", notEngine)),
		engine("an engine is written in lower case", "Redis", "7.1", "redis7", line("Redis 7.1", notEngine)),
		engine("a version is major and minor", "redis", "7", "redis7", line("redis 7", "is not a version; "+redis)),
		engine("a version has no v", "redis", "v7.1", "redis7", line("redis v7.1", "is not a version; "+redis)),
		engine("an empty engine is refused", "", "7.1", "redis7",
			line(" 7.1", `lacks an engine or a version; use EngineVersion_Of("valkey", "8.1", nil)`)),
		engine("a token as version is not judged", "redis", stringToken, "redis7"),
		engine("a token as version needs a family", "redis", stringToken, "",
			line("redis "+stringToken, "has no known parameter group family; name it in EngineVersion_Of")),
		engine("a token as family is refused, because it is part of a logical id", "redis", "7.1", stringToken,
			"Engine: has a token as its family, which is part of a logical id; pass it as a literal"),
		noFamily("the family of a known version may be left out", "valkey", "8.1"),
		noFamily("the family of an unknown version may not be left out", "valkey", "10.0",
			line("valkey 10.0", "is not a known version; "+valkey+", or name the parameter group family of a newer one")),
	})
}

// What is not in the catalog is taken for the newest older version, and a token for the newest.
func TestEngineLogIsDeliveredByAllButRedis60(t *testing.T) {
	for _, test := range []struct {
		engine, version, family string
		want                    bool
	}{
		{"redis", "6.0", "redis6.x", false},
		{"redis", "6.2", "redis6.x", true},
		{"redis", "6.5", "redis6.x", true},
		{"redis", stringToken, "redis7", true},
		{"valkey", "10.0", "valkey10", true},
		{"valkey", stringToken, "valkey8", true},
		{stringToken, "7.1", "redis7", true},
	} {
		known, _ := engineVersion{test.engine, test.version, test.family}.lookup()
		assert.Equal(t, test.want, known.EngineLog, "%s %s", test.engine, test.version)
	}
}

func TestMaxmemoryPolicyRules(t *testing.T) {
	policy := func(name string, policy MaxmemoryPolicy, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.MaxmemoryPolicy = policy }, want...)
	}
	policies := "allkeys-lru, volatile-lru, allkeys-lfu, volatile-lfu, allkeys-random, volatile-random, volatile-ttl, noeviction"
	notPolicy := " is not a maxmemory-policy; use one of " + policies
	runRules(t, []ruleCase{
		policy("a policy is accepted", MaxmemoryPolicy_VOLATILE_TTL),
		policy("an unknown policy is refused", "lru", `MaxmemoryPolicy: "lru"`+notPolicy),
		policy("a policy is written as the engine writes it", "ALLKEYS_LRU", `MaxmemoryPolicy: "ALLKEYS_LRU"`+notPolicy),
	})
}

func TestSlowLogThresholdRules(t *testing.T) {
	threshold := func(name string, d fakeDuration, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.SlowLogThreshold = &d }, want...)
	}
	runRules(t, []ruleCase{
		threshold("a millisecond is accepted", fakeDuration{milliseconds: 1}),
		threshold("zero records every command", fakeDuration{}),
		threshold("a microsecond is the smallest step", fakeDuration{milliseconds: 0.001}),
		threshold("less than a microsecond is refused", fakeDuration{milliseconds: 0.0005},
			"SlowLogThreshold: 0.5 microseconds is not a whole number, as slowlog-log-slower-than needs"),
		threshold("a token is refused, because it cannot be converted", fakeDuration{unresolved: true},
			"SlowLogThreshold: is a token, which cannot be converted to microseconds; set slowlog-log-slower-than in Parameters"),
		threshold("three hundred thousand years are too long", fakeDuration{milliseconds: 1e16},
			"SlowLogThreshold: 10000000000000000000 microseconds is too long for slowlog-log-slower-than"),
	})
}

func TestParameterRules(t *testing.T) {
	on := func(engine EngineVersion, name, parameter, value string, message ...string) ruleCase {
		c := with(name, func(p *RedisCacheProps) { p.Engine, p.Parameters = engine, &map[string]*string{parameter: &value} })
		for _, message := range message {
			c.want = append(c.want, fmt.Sprintf("Parameters[%q]: %q %s", parameter, value, message))
		}
		return c
	}
	set := func(name, parameter, value string, message ...string) ruleCase {
		return on(EngineVersion_REDIS_7_1(), name, parameter, value, message...)
	}
	setByAWS := "cannot be changed: ElastiCache sets this parameter itself; leave it out"
	runRules(t, []ruleCase{
		set("a parameter in its range is accepted", "maxmemory-samples", "1"),
		set("a number below its range is refused", "maxmemory-samples", "0", "is not an integer of at least 1"),
		set("the top of a range is accepted", "reserved-memory-percent", "100"),
		set("a number above the top is refused", "reserved-memory-percent", "101", "is not an integer from 0 to 100"),
		set("a word is not a number", "databases", "many", "is not an integer from 1 to 1200000"),
		set("a fraction is not an integer", "databases", "1.5", "is not an integer from 1 to 1200000"),
		set("an empty value is not a number", "databases", "", "is not an integer from 1 to 1200000"),
		set("a timeout of 0 is accepted", "timeout", "0"),
		set("a short timeout is refused", "timeout", "19", "is not 0, or an integer of at least 20"),
		set("a timeout of 20 is accepted", "timeout", "20"),
		set("yes is accepted for a boolean", "activedefrag", "yes"),
		set("true is refused for a boolean", "activedefrag", "true", "is not one of yes, no"),
		set("a negative threshold switches the slow log off", "slowlog-log-slower-than", "-1"),
		set("a policy of the engine is accepted", "maxmemory-policy", "noeviction"),
		set("another policy is refused", "maxmemory-policy", "lru", "is not one of allkeys-lru, volatile-lru, allkeys-lfu, "+
			"volatile-lfu, allkeys-random, volatile-random, volatile-ttl, noeviction"),
		set("letters of keyspace events are accepted", "notify-keyspace-events", "KEA"),
		set("other letters are refused", "notify-keyspace-events", "KEQ", "is not made of the letters KEg$lshzxeA"),
		set("a misspelt name is refused with the one that was meant", "maxmemory-polcy", "allkeys-lru",
			`is not a parameter of redis7; did you mean "maxmemory-policy"?`),
		set("an unknown name is refused", "frobnicate", "1", "is not a parameter of redis7"),
		set("a parameter that AWS sets is refused", "maxmemory", "1000000", setByAWS),
		set("append-only files are set by AWS", "appendonly", "yes", setByAWS),
		set("cluster mode is set by the construct", "cluster-enabled", "yes", "is set by the construct: use ClusterMode"),
		set("a range that AWS publishes twice is not judged", "active-defrag-ignore-bytes", "1048576"),
		set("a token is not judged", "databases", stringToken),
		on(EngineVersion_VALKEY_8_0(), "a parameter that a family dropped is refused", "lazyfree-lazy-eviction", "yes",
			"is not a parameter of valkey8"),
		on(EngineVersion_VALKEY_8_0(), "a parameter of a newer version is refused", "commandlog-request-larger-than", "1000",
			"needs engine version 8.1 or newer, not 8.0"),
		on(EngineVersion_VALKEY_8_1(), "it is accepted from that version on", "commandlog-request-larger-than", "1000"),
		on(EngineVersion_REDIS_6_0(), "acl-pubsub-default came with 6.2", "acl-pubsub-default", "allchannels",
			"needs engine version 6.2 or newer, not 6.0"),
		on(EngineVersion_VALKEY_9_0(), "valkey9 is not known well enough to refuse a name", "frobnicate", "1"),
		on(EngineVersion_Of(ptr.To("valkey"), ptr.To("10.0"), ptr.To("valkey10")), "a newer family is not known at all", "frobnicate", "1"),
		with("a token as a name is refused", func(p *RedisCacheProps) { p.Parameters = &map[string]*string{stringToken: ptr.To("1")} },
			"Parameters: has a token as the name of a parameter, which a template cannot have; write the name as a literal"),
		with("a nil value is refused", func(p *RedisCacheProps) { p.Parameters = &map[string]*string{"timeout": nil} },
			`Parameters["timeout"]: is nil; leave it out for ElastiCache's default`),
		with("every bad parameter has its line, in the order of their names", func(p *RedisCacheProps) {
			p.Parameters = &map[string]*string{"timeout": ptr.To("5"), "databases": ptr.To("0")}
		}, `Parameters["databases"]: "0" is not an integer from 1 to 1200000`,
			`Parameters["timeout"]: "5" is not 0, or an integer of at least 20`),
	})
}
