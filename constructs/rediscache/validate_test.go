package rediscache

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/kmskey"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/subnets"
)

// The rules are pure Go, so that these tests need no node: what CDK would answer is made up here.

type fakeVpc struct {
	awsec2.IVpc
	isolated, private int
	zones             []string // of the subnets in turn
}

func (v *fakeVpc) IsolatedSubnets() *[]awsec2.ISubnet { return v.subnets(v.isolated) }
func (v *fakeVpc) PrivateSubnets() *[]awsec2.ISubnet  { return v.subnets(v.private) }
func (v *fakeVpc) subnets(count int) *[]awsec2.ISubnet {
	subnets := make([]awsec2.ISubnet, count)
	for i := range subnets {
		subnets[i] = &fakeSubnet{zone: v.zones[i%len(v.zones)]}
	}
	return &subnets
}

type fakeSubnet struct {
	awsec2.ISubnet
	zone string
}

func (s *fakeSubnet) AvailabilityZone() *string { return &s.zone }

type fakeDuration struct {
	awscdk.Duration
	milliseconds float64
	unresolved   bool
}

func (d *fakeDuration) IsUnresolved() *bool { return &d.unresolved }
func (d *fakeDuration) ToMilliseconds(*awscdk.TimeConversionOptions) *float64 {
	return &d.milliseconds
}

type fakeSecretValue struct{ awscdk.SecretValue }

type fakeSecurityGroup struct {
	awsec2.ISecurityGroup
	id string
}

func (g *fakeSecurityGroup) SecurityGroupId() *string { return &g.id }

type fakeStack struct{ awscdk.Stack }

func (fakeStack) Account() *string { return ptr.To("123456789012") }
func (fakeStack) Region() *string  { return ptr.To("eu-central-1") }

type fakeKey struct{ awskms.IKey }

func twoZones() *fakeVpc {
	return &fakeVpc{isolated: 2, zones: []string{"eu-central-1a", "eu-central-1b"}}
}

const (
	stringToken = "${Token[TOKEN.7]}"
	numberToken = -1.8881545897087626e+289
)

// ruleCase changes props, or the settings where a prop would need CDK, and expects these lines and no others.
type ruleCase struct {
	name     string
	props    func(p *RedisCacheProps)
	settings func(s *settings)
	want     []string
}

func (c ruleCase) lines() []string {
	props := &RedisCacheProps{Vpc: twoZones()}
	if c.props != nil {
		c.props(props)
	}
	s := newSettings(fakeStack{}, props)
	if c.settings != nil {
		c.settings(s)
	}
	lines := []string{}
	for _, problem := range s.check().Problems() {
		lines = append(lines, problem.String())
	}
	return lines
}

func runRules(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.want == nil {
				c.want = []string{}
			}
			assert.Equal(t, c.want, c.lines())
		})
	}
}

// property is a case that changes one property.
func property[T any](name string, field func(p *RedisCacheProps) **T, value T, want ...string) ruleCase {
	return ruleCase{name: name, props: func(p *RedisCacheProps) { *field(p) = &value }, want: want}
}

func TestName(t *testing.T) {
	name := func(p *RedisCacheProps) **string { return &p.Name }
	pattern := "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen"
	long := strings.Repeat("a", 35)
	runRules(t, []ruleCase{
		property("a name is taken", name, "securebase-prod"),
		property("a name of one letter is taken", name, "a"),
		property("a name of 34 characters is taken", name, long[:34]),
		property("a name of 35 characters is too long", name, long, `Name: "`+long+`" has 35 characters; "-redis" makes it a ReplicationGroupId, which has at most 40, so use at most 34`),
		property("an empty name is refused", name, "", `Name: "" is empty; leave Name out to let CloudFormation generate every name`),
		property("upper case is refused with the name to use", name, "SecureBase", `Name: "SecureBase" has upper-case letters, which ElastiCache stores in lower case, so that alarms would watch a node that does not exist; use "securebase"`),
		property("a name begins with a letter", name, "1base", `Name: "1base" `+pattern),
		property("a name does not begin with a hyphen", name, "-base", `Name: "-base" `+pattern),
		property("a name does not end with a hyphen", name, "base-", `Name: "base-" `+pattern),
		property("a name has no two hyphens in a row", name, "secure--base", `Name: "secure--base" `+pattern),
		property("a name has no underscore", name, "secure_base", `Name: "secure_base" `+pattern),
		property("a name has no umlaut", name, "büro", `Name: "büro" `+pattern),
		property("a token is not judged", name, stringToken+"-prod"),
	})
}

func TestDescription(t *testing.T) {
	description := func(p *RedisCacheProps) **string { return &p.Description }
	runRules(t, []ruleCase{
		property("255 characters are taken", description, strings.Repeat("é", 255)),
		property("256 characters are too many", description, strings.Repeat("é", 256), "Description: has 256 characters; use 1 to 255"),
		property("an empty description is refused", description, "", "Description: has 0 characters; use 1 to 255"),
		property("a token is not judged", description, stringToken),
	})
}

