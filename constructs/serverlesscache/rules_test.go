package serverlesscache

import (
	"cmp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/kmskey"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// The rules are pure Go, so that these tests need no node: what CDK would answer is made up here.

type fakeVpc struct {
	awsec2.IVpc
	isolated int
	region   string // empty: that of the stack
}

func (v *fakeVpc) IsolatedSubnets() *[]awsec2.ISubnet {
	subnets := make([]awsec2.ISubnet, v.isolated)
	for i := range subnets {
		subnets[i] = &fakeSubnet{zone: string(rune('a' + i))}
	}
	return &subnets
}
func (v *fakeVpc) PrivateSubnets() *[]awsec2.ISubnet { return &[]awsec2.ISubnet{} }
func (v *fakeVpc) Env() *interfaces.ResourceEnvironment {
	return &interfaces.ResourceEnvironment{Account: fakeStack{}.Account(), Region: ptr.To(cmp.Or(v.region, *fakeStack{}.Region()))}
}

type fakeSubnet struct {
	awsec2.ISubnet
	zone string
}

func (s *fakeSubnet) AvailabilityZone() *string { return &s.zone }

type fakeStack struct{ awscdk.Stack }

func (fakeStack) Account() *string      { return ptr.To("123456789012") }
func (fakeStack) Region() *string       { return ptr.To("eu-central-1") }
func (fakeStack) Node() constructs.Node { return fakeNode{} }

type fakeNode struct{ constructs.Node }

func (fakeNode) Root() constructs.IConstruct { return nil }

type fakeKey struct{ awskms.IKey }

const (
	stringToken = "${Token[TOKEN.7]}"
	numberToken = -1.8881545897087626e+289
)

// ruleCase changes props, and expects these lines and no others.
type ruleCase struct {
	name  string
	props func(p *ServerlessCacheProps)
	want  []string
}

func lines(s *settings) []string {
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
			props := &ServerlessCacheProps{Vpc: &fakeVpc{isolated: 2}}
			if c.props != nil {
				c.props(props)
			}
			assert.Equal(t, append([]string{}, c.want...), lines(newSettings(fakeStack{}, props)))
		})
	}
}

// property is a case that changes one property.
func property[T any](name string, field func(p *ServerlessCacheProps) **T, value T, want ...string) ruleCase {
	return ruleCase{name: name, props: func(p *ServerlessCacheProps) { *field(p) = &value }, want: want}
}

func TestEveryMistakeIsToldAtOnceInTheOrderOfTheProps(t *testing.T) {
	assert.Equal(t, []string{
		`Name: "A" has upper-case letters, which ElastiCache stores in lower case, so that alarms would watch a cache that does not ` +
			`exist; use "a"`,
		"Vpc: is required; pass the awsec2.IVpc for the cache",
		`Engine: "memcached" is not an engine of this construct; use "valkey" or "redis"`,
		"CacheUsageLimits.DataStorage.Maximum: 5001 is not a whole number from 1 to 5000",
		"SnapshotRetentionLimit: 36 is not a whole number from 0 to 35",
		`Tags["aws:x"]: has a key that starts with "aws:", which AWS reserves; use another`,
	}, lines(newSettings(fakeStack{}, &ServerlessCacheProps{
		Name: ptr.To("A"), Engine: ptr.To("memcached"), SnapshotRetentionLimit: ptr.To(36.0),
		CacheUsageLimits: &CacheUsageLimitsOptions{DataStorage: &UsageLimitOptions{Maximum: ptr.To(5001.0)}},
		Tags:             &map[string]*string{"aws:x": ptr.To("y")},
	})))
}

