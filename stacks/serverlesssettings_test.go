package stacks_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// serverlessEnvironments reads the serverless ones of "environments" of a context.
func serverlessEnvironments(t *testing.T, value string) ([]stacks.ServerlessEnvironment, error) {
	t.Helper()
	return stacks.ServerlessEnvironmentsFromContext(appWith(t, `{"project": "acme", "environments": `+value+`}`))
}

func TestAServerlessEnvironmentIsReadByTheTagsOfItsCache(t *testing.T) {
	got, err := serverlessEnvironments(t, `{"reports": {"kind": "serverless", "basedOn": "prod",
		"account": "123456789012", "region": "eu-central-1", "vpcCidr": "10.7.0.0/16", "alarmEmail": "ops@example.com",
		"engine": "redis", "majorEngineVersion": "7", "dailySnapshotTime": "04:30", "removalPolicy": "DESTROY",
		"cacheUsageLimits": {"dataStorage": {"minimum": 1, "maximum": 5}, "ecpuPerSecond": {"maximum": 20000}},
		"alarms": {"evictions": {"threshold": 7}}, "tags": {"Team": "Data"}, "logRetentionDays": 90, "authentication": "none"}}`)
	require.NoError(t, err)
	want := stacks.ProdServerlessEnvironment()
	want.Name, want.Project = "reports", ptr("acme")
	want.Account, want.Region, want.VpcCidr = ptr("123456789012"), ptr("eu-central-1"), ptr("10.7.0.0/16")
	want.AlarmEmail, want.Engine, want.MajorEngineVersion = ptr("ops@example.com"), ptr("redis"), ptr("7")
	want.DailySnapshotTime, want.RemovalPolicy = ptr("04:30"), "DESTROY"
	want.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{
		DataStorage:   &serverlesscache.UsageLimitOptions{Minimum: ptr(1.0), Maximum: ptr(5.0)},
		EcpuPerSecond: &serverlesscache.UsageLimitOptions{Maximum: ptr(20_000.0)},
	}
	want.Alarms = &serverlesscache.AlarmOptions{Evictions: &rediscache.AlarmThreshold{Threshold: ptr(7.0)}}
	want.Tags, want.FlowLogRetention = tags(map[string]string{"Team": "Data"}), awslogs.RetentionDays_THREE_MONTHS
	want.Authentication = serverlesscache.Authentication_None()
	assert.Equal(t, []stacks.ServerlessEnvironment{want}, got)
	assert.Equal(t, "acme-reports-redis", got[0].StackId())
}

func TestAnEnvironmentIsOfTheKindThatItSays(t *testing.T) {
	const context = `{"environments": {"b": {"kind": "serverless"}, "prod": {"kind": "serverless"},
		"a": {"kind": "replicationGroup"}, "dev": {}}}`
	nodes, err := stacks.EnvironmentsFromContext(appWith(t, context))
	require.NoError(t, err)
	dev, a := stacks.DevEnvironment(), stacks.DevEnvironment()
	a.Name = "a"
	assert.Equal(t, []stacks.Environment{dev, a}, nodes)
	serverless, err := stacks.ServerlessEnvironmentsFromContext(appWith(t, context))
	require.NoError(t, err)
	b := stacks.DevServerlessEnvironment()
	b.Name = "b"
	assert.Equal(t, []stacks.ServerlessEnvironment{stacks.ProdServerlessEnvironment(), b}, serverless, "prod has its own defaults")

	var ids []string
	for _, stack := range stacks.NewRedisCacheStacks(appWith(t, context)) {
		_, isServerless := stack.(stacks.ServerlessCacheStack)
		assert.Equal(t, slices.Contains([]string{"securebase-prod-redis", "securebase-b-redis"}, *stack.StackName()), isServerless)
		ids = append(ids, *stack.StackName())
	}
	assert.Equal(t, []string{"securebase-dev-redis", "securebase-prod-redis", "securebase-a-redis", "securebase-b-redis"}, ids)
}