func TestNetwork(t *testing.T) {
	vpc := func(v awsec2.IVpc) func(p *RedisCacheProps) { return func(p *RedisCacheProps) { p.Vpc = v } }
	found := func(change func(s *subnets.Selection)) func(s *settings) {
		return func(s *settings) { change(&s.network.subnets) }
	}
	oneZone := `MultiAzEnabled: true needs subnets in two or more Availability Zones, but VpcSubnets has only "eu-central-1a"; add one, or use MultiAzEnabled false`
	runRules(t, []ruleCase{
		{name: "isolated subnets are enough", props: vpc(twoZones())},
		{name: "private subnets are enough", props: vpc(&fakeVpc{private: 2, zones: []string{"a", "b"}})},
		{name: "a missing VPC is one problem, not three", props: vpc(nil), want: []string{"Vpc: is required; pass the awsec2.IVpc for the cache"}},
		{name: "a VPC with public subnets only is refused", props: vpc(&fakeVpc{zones: []string{"a", "b"}}),
			want: []string{"VpcSubnets: select no subnet: the VPC has neither isolated nor private subnets, and a cache does not belong in public ones"}},
		{name: "public subnets are refused", settings: found(func(s *subnets.Selection) { s.Public = true }),
			want: []string{"VpcSubnets: are public; choose isolated or private subnets"}},
		{name: "a selection of nothing is refused", settings: found(func(s *subnets.Selection) { s.All = nil }),
			want: []string{"VpcSubnets: select no subnet; pass a selection that fits the VPC"}},
		{name: "the dummies of a lookup are not judged", settings: found(func(s *subnets.Selection) { *s = subnets.Selection{PendingLookup: true, Public: true} })},
		{name: "Multi-AZ in one zone is refused", props: vpc(&fakeVpc{isolated: 2, zones: []string{"eu-central-1a"}}), want: []string{oneZone}},
		{name: "Multi-AZ in one zone named twice is refused", settings: found(func(s *subnets.Selection) { s.Zones = []string{"eu-central-1a", "eu-central-1a"} }), want: []string{oneZone}},
		{name: "a list of zones that is a token is not judged", settings: found(func(s *subnets.Selection) { s.Zones = []string{"#{Token[TOKEN.5]}"} })},
		{name: "one node in one zone is taken", props: func(p *RedisCacheProps) {
			p.Vpc, p.NumCacheNodes = &fakeVpc{isolated: 1, zones: []string{"a"}}, ptr.To(1.0)
		}},
		{name: "two nodes in one zone without Multi-AZ are taken", props: func(p *RedisCacheProps) {
			p.Vpc, p.MultiAzEnabled = &fakeVpc{isolated: 1, zones: []string{"a"}}, ptr.To(false)
		}},
		{name: "Multi-AZ with one node is refused", props: func(p *RedisCacheProps) { p.NumCacheNodes, p.MultiAzEnabled = ptr.To(1.0), ptr.To(true) },
			want: []string{"MultiAzEnabled: true needs a replica, but NumCacheNodes is 1; use 2 or more nodes, or MultiAzEnabled false"}},
		{name: "a nil security group is refused by its place", props: func(p *RedisCacheProps) {
			p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{&fakeSecurityGroup{id: "sg"}, nil}
		}, want: []string{"AllowedSecurityGroups[1]: is nil; leave it out"}},
	})
}

func TestPort(t *testing.T) {
	port := func(p *RedisCacheProps) **float64 { return &p.Port }
	whole := " is not a whole number from 1150 to 65535"
	runRules(t, []ruleCase{
		property("1150 is the lowest", port, 1150),
		property("1149 is too low", port, 1149, "Port: 1149"+whole),
		property("65535 is the highest", port, 65535),
		property("65536 is too high", port, 65536, "Port: 65536"+whole),
		property("8005 is ElastiCache's own", port, 8005, "Port: 8005 is reserved by ElastiCache; use another port, such as 6379"),
		property("8004 is not", port, 8004),
		property("a port is whole", port, 6379.5, "Port: 6379.5"+whole),
		property("a port is a number", port, math.NaN(), "Port: NaN"+whole),
		property("a port is finite", port, math.Inf(1), "Port: +Inf"+whole),
		property("a token is not judged", port, numberToken),
	})
}