func TestNames(t *testing.T) {
	name := func(p *ServerlessCacheProps) **string { return &p.Name }
	cacheName := func(p *ServerlessCacheProps) **string { return &p.ServerlessCacheName }
	description := func(p *ServerlessCacheProps) **string { return &p.Description }
	characters := " must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen"
	runRules(t, []ruleCase{
		{name: "no name is accepted"},
		property("25 characters are accepted", name, strings.Repeat("a", 25)),
		property("26 characters are too many for the id of a user", name, strings.Repeat("a", 26),
			`Name: "`+strings.Repeat("a", 26)+`" has 26 characters; "-serverless-app" makes it a user id, which has at most 40, so use at most 25`),
		property("an empty name is refused", name, "", `Name: "" is empty; leave it out for names made from the address of the construct`),
		property("two hyphens in a row are refused", name, "a--b", `Name: "a--b"`+characters),
		property("a token is not judged", name, stringToken),
		property("40 characters of a cache name are accepted", cacheName, strings.Repeat("a", 40)),
		property("41 characters of a cache name are refused", cacheName, strings.Repeat("a", 41),
			`ServerlessCacheName: "`+strings.Repeat("a", 41)+`" has 41 characters; use at most 40`),
		property("a digit at the start is refused", cacheName, "1a", `ServerlessCacheName: "1a"`+characters),
		property("an empty cache name is refused", cacheName, "", `ServerlessCacheName: "" is empty; leave it out for <Name>-serverless`),
		property("255 characters of a description are accepted", description, strings.Repeat("é", 255)),
		property("256 characters of a description are refused", description, strings.Repeat("é", 256),
			"Description: has 256 characters; use 0 to 255"),
		property("a bracket in a description is refused", description, "a<b",
			`Description: "a<b" has a "<" or ">", which ElastiCache refuses; leave it out`),
	})
}

func TestEngine(t *testing.T) {
	version := func(name, engine, major string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) { p.Engine, p.MajorEngineVersion = &engine, &major }}
	}
	runRules(t, []ruleCase{
		version("Valkey 7 is accepted", "valkey", "7"),
		version("Valkey 9 is accepted", "valkey", "9"),
		version("a version that is not known yet is accepted", "valkey", "10"),
		version("Redis 7 is accepted", "redis", "7"),
		version("Redis 6 is refused", "redis", "6", `MajorEngineVersion: "6" is older than any serverless cache of redis; use 7`),
		version("a minor version is refused", "valkey", "8.0", `MajorEngineVersion: "8.0" is not a major version; use 7, 8 or 9`),
		version("an empty version is refused", "valkey", "", `MajorEngineVersion: "" is not a major version; use 7, 8 or 9`),
		version("a token is not judged", stringToken, stringToken),
		version("another engine is refused", "memcached", "1.6",
			`Engine: "memcached" is not an engine of this construct; use "valkey" or "redis"`),
	})
	assert.Equal(t, engine{"redis", "7"}, newEngine(&ServerlessCacheProps{Engine: ptr.To("redis")}))
}

func TestUsageLimits(t *testing.T) {
	limits := func(name string, storage, ecpu *UsageLimitOptions, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) {
			p.CacheUsageLimits = &CacheUsageLimitsOptions{DataStorage: storage, EcpuPerSecond: ecpu}
		}}
	}
	of := func(minimum, maximum float64) *UsageLimitOptions { return &UsageLimitOptions{&minimum, &maximum} }
	runRules(t, []ruleCase{
		limits("no limits are accepted", nil, nil),
		limits("the least are accepted", of(1, 1), of(1000, 1000)),
		limits("the most are accepted", of(5000, 5000), of(15_000_000, 15_000_000)),
		limits("less than the least is refused", of(0, 0.5), of(999, 999),
			"CacheUsageLimits.DataStorage.Minimum: 0 is not a whole number from 1 to 5000",
			"CacheUsageLimits.DataStorage.Maximum: 0.5 is not a whole number from 1 to 5000",
			"CacheUsageLimits.EcpuPerSecond.Minimum: 999 is not a whole number from 1000 to 15000000",
			"CacheUsageLimits.EcpuPerSecond.Maximum: 999 is not a whole number from 1000 to 15000000"),
		limits("more than the most is refused", nil, of(1000, 15_000_001),
			"CacheUsageLimits.EcpuPerSecond.Maximum: 15000001 is not a whole number from 1000 to 15000000"),
		limits("a minimum above the maximum is refused", of(3, 2), nil,
			"CacheUsageLimits.DataStorage.Minimum: 3 is above Maximum 2; use a lower one"),
		limits("a token is refused", of(1, numberToken), nil,
			"CacheUsageLimits.DataStorage.Maximum: is a token, but alarms are computed from the limits; pass it as a literal"),
	})
}