// A new property of ServerlessCacheProps is a key of cdk.json by itself, if JSON has a value for it.
func TestEveryServerlessPropertyWithAJsonValueIsAKey(t *testing.T) {
	notKeys := []string{"name", "vpc", "vpcSubnets", "allowedSecurityGroups", "securityGroups", "encryptionKey", "alarmActions"}
	props := reflect.TypeFor[serverlesscache.ServerlessCacheProps]()
	for i := range props.NumField() {
		key := props.Field(i).Tag.Get("json")
		// As text, because null in an object does not reach Go.
		_, err := serverlessEnvironments(t, `"{\"prod\": {\"kind\": \"serverless\", \"`+key+`\": null}}"`)
		require.Error(t, err, key)
		want := key + ": is null; leave it out for the default"
		if slices.Contains(notKeys, key) {
			want = key + ": is not a key of an environment"
		}
		assert.Contains(t, err.Error(), want)
	}
}

func TestAKeyOfTheOtherKindIsRefused(t *testing.T) {
	const nodes = `applies to "kind": "replicationGroup" only; leave it out, or remove "kind": "serverless"`
	serverless := func(settings string) string { return `{"prod": {"kind": "serverless", ` + settings + `}}` }
	checkRefusals(t, []refusal{
		{"a node type of a serverless cache", serverless(`"nodeType": "cache.r7g.large"`), []string{`nodeType: ` + nodes}},
		{"nodes, parameters and a dashboard of one", serverless(`"numCacheNodes": 2, "parameters": {}, "dashboard": true, "clusterMode": {}`),
			[]string{`clusterMode: ` + nodes, `dashboard: ` + nodes, `numCacheNodes: ` + nodes, `parameters: ` + nodes}},
		{"what a serverless cache calls otherwise",
			serverless(`"engineVersion": "8.0", "snapshotWindow": "03:00-04:00", "snapshotName": "a", "replicationGroupId": "b"`), []string{
				`engineVersion: applies to "kind": "replicationGroup" only; use majorEngineVersion`,
				`replicationGroupId: applies to "kind": "replicationGroup" only; use serverlessCacheName`,
				`snapshotName: applies to "kind": "replicationGroup" only; use snapshotArnsToRestore`,
				`snapshotWindow: applies to "kind": "replicationGroup" only; use dailySnapshotTime`}},
		{"a token of a serverless cache", serverless(`"tokenRotationDays": 30, "authToken": "hidden-hidden-hidden"`), []string{
			`authToken: is not a key of an environment; a serverless cache has no token; clients log in with IAM`,
			`tokenRotationDays: applies to "kind": "replicationGroup" only; use "authentication": "iam", because a serverless cache has no token`}},
		{"usage limits of nodes", `{"prod": {"cacheUsageLimits": {}}}`,
			[]string{`cacheUsageLimits: applies to "kind": "serverless" only; leave it out, or set "kind": "serverless"`}},
		{"what a cache of nodes calls otherwise", `{"prod": {"kind": "replicationGroup", "majorEngineVersion": "8", "finalSnapshotName": "a"}}`,
			[]string{`finalSnapshotName: applies to "kind": "serverless" only; use "removalPolicy": "SNAPSHOT"`,
				`majorEngineVersion: applies to "kind": "serverless" only; use engineVersion`}},
		{"a key like one of the own kind", serverless(`"majorEngineVerion": "8", "cacheUsageLimits": {"dataStorrage": {}}`), []string{
			`cacheUsageLimits.dataStorrage: is not a key of cacheUsageLimits; did you mean "dataStorage"?`,
			`majorEngineVerion: is not a key of an environment; did you mean "majorEngineVersion"?`}},
		{"an alarm of nodes", serverless(`"alarms": {"cpu": {}}`), []string{`alarms.cpu: ` + nodes}},
		{"an alarm of a serverless cache", `{"prod": {"alarms": {"throttledCmds": {}}}}`, []string{
			`alarms.throttledCmds: applies to "kind": "serverless" only; leave it out, or set "kind": "serverless"`}},
		{"auto scaling of a serverless cache", serverless(`"autoScaling": {}`),
			[]string{`autoScaling: is not a key of an environment; a serverless cache scales by itself, within cacheUsageLimits`}},
	})
}

func TestAKindThatDoesNotExistIsRefusedAlone(t *testing.T) {
	checkRefusals(t, []refusal{
		{"with a letter missing", `{"prod": {"kind": "serverles", "nodeType": 1, "cacheUsageLimits": 1}}`,
			[]string{`kind: "serverles" is not a kind of cache; use "replicationGroup" or "serverless"; did you mean "serverless"?`}},
		{"in lower case", `{"prod": {"kind": "replicationgroup"}}`,
			[]string{`kind: "replicationgroup" is not a kind of cache; use "replicationGroup" or "serverless"; did you mean "replicationGroup"?`}},
		{"the word for shards", `{"prod": {"kind": "cluster"}}`,
			[]string{`kind: "cluster" is not a kind of cache; for shards, keep "replicationGroup" and set clusterMode`}},
		{"the key for shards", `{"prod": {"kind": "ClusterMode"}}`,
			[]string{`kind: "ClusterMode" is not a kind of cache; for shards, keep "replicationGroup" and set clusterMode`}},
		{"a number", `{"prod": {"kind": 1}}`, []string{`kind: 1 is not a string; write "replicationGroup" or "serverless"`}},
	})
}