func TestEngine(t *testing.T) {
	engine := func(name, engine, version, family string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.Engine = EngineVersion_Of(&engine, &version, &family) }}
	}
	runRules(t, []ruleCase{
		engine("a version of the table is taken", "valkey", "8.0", "valkey8"),
		engine("6.0 is the oldest", "redis", "6.0", "redis6.x"),
		engine("5.0.6 is too old for a slow log", "redis", "5.0.6", "redis5.0", `Engine: "redis 5.0.6" delivers no slow log; use 6.0, 6.2, 6.x, 7.0 or 7.1`),
		engine("3.2.4 is too old too", "redis", "3.2.4", "redis3.2", `Engine: "redis 3.2.4" delivers no slow log; use 6.0, 6.2, 6.x, 7.0 or 7.1`),
		engine("the alias of the newest 6 is taken", "redis", "6.x", "redis6.x"),
		engine("a version that AWS adds later is taken", "valkey", "10.0", "valkey10"),
		engine("a family of another version is refused", "redis", "7.1", "redis6.x", `Engine: "redis 7.1" is not of the parameter group family "redis6.x"; use "redis7"`),
		engine("a family of another engine is refused", "valkey", "8.0", "redis7", `Engine: "valkey 8.0" is not of the parameter group family "redis7"; use "valkey8"`),
		engine("an unknown version with a family of another major is refused", "valkey", "10.0", "valkey9", `Engine: "valkey 10.0" is not of the parameter group family "valkey9", which has another engine or major version; name the one that AWS lists for it`),
		engine("an unknown version with a family of another engine is refused", "valkey", "10.0", "redis10", `Engine: "valkey 10.0" is not of the parameter group family "redis10", which has another engine or major version; name the one that AWS lists for it`),
		engine("memcached has no replication groups", "memcached", "1.6.22", "memcached1.6", `Engine: "memcached 1.6.22" is not an engine of replication groups; use "redis" or "valkey"`),
		engine("an engine is written in lower case", "Redis", "7.1", "redis7", `Engine: "Redis 7.1" is not an engine of replication groups; use "redis" or "valkey"`),
		engine("a version is major and minor", "redis", "7", "redis7", `Engine: "redis 7" is not a version; use 6.0, 6.2, 6.x, 7.0 or 7.1`),
		engine("a version has no v", "redis", "v7.1", "redis7", `Engine: "redis v7.1" is not a version; use 6.0, 6.2, 6.x, 7.0 or 7.1`),
		engine("an empty engine is refused", "", "7.1", "redis7", `Engine: " 7.1" lacks an engine or a version; use EngineVersion_Of("valkey", "8.1", nil)`),
		engine("an empty family is refused", "redis", "7.1", "", `Engine: "redis 7.1" is not of the parameter group family ""; use "redis7"`),
		engine("a token as version is not judged", "redis", stringToken, "redis7"),
		engine("a token as family is refused, for it is in a logical id", "redis", "7.1", stringToken, `Engine: has a token as its family, which is part of a logical id; pass it as a literal`),
		{name: "the family of a known version may be left out", props: func(p *RedisCacheProps) { p.Engine = EngineVersion_Of(ptr.To("valkey"), ptr.To("8.1"), nil) }},
		{name: "the family of an unknown version may not", props: func(p *RedisCacheProps) { p.Engine = EngineVersion_Of(ptr.To("valkey"), ptr.To("10.0"), nil) },
			want: []string{`Engine: "valkey 10.0" is not a known version; use 7.2, 8.0, 8.1, 8.2, 9.0 or 9.1, or name the parameter group family of a newer one`}},
	})
}

func TestNodeType(t *testing.T) {
	nodeType := func(p *RedisCacheProps) **string { return &p.NodeType }
	on := func(name, nodeType string, engine EngineVersion, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.NodeType, p.Engine = &nodeType, engine }}
	}
	tiered := func(name string, change func(p *RedisCacheProps), want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.NodeType = ptr.To("cache.r6gd.xlarge"); change(p) }}
	}
	runRules(t, []ruleCase{
		property("a type of the table is taken", nodeType, "cache.r7g.large"),
		property("a type without cache. is told what it lacks", nodeType, "r7g.large", `NodeType: "r7g.large" is not an ElastiCache node type; did you mean "cache.r7g.large"?`),
		property("a slip of the pen is told what was meant", nodeType, "cache.r7g.lagre", `NodeType: "cache.r7g.lagre" is not an ElastiCache node type; did you mean "cache.r7g.large"?`),
		property("a type that is near to none is told nothing", nodeType, "db.serverless.v2.instance", `NodeType: "db.serverless.v2.instance" is not an ElastiCache node type`),
		property("an empty type is refused", nodeType, "", `NodeType: "" is not an ElastiCache node type`),
		property("t1 is retired", nodeType, "cache.t1.micro", `NodeType: "cache.t1.micro" is retired; use a current type, such as "cache.t4g.small" or "cache.r7g.large"`),
		property("m3 is retired", nodeType, "cache.m3.large", `NodeType: "cache.m3.large" is retired; use a current type, such as "cache.t4g.small" or "cache.r7g.large"`),
		property("a token is not judged", nodeType, stringToken),
		on("r8g runs Valkey", "cache.r8g.large", EngineVersion_VALKEY_8_0()),
		on("r8g does not run Redis", "cache.r8g.large", EngineVersion_REDIS_7_1(), `NodeType: "cache.r8g.large" does not run redis; use a Valkey engine, or another type such as "cache.r7g.large"`),
		on("r7g needs Redis 6.2", "cache.r7g.large", EngineVersion_REDIS_6_0(), `NodeType: "cache.r7g.large" needs redis 6.2 or newer, not 6.0`),
		on("r7g runs Redis 6.2", "cache.r7g.large", EngineVersion_REDIS_6_2()),
		on("r7g runs the newest Redis 6", "cache.r7g.large", EngineVersion_Of(ptr.To("redis"), ptr.To("6.x"), nil)),
		on("r6g runs Redis 6.0", "cache.r6g.large", EngineVersion_REDIS_6_0()),
		tiered("data tiering does allkeys-lru", func(*RedisCacheProps) {}),
		tiered("data tiering does not do allkeys-lfu", func(p *RedisCacheProps) { p.MaxmemoryPolicy = MaxmemoryPolicy_ALLKEYS_LFU },
			`NodeType: "cache.r6gd.xlarge" has data tiering, which does not support maxmemory-policy "allkeys-lfu"; use noeviction, volatile-lru or allkeys-lru, or another type`),
		tiered("data tiering looks at the parameter that wins", func(p *RedisCacheProps) {
			p.Parameters = &map[string]*string{"maxmemory-policy": ptr.To("volatile-ttl")}
		}, `NodeType: "cache.r6gd.xlarge" has data tiering, which does not support maxmemory-policy "volatile-ttl"; use noeviction, volatile-lru or allkeys-lru, or another type`),
	})
}

