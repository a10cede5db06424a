package rediscache

import (
	"fmt"
	"math"
	"testing"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func TestNodeTypeRules(t *testing.T) {
	nodeType := func(p *RedisCacheProps) **string { return &p.NodeType }
	line := func(value, message string) string { return fmt.Sprintf("NodeType: %q %s", value, message) }
	on := func(name, nodeType string, engine EngineVersion, message ...string) ruleCase {
		c := with(name, func(p *RedisCacheProps) { p.NodeType, p.Engine = &nodeType, engine })
		for _, message := range message {
			c.want = append(c.want, line(nodeType, message))
		}
		return c
	}
	tiered := func(name string, change func(p *RedisCacheProps), want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.NodeType = ptr.To("cache.r6gd.xlarge"); change(p) }, want...)
	}
	tieredPolicy := func(policy string) string {
		return line("cache.r6gd.xlarge", fmt.Sprintf("has data tiering, which does not support maxmemory-policy %q; "+
			"use noeviction, volatile-lru or allkeys-lru, or another type", policy))
	}
	unknown := "is not an ElastiCache node type"
	retired := `is retired; use a current type, such as "cache.t4g.small" or "cache.r7g.large"`
	runRules(t, []ruleCase{
		property("a type of the catalog is accepted", nodeType, "cache.r7g.large"),
		property("a type without its prefix is refused with the whole name", nodeType, "r7g.large",
			line("r7g.large", unknown+`; did you mean "cache.r7g.large"?`)),
		property("a misspelt type is refused with the one that was meant", nodeType, "cache.r7g.lagre",
			line("cache.r7g.lagre", unknown+`; did you mean "cache.r7g.large"?`)),
		property("a type that resembles none is refused without a guess", nodeType, "db.serverless.v2.instance",
			line("db.serverless.v2.instance", unknown)),
		property("an empty type is refused", nodeType, "", line("", unknown)),
		property("t1 is retired", nodeType, "cache.t1.micro", line("cache.t1.micro", retired)),
		property("m3 is retired", nodeType, "cache.m3.large", line("cache.m3.large", retired)),
		property("a token is not judged", nodeType, stringToken),
		on("r8g runs Valkey", "cache.r8g.large", EngineVersion_VALKEY_8_0()),
		on("r8g does not run Redis", "cache.r8g.large", EngineVersion_REDIS_7_1(),
			`does not run redis; use a Valkey engine, or another type such as "cache.r7g.large"`),
		on("r7g needs Redis 6.2", "cache.r7g.large", EngineVersion_REDIS_6_0(), "needs redis 6.2 or newer, not 6.0"),
		on("r7g runs Redis 6.2", "cache.r7g.large", EngineVersion_REDIS_6_2()),
		on("r7g runs the newest Redis 6", "cache.r7g.large", EngineVersion_Of(ptr.To("redis"), ptr.To("6.x"), nil)),
		on("r6g runs Redis 6.0", "cache.r6g.large", EngineVersion_REDIS_6_0()),
		on("no type is judged against a version that is a token", "cache.r7g.large",
			EngineVersion_Of(ptr.To("redis"), ptr.To(stringToken), ptr.To("redis7"))),
		tiered("data tiering supports allkeys-lru", func(*RedisCacheProps) {}),
		tiered("data tiering does not support allkeys-lfu", func(p *RedisCacheProps) {
			p.MaxmemoryPolicy = MaxmemoryPolicy_ALLKEYS_LFU
		}, tieredPolicy("allkeys-lfu")),
		tiered("the policy of Parameters is the one that counts", func(p *RedisCacheProps) {
			p.Parameters = &map[string]*string{"maxmemory-policy": ptr.To("volatile-ttl")}
		}, tieredPolicy("volatile-ttl")),
	})
}

func TestNumCacheNodesRules(t *testing.T) {
	nodes := func(p *RedisCacheProps) **float64 { return &p.NumCacheNodes }
	whole := " is not a whole number from 1 to 6"
	runRules(t, []ruleCase{
		property("one node is the fewest", nodes, 1),
		property("no node is refused", nodes, 0, "NumCacheNodes: 0"+whole),
		property("a negative number is refused", nodes, -1, "NumCacheNodes: -1"+whole),
		property("six nodes are the most", nodes, 6),
		property("seven nodes are refused", nodes, 7, "NumCacheNodes: 7"+whole),
		property("half a node is refused", nodes, 2.5, "NumCacheNodes: 2.5"+whole),
		property("NaN is refused", nodes, math.NaN(), "NumCacheNodes: NaN"+whole),
		property("infinity is refused", nodes, math.Inf(-1), "NumCacheNodes: -Inf"+whole),
		property("a token is refused, because nodes are counted at synth", nodes, numberToken,
			"NumCacheNodes: is a token, but every node has its own alarms and metrics; pass it as a literal"),
	})
}

func TestMultiAzRules(t *testing.T) {
	multiAz := func(name string, nodes float64, multiAz bool, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.NumCacheNodes, p.MultiAzEnabled = &nodes, &multiAz }, want...)
	}
	runRules(t, []ruleCase{
		multiAz("two nodes may have it", 2, true),
		multiAz("two nodes may do without", 2, false),
		multiAz("one node may do without", 1, false),
		multiAz("one node has no replica to put into another zone", 1, true,
			"MultiAzEnabled: true needs a replica, but NumCacheNodes is 1; use 2 or more nodes, or MultiAzEnabled false"),
		multiAz("a wrong number of nodes is one problem, not two", 0, true, "NumCacheNodes: 0 is not a whole number from 1 to 6"),
	})
}