func TestSubnets(t *testing.T) {
	vpc := func(subnets int) func(p *ServerlessCacheProps) {
		return func(p *ServerlessCacheProps) { p.Vpc = &fakeVpc{isolated: subnets} }
	}
	named := func(subnets int) func(p *ServerlessCacheProps) {
		return func(p *ServerlessCacheProps) {
			p.VpcSubnets = &awsec2.SubnetSelection{Subnets: (&fakeVpc{isolated: subnets}).IsolatedSubnets()}
		}
	}
	runRules(t, []ruleCase{
		{name: "a VPC without private subnets is refused", props: vpc(0),
			want: []string{"VpcSubnets: select no subnet: the VPC has neither isolated nor private subnets, and a cache does not belong in " +
				"public ones"}},
		{name: "a VPC of another region is refused", props: func(p *ServerlessCacheProps) { p.Vpc = &fakeVpc{isolated: 2, region: "us-east-1"} },
			want: []string{"Vpc: is in aws://123456789012/us-east-1 and the cache in aws://123456789012/eu-central-1; " +
				"use one of the cache's account and region, or import a shared VPC in the cache's own stack"}},
		{name: "of six default subnets three are used", props: vpc(6)},
		{name: "three subnets of the caller are accepted", props: named(3)},
		{name: "four subnets of the caller are refused", props: named(4),
			want: []string{"VpcSubnets: select 4 subnets; use 2 or 3 in different Availability Zones"}},
	})
	assert.Len(t, newNetwork(&ServerlessCacheProps{Vpc: &fakeVpc{isolated: 6}}).subnets.All, 3)
}

func TestAuthentication(t *testing.T) {
	choice := func(name string, a Authentication, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) { p.Authentication = a }}
	}
	runRules(t, []ruleCase{
		choice("IAM is accepted", Authentication_Iam(nil)),
		choice("no login is accepted", Authentication_None()),
		choice("a user that is off is refused", Authentication_Iam(&rediscache.IamOptions{AccessString: ptr.To("~* +@all")}),
			`Authentication.AccessString: does not switch the user on; start it with "on"`),
		choice("no user group is refused", Authentication_UserGroup(nil),
			"Authentication: has no user group; pass one to Authentication_UserGroup, such as awselasticache.NewCfnUserGroup(...)"),
	})
}

func TestEncryptionKey(t *testing.T) {
	s := newSettings(fakeStack{}, &ServerlessCacheProps{Vpc: &fakeVpc{isolated: 2}})
	s.encryption = encryption{kmskey.Key{Key: fakeKey{}, Spec: "RSA_2048"}}
	assert.Equal(t, []string{
		`EncryptionKey: "RSA_2048" is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT`,
	}, lines(s))
}