func TestNumCacheNodes(t *testing.T) {
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
		property("a token is refused, for it is counted at synth", nodes, numberToken,
			"NumCacheNodes: is a token, but every node has its own alarms and metrics; pass it as a literal"),
	})
}

func TestMemoryAndSlowLog(t *testing.T) {
	policies := "allkeys-lru, volatile-lru, allkeys-lfu, volatile-lfu, allkeys-random, volatile-random, volatile-ttl, noeviction"
	policy := func(name string, policy MaxmemoryPolicy, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.MaxmemoryPolicy = policy }}
	}
	slow := func(name string, d *fakeDuration, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.SlowLogThreshold = d }}
	}
	runRules(t, []ruleCase{
		policy("a policy is taken", MaxmemoryPolicy_VOLATILE_TTL),
		policy("an unknown policy is refused", "lru", `MaxmemoryPolicy: "lru" is not a maxmemory-policy; use one of `+policies),
		policy("a policy is written as the engine does", "ALLKEYS_LRU", `MaxmemoryPolicy: "ALLKEYS_LRU" is not a maxmemory-policy; use one of `+policies),
		slow("a millisecond is taken", &fakeDuration{milliseconds: 1}),
		slow("zero logs everything", &fakeDuration{}),
		slow("a microsecond is the smallest step", &fakeDuration{milliseconds: 0.001}),
		slow("less than a microsecond is refused", &fakeDuration{milliseconds: 0.0005}, "SlowLogThreshold: 0.5 microseconds is not a whole number, as slowlog-log-slower-than needs"),
		slow("a token is refused, for it cannot be converted", &fakeDuration{unresolved: true}, "SlowLogThreshold: is a token, which cannot be converted to microseconds; set slowlog-log-slower-than in Parameters"),
		slow("three hundred thousand years are too long", &fakeDuration{milliseconds: 1e16}, "SlowLogThreshold: 10000000000000000000 microseconds is too long for slowlog-log-slower-than"),
	})
}

func TestParameters(t *testing.T) {
	set := func(name, parameter, value string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.Parameters = &map[string]*string{parameter: &value} }}
	}
	with := func(engine EngineVersion, c ruleCase) ruleCase {
		set := c.props
		c.props = func(p *RedisCacheProps) { set(p); p.Engine = engine }
		return c
	}
	line := func(name, value, message string) string {
		return fmt.Sprintf("Parameters[%q]: %q %s", name, value, message)
	}
	runRules(t, []ruleCase{
		set("a parameter in its range is taken", "maxmemory-samples", "1"),
		set("a number below its range is refused", "maxmemory-samples", "0", line("maxmemory-samples", "0", "is not an integer of at least 1")),
		set("the top of a range is taken", "reserved-memory-percent", "100"),
		set("above the top is refused", "reserved-memory-percent", "101", line("reserved-memory-percent", "101", "is not an integer from 0 to 100")),
		set("a word is not a number", "databases", "many", line("databases", "many", "is not an integer from 1 to 1200000")),
		set("a fraction is not an integer", "databases", "1.5", line("databases", "1.5", "is not an integer from 1 to 1200000")),
		set("an empty value is not a number", "databases", "", line("databases", "", "is not an integer from 1 to 1200000")),
		set("timeout may be off", "timeout", "0"),
		set("timeout may not be short", "timeout", "19", line("timeout", "19", "is not 0, or an integer of at least 20")),
		set("timeout may be 20", "timeout", "20"),
		set("a yes is a yes", "activedefrag", "yes"),
		set("true is not a yes", "activedefrag", "true", line("activedefrag", "true", "is not one of yes, no")),
		set("a negative threshold switches the slow log off", "slowlog-log-slower-than", "-1"),
		set("a policy of the engine is taken", "maxmemory-policy", "noeviction"),
		set("another policy is refused", "maxmemory-policy", "lru", line("maxmemory-policy", "lru", "is not one of allkeys-lru, volatile-lru, allkeys-lfu, volatile-lfu, allkeys-random, volatile-random, volatile-ttl, noeviction")),
		set("letters of keyspace events are taken", "notify-keyspace-events", "KEA"),
		set("other letters are refused", "notify-keyspace-events", "KEQ", line("notify-keyspace-events", "KEQ", "is not made of the letters KEg$lshzxeA")),
		set("a slip of the pen is told what was meant", "maxmemory-polcy", "allkeys-lru", line("maxmemory-polcy", "allkeys-lru", `is not a parameter of redis7; did you mean "maxmemory-policy"?`)),
		set("an unknown name is refused", "frobnicate", "1", line("frobnicate", "1", "is not a parameter of redis7")),
		set("a parameter that AWS sets is refused", "maxmemory", "1000000", line("maxmemory", "1000000", "cannot be changed: ElastiCache sets this parameter itself; leave it out")),
		set("append-only files are AWS's own", "appendonly", "yes", line("appendonly", "yes", "cannot be changed: ElastiCache sets this parameter itself; leave it out")),
		set("cluster mode is the construct's own", "cluster-enabled", "yes", line("cluster-enabled", "yes", "is set by the construct: use ClusterMode")),
		set("a range that AWS publishes twice is not judged", "active-defrag-ignore-bytes", "1048576"),
		set("a token is not judged", "databases", stringToken),
		with(EngineVersion_VALKEY_8_0(), set("a parameter removed from a family is refused", "lazyfree-lazy-eviction", "yes",
			line("lazyfree-lazy-eviction", "yes", "is not a parameter of valkey8"))),
		with(EngineVersion_VALKEY_8_0(), set("a parameter of a newer version is refused", "commandlog-request-larger-than", "1000",
			line("commandlog-request-larger-than", "1000", "needs engine version 8.1 or newer, not 8.0"))),
		with(EngineVersion_VALKEY_8_1(), set("and taken from that version on", "commandlog-request-larger-than", "1000")),
		with(EngineVersion_REDIS_6_0(), set("acl-pubsub-default came with 6.2", "acl-pubsub-default", "allchannels",
			line("acl-pubsub-default", "allchannels", "needs engine version 6.2 or newer, not 6.0"))),
		with(EngineVersion_VALKEY_9_0(), set("valkey9 is not known well enough to refuse a name", "frobnicate", "1")),
		with(EngineVersion_Of(ptr.To("valkey"), ptr.To("10.0"), ptr.To("valkey10")), set("a newer family is not known at all", "frobnicate", "1")),
		{name: "a nil value is refused", props: func(p *RedisCacheProps) { p.Parameters = &map[string]*string{"timeout": nil} },
			want: []string{`Parameters["timeout"]: is nil; leave it out for ElastiCache's default`}},
		{name: "every bad parameter has its line, in the order of their names", props: func(p *RedisCacheProps) {
			p.Parameters = &map[string]*string{"timeout": ptr.To("5"), "databases": ptr.To("0")}
		}, want: []string{line("databases", "0", "is not an integer from 1 to 1200000"), line("timeout", "5", "is not 0, or an integer of at least 20")}},
	})
}