func TestAServerlessEnvironmentThatCannotBeIsRefused(t *testing.T) {
	name15 := strings.Repeat("a", 15)
	checkRefusals(t, []refusal{
		{"a login by token", `{"a": {"kind": "serverless", "authentication": "token"}}`,
			[]string{`authentication: "token" is a login that a serverless cache does not have; use "iam" or "none"`}},
		{"a login that does not exist", `{"a": {"kind": "serverless", "authentication": "IAM"}}`,
			[]string{`authentication: "IAM" is not a login; use "iam" or "none"; did you mean "iam"?`}},
		{"a name that is too long for a user", `{"` + name15 + `": {"kind": "serverless"}}`,
			[]string{`name: "` + name15 + `" has 15 characters; project "securebase" leaves at most 14 of the 40 of a user id`}},
		{"a base that is none, and a retention that is none", `{"a": {"kind": "serverless", "basedOn": "live", "logRetentionDays": -1}}`,
			[]string{`basedOn: "live" is not an environment to start from; use "dev" or "prod"`,
				`logRetentionDays: -1 is not a retention of CloudWatch Logs; use 0 (never expire), 1, 3, 5, 7, 14, 30, 60, 90, 120, ` +
					`150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653`}},
		{"a VPC without its subnets", `{"a": {"kind": "serverless", "vpcId": "vpc-12345678"}}`,
			[]string{`vpcId: requires subnetIds as well; set both or neither`, `vpcId: requires availabilityZones as well; set both or neither`}},
	})
}

func TestMistakesOfBothKindsAreToldAtOnce(t *testing.T) {
	err := panicOf(func() {
		stacks.NewRedisCacheStacks(appWith(t, `{"environments": {
			"dev": {"nodeType": "r7g.large"},
			"prod": {"kind": "serverless", "nodetype": "x", "snapshotRetentionLimit": 36, "vpcCidr": "10.0.0.0/8"},
			"burst": {"kind": "serverless", "removalPolicy": "SNAPSHOT"},
			"live": {"kind": "severless"}}}`))
	})
	assert.EqualError(t, err, `RedisCache [securebase-dev-redis/Cache]: 1 invalid property:
  - NodeType: "r7g.large" is not an ElastiCache node type; did you mean "cache.r7g.large"?
ServerlessCache [environments.prod]: 2 invalid properties:
  - nodetype: is not a key of an environment
  - vpcCidr: "10.0.0.0/8" has a mask of /8; use /16 to /24
ServerlessCache [securebase-prod-redis/Cache]: 1 invalid property:
  - SnapshotRetentionLimit: 36 is not a whole number from 0 to 35
ServerlessCache [securebase-burst-redis/Cache]: 1 invalid property:
  - RemovalPolicy: "SNAPSHOT" is not supported by CloudFormation for a serverless cache; use DESTROY with FinalSnapshotName
RedisCache [environments.live]: 1 invalid property:
  - kind: "severless" is not a kind of cache; use "replicationGroup" or "serverless"; did you mean "serverless"?`)
}

func TestAServerlessStackWithoutAnEnvironmentOrWithANameIsRefused(t *testing.T) {
	var err *rediscache.ValidationError
	require.ErrorAs(t, panicOf(func() { stacks.NewServerlessCacheStack(appWith(t, `{}`), "Empty", nil) }), &err)
	assert.Contains(t, err.Error(), "ServerlessCache [Empty]: 1 invalid property:\n  - name: \"\" must contain only lower-case letters")

	e := stacks.ProdServerlessEnvironment()
	e.ServerlessCacheProps.Name = jsii.String("mine")
	require.ErrorAs(t, panicOf(func() { buildServerless(t, e) }), &err)
	assert.EqualError(t, err, `ServerlessCache [securebase-prod-redis]: 1 invalid property:
  - Name: "mine" is set by the stack to "securebase-prod"; leave it out`)
}