func TestSnapshots(t *testing.T) {
	retention := func(p *ServerlessCacheProps) **float64 { return &p.SnapshotRetentionLimit }
	daily := func(p *ServerlessCacheProps) **string { return &p.DailySnapshotTime }
	final := func(p *ServerlessCacheProps) **string { return &p.FinalSnapshotName }
	arn := func(name, arn string, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) { p.SnapshotArnsToRestore = &[]*string{&arn} }}
	}
	policy := func(name string, policy awscdk.RemovalPolicy, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) { p.RemovalPolicy = policy }}
	}
	shape := ` is not the ARN of a snapshot; use "arn:aws:elasticache:<region>:<account>:serverlesscachesnapshot:<name>" or ` +
		`"arn:aws:s3:::bucket/key.rdb"`
	characters := " must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen"
	runRules(t, []ruleCase{
		property("no snapshots are accepted", retention, 0),
		property("35 days are accepted", retention, 35),
		property("half a day is refused", retention, 0.5, "SnapshotRetentionLimit: 0.5 is not a whole number from 0 to 35"),
		property("the last minute of the day is accepted", daily, "23:59"),
		property("24:00 is refused", daily, "24:00", `DailySnapshotTime: "24:00" is not a time in UTC; use hh:mm, such as "03:00"`),
		property("a window is refused", daily, "03:00-05:00",
			`DailySnapshotTime: "03:00-05:00" is not a time in UTC; use hh:mm, such as "03:00"`),
		{name: "a time without snapshots is refused", props: func(p *ServerlessCacheProps) {
			p.SnapshotRetentionLimit, p.DailySnapshotTime = ptr.To(0.0), ptr.To("04:00")
		}, want: []string{`DailySnapshotTime: "04:00" has no effect with SnapshotRetentionLimit 0; leave out one of them`}},
		arn("a snapshot of a serverless cache is accepted", "arn:aws:elasticache:eu-central-1:123456789012:serverlesscachesnapshot:a-1"),
		arn("an automatic snapshot of a group is accepted",
			"arn:aws-cn:elasticache:cn-north-1:123456789012:snapshot:automatic.a-001-2026-11-25-03-00"),
		arn("an RDB file is accepted", "arn:aws:s3:::bucket/a.rdb"),
		arn("a name is refused", "a-1", `SnapshotArnsToRestore[0]: "a-1"`+shape),
		property("a final snapshot is accepted", final, "last-1"),
		property("an upper-case final snapshot is refused", final, "Last", `FinalSnapshotName: "Last"`+characters),
		property("an empty final snapshot is refused", final, "", `FinalSnapshotName: "" is empty; leave it out for no final snapshot`),
		policy("DESTROY is accepted", awscdk.RemovalPolicy_DESTROY),
		policy("SNAPSHOT is refused", awscdk.RemovalPolicy_SNAPSHOT,
			`RemovalPolicy: "SNAPSHOT" is not supported by CloudFormation for a serverless cache; use DESTROY with FinalSnapshotName`),
	})
}

func TestAlarms(t *testing.T) {
	alarms := func(name string, options AlarmOptions, want ...string) ruleCase {
		return ruleCase{name: name, want: want, props: func(p *ServerlessCacheProps) { p.Alarms = &options }}
	}
	threshold := func(value float64) *rediscache.AlarmThreshold { return &rediscache.AlarmThreshold{Threshold: &value} }
	runRules(t, []ruleCase{
		alarms("another threshold is accepted", AlarmOptions{Evictions: threshold(5), CacheHitRate: threshold(90)}),
		alarms("a percentage above 100 is refused", AlarmOptions{CacheHitRate: threshold(101)},
			"Alarms.CacheHitRate.Threshold: 101 is not a percentage from 0 to 100"),
		alarms("an alarm on a limit that there is not is refused", AlarmOptions{DataStorage: threshold(90)},
			"Alarms.DataStorage: has nothing to watch: CacheUsageLimits.DataStorage has no Maximum; leave it out"),
		alarms("more than a day is refused", AlarmOptions{Evictions: &rediscache.AlarmThreshold{EvaluationPeriods: ptr.To(289.0)}},
			"Alarms.Evictions.EvaluationPeriods: 289 is not a whole number from 1 to 288"),
		alarms("an alarm that is off is not judged", AlarmOptions{
			CacheHitRate: &rediscache.AlarmThreshold{Threshold: ptr.To(101.0), Enabled: ptr.To(false)},
		}),
		{name: "an alarm on logins without a login is refused", props: func(p *ServerlessCacheProps) {
			p.Authentication, p.Alarms = Authentication_None(), &AlarmOptions{AuthenticationFailures: threshold(1)}
		}, want: []string{"Alarms.AuthenticationFailures: has nothing to watch: Authentication is none; leave it out"}},
		{name: "a percentage of a limit that is a token is refused", props: func(p *ServerlessCacheProps) {
			p.CacheUsageLimits = &CacheUsageLimitsOptions{DataStorage: &UsageLimitOptions{Maximum: ptr.To(2.0)}}
			p.Alarms = &AlarmOptions{DataStorage: threshold(numberToken)}
		}, want: []string{"Alarms.DataStorage.Threshold: is a token, but the alarm is computed from it; pass it as a literal"}},
	})
}