func TestAuthentication(t *testing.T) {
	token := func(name string, token givenToken, store bool, want ...string) ruleCase {
		token.secret = fakeSecretValue{}
		return ruleCase{name: name, settings: func(s *settings) { s.auth = auth{kind: ownToken, store: store, token: token} }, want: want}
	}
	choice := func(name string, choice Authentication, want ...string) ruleCase {
		return ruleCase{name: name, props: func(p *RedisCacheProps) { p.Authentication = choice }, want: want}
	}
	runRules(t, []ruleCase{
		token("a token from Secrets Manager is taken", givenToken{}, true),
		token("plain text is refused, and not shown", givenToken{plainText: true, reference: "sesame-open-now-1"}, true,
			"Authentication: has a token in plain text, which anyone could read in the template; use awscdk.SecretValue_SecretsManager(secretId, options)"),
		token("an SSM secure string cannot be stored", givenToken{ssmSecure: true}, true,
			"Authentication: has a token from an SSM secure string, which CloudFormation cannot put into the connection secret; "+
				"keep it in Secrets Manager, or set Store to false"),
		token("an SSM secure string is taken if it is not stored", givenToken{ssmSecure: true}, false),
		token("a token of one's own need not be stored", givenToken{}, false),
		choice("a token that is nil is refused", Authentication_Token(nil, nil),
			"Authentication: has no token; pass awscdk.SecretValue_SecretsManager(secretId, options) to Authentication_Token"),
		choice("a generated token is taken", Authentication_GeneratedToken(nil)),
		choice("no login is taken", Authentication_None()),
	})
}

func TestEncryptionKey(t *testing.T) {
	spec := func(name, spec string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, settings: func(s *settings) { s.encryption = encryption{kmskey.Key{Key: fakeKey{}, Spec: spec}} }}
	}
	runRules(t, []ruleCase{
		spec("a symmetric key is taken", "SYMMETRIC_DEFAULT"),
		spec("a key of unknown spec is taken", ""),
		spec("an RSA key is refused", "RSA_2048", `EncryptionKey: "RSA_2048" is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT`),
		spec("an HMAC key is refused", "HMAC_256", `EncryptionKey: "HMAC_256" is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT`),
	})
}

func TestSnapshots(t *testing.T) {
	retention := func(p *RedisCacheProps) **float64 { return &p.SnapshotRetentionLimit }
	name := func(p *RedisCacheProps) **string { return &p.SnapshotName }
	arn := func(name, arn string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.SnapshotArns = &[]*string{&arn} }}
	}
	shape := ` is not the ARN of an object in S3 without commas; use "arn:aws:s3:::bucket/key.rdb"`
	whole := " is not a whole number from 0 to 35"
	runRules(t, []ruleCase{
		property("no snapshots are legal", retention, 0),
		property("35 days are the most", retention, 35),
		property("36 days are too many", retention, 36, "SnapshotRetentionLimit: 36"+whole),
		property("a negative number is refused", retention, -1, "SnapshotRetentionLimit: -1"+whole),
		property("half a day is refused", retention, 0.5, "SnapshotRetentionLimit: 0.5"+whole),
		property("a token as retention is not judged", retention, numberToken),
		property("a snapshot name is taken", name, "nightly"),
		property("an empty snapshot name is refused", name, "", `SnapshotName: "" is empty; leave it out to start empty`),
		arn("the ARN of an RDB file is taken", "arn:aws:s3:::backups/redis/2026.rdb"),
		arn("an ARN of another partition is taken", "arn:aws-cn:s3:::backups/redis.rdb"),
		arn("a bucket is not a file", "arn:aws:s3:::backups", `SnapshotArns[0]: "arn:aws:s3:::backups"`+shape),
		arn("a URL is not an ARN", "s3://backups/redis.rdb", `SnapshotArns[0]: "s3://backups/redis.rdb"`+shape),
		arn("a comma is refused", "arn:aws:s3:::backups/a,b.rdb", `SnapshotArns[0]: "arn:aws:s3:::backups/a,b.rdb"`+shape),
		arn("a token as ARN is not judged", stringToken),
		{name: "a nil ARN is refused", props: func(p *RedisCacheProps) { p.SnapshotArns = &[]*string{nil} }, want: []string{"SnapshotArns[0]: is nil; leave it out"}},
		{name: "a name and ARNs exclude each other", props: func(p *RedisCacheProps) {
			p.SnapshotName, p.SnapshotArns = ptr.To("nightly"), &[]*string{ptr.To("arn:aws:s3:::b/k.rdb")}
		}, want: []string{`SnapshotName: "nightly" and SnapshotArns exclude each other; leave out one of them`}},
		{name: "an unknown removal policy is refused", props: func(p *RedisCacheProps) { p.RemovalPolicy = "KEEP" },
			want: []string{`RemovalPolicy: "KEEP" is not a removal policy; use "SNAPSHOT", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE" or "DESTROY"`}},
		{name: "a known one is taken", props: func(p *RedisCacheProps) { p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN }},
	})
}

func TestWindows(t *testing.T) {
	daily := ` is not a daily window in UTC; use hh24:mi-hh24:mi, such as "03:00-05:00"`
	weekly := ` is not a weekly window in UTC; use ddd:hh24:mi-ddd:hh24:mi in lower case, such as "sun:05:00-sun:07:00"`
	windows := func(name, snapshot, maintenance string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.SnapshotWindow, p.MaintenanceWindow = &snapshot, &maintenance }}
	}
	overlap := func(snapshot, maintenance string) string {
		return fmt.Sprintf("SnapshotWindow: %q overlaps MaintenanceWindow %q; ElastiCache refuses that even with snapshots off", snapshot, maintenance)
	}
	runRules(t, []ruleCase{
		windows("windows that touch are taken", "03:00-05:00", "sun:05:00-sun:07:00"),
		windows("windows that touch the other way are taken", "07:00-08:00", "sun:05:00-sun:07:00"),
		windows("a minute of overlap is refused", "03:00-05:01", "sun:05:00-sun:07:00", overlap("03:00-05:01", "sun:05:00-sun:07:00")),
		windows("an hour inside the other is refused", "05:30-06:30", "sun:05:00-sun:07:00", overlap("05:30-06:30", "sun:05:00-sun:07:00")),
		windows("60 minutes are enough", "03:00-04:00", "sun:05:00-sun:06:00"),
		windows("59 minutes of snapshot are too few", "03:00-03:59", "sun:05:00-sun:06:00", `SnapshotWindow: "03:00-03:59" has 59 minutes; use at least 60`),
		windows("59 minutes of maintenance are too few", "03:00-04:00", "sun:05:00-sun:05:59", `MaintenanceWindow: "sun:05:00-sun:05:59" has 59 minutes; use at least 60`),
		windows("a window of no time is refused", "03:00-03:00", "sun:05:00-sun:06:00", `SnapshotWindow: "03:00-03:00" has 0 minutes; use at least 60`),
		windows("a snapshot window runs across midnight", "23:30-00:30", "sun:05:00-sun:06:00"),
		windows("and is measured across it", "23:30-00:29", "sun:05:00-sun:06:00", `SnapshotWindow: "23:30-00:29" has 59 minutes; use at least 60`),
		windows("it meets maintenance on the day after", "23:30-00:30", "mon:00:00-mon:02:00", overlap("23:30-00:30", "mon:00:00-mon:02:00")),
		windows("it meets maintenance at the end of the week", "23:30-00:30", "sun:22:00-sun:23:45", overlap("23:30-00:30", "sun:22:00-sun:23:45")),
		windows("maintenance runs across Saturday and Sunday", "03:00-05:00", "sat:23:00-sun:01:00"),
		windows("and meets a snapshot after midnight", "00:30-01:30", "sat:23:00-sun:01:00", overlap("00:30-01:30", "sat:23:00-sun:01:00")),
		windows("maintenance runs across the end of the week", "03:00-05:00", "sun:23:00-mon:01:00"),
		windows("and meets a snapshot there", "00:30-01:30", "sun:23:00-mon:01:00", overlap("00:30-01:30", "sun:23:00-mon:01:00")),
		windows("maintenance of two days meets any snapshot", "12:00-13:00", "fri:20:00-sun:20:00", overlap("12:00-13:00", "fri:20:00-sun:20:00")),
		windows("words are not a window", "at night", "sun:05:00-sun:06:00", `SnapshotWindow: "at night"`+daily),
		windows("an hour has two digits", "3:00-5:00", "sun:05:00-sun:06:00", `SnapshotWindow: "3:00-5:00"`+daily),
		windows("there is no 25th hour", "25:00-26:00", "sun:05:00-sun:06:00", `SnapshotWindow: "25:00-26:00"`+daily),
		windows("there is no 60th minute", "03:60-05:00", "sun:05:00-sun:06:00", `SnapshotWindow: "03:60-05:00"`+daily),
		windows("24:00 is 00:00", "22:00-24:00", "sun:05:00-sun:06:00", `SnapshotWindow: "22:00-24:00"`+daily),
		windows("a daily window has no day", "sun:03:00-sun:05:00", "sun:05:00-sun:06:00", `SnapshotWindow: "sun:03:00-sun:05:00"`+daily),
		windows("a weekly window has a day", "03:00-05:00", "05:00-06:00", `MaintenanceWindow: "05:00-06:00"`+weekly),
		windows("a day has three letters", "03:00-05:00", "sunday:05:00-sunday:06:00", `MaintenanceWindow: "sunday:05:00-sunday:06:00"`+weekly),
		windows("a day is in lower case", "03:00-05:00", "Sun:05:00-Sun:06:00", `MaintenanceWindow: "Sun:05:00-Sun:06:00"`+weekly),
		windows("both may be wrong at once", "x", "y", `SnapshotWindow: "x"`+daily, `MaintenanceWindow: "y"`+weekly),
		windows("a token as snapshot window is not judged", stringToken, "sun:05:00-sun:06:00"),
		windows("a token as maintenance window is not judged", "03:00-05:00", stringToken),
	})
}

func TestAlarmOptions(t *testing.T) {
	alarms := func(name string, options AlarmOptions, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.Alarms = &options }}
	}
	threshold := func(t float64) *AlarmThreshold { return &AlarmThreshold{Threshold: &t} }
	periods := func(n float64) *AlarmThreshold { return &AlarmThreshold{EvaluationPeriods: &n} }
	percentage := " is not a percentage from 0 to 100"
	runRules(t, []ruleCase{
		alarms("a percentage may be 0", AlarmOptions{Memory: threshold(0)}),
		alarms("a percentage may be 100", AlarmOptions{Memory: threshold(100)}),
		alarms("a percentage is not above 100", AlarmOptions{Cpu: threshold(100.5)}, "Alarms.Cpu.Threshold: 100.5"+percentage),
		alarms("a percentage is not negative", AlarmOptions{EngineCpu: threshold(-1)}, "Alarms.EngineCpu.Threshold: -1"+percentage),
		alarms("a percentage is a number", AlarmOptions{CacheHitRate: threshold(math.NaN())}, "Alarms.CacheHitRate.Threshold: NaN"+percentage),
		alarms("evictions may be many", AlarmOptions{Evictions: threshold(1e6)}),
		alarms("evictions are not negative", AlarmOptions{Evictions: threshold(-1)}, "Alarms.Evictions.Threshold: -1 is not a number from 0 up"),
		alarms("lag is finite", AlarmOptions{ReplicationLag: threshold(math.Inf(1))}, "Alarms.ReplicationLag.Threshold: +Inf is not a number from 0 up"),
		alarms("one period is the fewest", AlarmOptions{Cpu: periods(1)}),
		alarms("no period is refused", AlarmOptions{Cpu: periods(0)}, "Alarms.Cpu.EvaluationPeriods: 0 is not a whole number from 1 to 1440"),
		alarms("half a period is refused", AlarmOptions{Cpu: periods(1.5)}, "Alarms.Cpu.EvaluationPeriods: 1.5 is not a whole number from 1 to 1440"),
		alarms("a day of minutes is the longest", AlarmOptions{Memory: periods(1440)}),
		alarms("a minute more is refused", AlarmOptions{Memory: periods(1441)}, "Alarms.Memory.EvaluationPeriods: 1441 is not a whole number from 1 to 1440"),
		alarms("a day of five minutes is the longest", AlarmOptions{Evictions: periods(288)}),
		alarms("five minutes more are refused", AlarmOptions{Evictions: periods(289)}, "Alarms.Evictions.EvaluationPeriods: 289 is not a whole number from 1 to 288"),
		alarms("a switched-off alarm is not judged", AlarmOptions{Cpu: &AlarmThreshold{Threshold: ptr.To(500.0), Enabled: ptr.To(false)}}),
		alarms("alarms that are all off are not judged", AlarmOptions{Enabled: ptr.To(false), Cpu: threshold(500)}),
		alarms("a token as threshold is not judged", AlarmOptions{Cpu: threshold(numberToken)}),
		{name: "lag without a replica has nothing to watch", props: func(p *RedisCacheProps) {
			p.NumCacheNodes, p.Alarms = ptr.To(1.0), &AlarmOptions{ReplicationLag: threshold(10)}
		}, want: []string{"Alarms.ReplicationLag: has nothing to watch: NumCacheNodes is 1, so there is no replica; leave it out"}},
		{name: "unless it is off", props: func(p *RedisCacheProps) {
			p.NumCacheNodes, p.Alarms = ptr.To(1.0), &AlarmOptions{ReplicationLag: &AlarmThreshold{Enabled: ptr.To(false)}}
		}},
		{name: "a nil action is refused by its place", props: func(p *RedisCacheProps) { p.AlarmActions = &[]awscloudwatch.IAlarmAction{nil} },
			want: []string{"AlarmActions[0]: is nil; leave it out"}},
	})
}

func TestLogRetentionAndTags(t *testing.T) {
	tags := func(name string, tags map[string]*string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *RedisCacheProps) { p.Tags = &tags }}
	}
	many := map[string]*string{}
	for i := range 50 {
		many[fmt.Sprint("key", i)] = ptr.To("v")
	}
	more := map[string]*string{"one": ptr.To("more")}
	for key, value := range many {
		more[key] = value
	}
	long := strings.Repeat("k", 129)
	characters := "other characters than letters, digits, spaces and _ . : / = + - @"
	runRules(t, []ruleCase{
		{name: "a retention of CloudWatch is taken", props: func(p *RedisCacheProps) { p.LogRetention = awslogs.RetentionDays_INFINITE }},
		{name: "another is refused", props: func(p *RedisCacheProps) { p.LogRetention = "TEN_DAYS" },
			want: []string{`LogRetention: "TEN_DAYS" is not a retention of CloudWatch Logs; use one of awslogs.RetentionDays_*`}},
		tags("a tag is taken", map[string]*string{"Project": ptr.To("SecureBase")}),
		tags("an empty value is taken", map[string]*string{"Project": ptr.To("")}),
		tags("50 tags are the most", many),
		tags("51 tags are too many", more, "Tags: has 51 tags; a resource takes at most 50"),
		tags("a key of 128 characters is taken", map[string]*string{long[:128]: ptr.To("v")}),
		tags("a key of 129 is too long", map[string]*string{long: ptr.To("v")}, `Tags["`+long+`"]: has a key of 129 characters; use 1 to 128`),
		tags("an empty key is refused", map[string]*string{"": ptr.To("v")}, `Tags[""]: has a key of 0 characters; use 1 to 128`),
		tags("aws: is AWS's own", map[string]*string{"AWS:name": ptr.To("v")}, `Tags["AWS:name"]: has a key that starts with "aws:", which AWS reserves; use another`),
		tags("awsome is not", map[string]*string{"awsome": ptr.To("v")}),
		tags("a key has no stars", map[string]*string{"a*": ptr.To("v")}, `Tags["a*"]: has a key with `+characters),
		tags("a value of 256 characters is taken", map[string]*string{"k": ptr.To(strings.Repeat("v", 256))}),
		tags("a value of 257 is too long", map[string]*string{"k": ptr.To(strings.Repeat("v", 257))}, `Tags["k"]: has a value of 257 characters; use at most 256`),
		tags("a value has no exclamation mark", map[string]*string{"k": ptr.To("v!")}, `Tags["k"]: "v!" has `+characters),
		tags("a nil value is refused", map[string]*string{"k": nil}, `Tags["k"]: has no value; use "" for an empty one`),
		tags("a token as value is not judged", map[string]*string{"k": ptr.To(stringToken + "!")}),
	})
}

func TestProblemsComeAllAtOnceInTheOrderOfTheProps(t *testing.T) {
	lines := []string{}
	for _, problem := range newSettings(fakeStack{}, &RedisCacheProps{
		Tags:           &map[string]*string{"aws:x": ptr.To("")},
		NodeType:       ptr.To("r7g.large"),
		SnapshotWindow: ptr.To("03:00-05:30"),
		NumCacheNodes:  ptr.To(7.0),
	}).check().Problems() {
		lines = append(lines, "  - "+problem.String())
	}
	assert.Equal(t, `  - Vpc: is required; pass the awsec2.IVpc for the cache
  - NodeType: "r7g.large" is not an ElastiCache node type; did you mean "cache.r7g.large"?
  - NumCacheNodes: 7 is not a whole number from 1 to 6
  - SnapshotWindow: "03:00-05:30" overlaps MaintenanceWindow "sun:05:00-sun:07:00"; ElastiCache refuses that even with snapshots off
  - Tags["aws:x"]: has a key that starts with "aws:", which AWS reserves; use another`, strings.Join(lines, "\n"))
}

func TestOneProblemIsOneProperty(t *testing.T) {
	err := &ValidationError{Path: "A/B", Problems: []Problem{{"Port", "1", "is low"}}}
	assert.EqualError(t, err, "RedisCache [A/B]: 1 invalid property:\n  - Port: 1 is low")
}

func TestNothingAtAllLacksOnlyAVpc(t *testing.T) {
	lines := newSettings(fakeStack{}, nil).check().Problems()
	assert.Equal(t, []check.Problem{{Property: "Vpc", Message: "is required; pass the awsec2.IVpc for the cache"}}, lines)
}
