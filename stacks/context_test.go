package stacks_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// appWith is an app with the context that cdk.json would give it.
func appWith(t *testing.T, context string) awscdk.App {
	t.Helper()
	var values map[string]any
	require.NoError(t, json.Unmarshal([]byte(context), &values))
	return awscdk.NewApp(&awscdk.AppProps{Context: &values, AutoSynth: jsii.Bool(false)})
}

// environments reads "environments" of a context.
func environments(t *testing.T, value string) ([]stacks.Environment, error) {
	t.Helper()
	return stacks.EnvironmentsFromContext(appWith(t, `{"environments": `+value+`}`))
}

func TestWithoutEnvironmentsThereAreDevAndProd(t *testing.T) {
	got, err := stacks.EnvironmentsFromContext(appWith(t, `{}`))
	require.NoError(t, err)
	assert.Equal(t, []stacks.Environment{stacks.DevEnvironment(), stacks.ProdEnvironment()}, got)
	assert.Equal(t, "securebase-dev-redis", got[0].StackId())
	assert.Equal(t, "securebase-prod-redis", got[1].StackId())
}

func TestAnEnvironmentThatIsNotListedIsNotMade(t *testing.T) {
	for context, want := range map[string][]string{
		`{"prod": {}}`:              {"prod"},
		`{"dev": {}}`:               {"dev"},
		`{"a": {}, "z": {}}`:        {"a", "z"},
		`{"a": {}, "prod": {}}`:     {"prod", "a"},
		`{"prod": {}, "dev": {}}`:   {"dev", "prod"},
		`"{\"qa\": {}}"`:            {"qa"}, // cdk -c environments='{"qa": {}}'
		`"{\"dev\":{},\"b\": {} }"`: {"dev", "b"},
	} {
		got, err := environments(t, context)
		require.NoError(t, err, context)
		var names []string
		for _, environment := range got {
			names = append(names, environment.Name)
		}
		assert.Equal(t, want, names, context)
	}
}

func TestKeysWinOverTheDefaults(t *testing.T) {
	got, err := environments(t, `{"prod": {
		"account": "123456789012", "region": "eu-central-1", "vpcId": "vpc-0123456789abcdef0",
		"availabilityZones": ["eu-central-1a", "eu-central-1b"],
		"subnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
		"allowedSecurityGroupIds": ["sg-12345678"], "alarmEmail": "ops@example.com",
		"nodeType": "cache.r7g.xlarge", "numCacheNodes": 3, "multiAzEnabled": false,
		"maxmemoryPolicy": "volatile-ttl", "removalPolicy": "DESTROY",
		"parameters": {"timeout": "300"}, "dashboard": false, "tags": {"Team": "Data"},
		"alarms": {"enabled": true, "cpu": {"threshold": 60, "evaluationPeriods": 5}, "cacheHitRate": {"enabled": false}}
	}}`)
	require.NoError(t, err)
	want := stacks.ProdEnvironment()
	want.Account, want.Region, want.VpcId = ptr("123456789012"), ptr("eu-central-1"), ptr("vpc-0123456789abcdef0")
	want.AvailabilityZones = jsii.Strings("eu-central-1a", "eu-central-1b")
	want.SubnetIds = jsii.Strings("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
	want.AllowedSecurityGroupIds, want.AlarmEmail = jsii.Strings("sg-12345678"), ptr("ops@example.com")
	want.NodeType, want.NumCacheNodes, want.MultiAzEnabled = ptr("cache.r7g.xlarge"), ptr(3.0), ptr(false)
	want.MaxmemoryPolicy, want.RemovalPolicy = rediscache.MaxmemoryPolicy_VOLATILE_TTL, awscdk.RemovalPolicy_DESTROY
	want.Parameters, want.Dashboard, want.Tags = tags(map[string]string{"timeout": "300"}), ptr(false), tags(map[string]string{"Team": "Data"})
	want.Alarms = &rediscache.AlarmOptions{
		Enabled:      ptr(true),
		Cpu:          &rediscache.AlarmThreshold{Threshold: ptr(60.0), EvaluationPeriods: ptr(5.0)},
		CacheHitRate: &rediscache.AlarmThreshold{Enabled: ptr(false)},
	}
	assert.Equal(t, []stacks.Environment{want}, got)
}

func TestKeysStandForPropertiesThatJsonHasNoValueFor(t *testing.T) {
	got, err := environments(t, `{"prod": {
		"engine": "valkey", "engineVersion": "9.0", "parameterGroupFamily": "valkey9",
		"slowLogThresholdMilliseconds": 0.5, "logRetentionDays": 90, "authentication": "none"
	}}`)
	require.NoError(t, err)
	assert.Equal(t, rediscache.EngineVersion_Of(ptr("valkey"), ptr("9.0"), ptr("valkey9")), got[0].Engine)
	milliseconds := got[0].SlowLogThreshold.ToMilliseconds(&awscdk.TimeConversionOptions{Integral: jsii.Bool(false)})
	assert.Equal(t, 0.5, *milliseconds)
	assert.Equal(t, awslogs.RetentionDays_THREE_MONTHS, got[0].LogRetention)
	assert.Equal(t, rediscache.Authentication_None(), got[0].Authentication)
}

// A new property of RedisCacheProps is a key of cdk.json by itself, if JSON has a value for it.
func TestEveryPropertyWithAJsonValueIsAKey(t *testing.T) {
	notKeys := []string{"name", "vpc", "vpcSubnets", "allowedSecurityGroups", "securityGroups", "encryptionKey",
		"notificationTopic", "alarmActions", "slowLogThreshold", "logRetention"}
	props := reflect.TypeFor[rediscache.RedisCacheProps]()
	for i := range props.NumField() {
		key := props.Field(i).Tag.Get("json")
		// As text, because null in an object does not reach Go.
		_, err := environments(t, `"{\"prod\": {\"`+key+`\": null}}"`)
		require.Error(t, err, key)
		want := key + ": is null; leave it out for the default"
		if slices.Contains(notKeys, key) {
			want = key + ": is not a key of an environment"
		}
		assert.Contains(t, err.Error(), want)
	}
}

func TestAThirdEnvironmentStartsAsDevOrAsProd(t *testing.T) {
	got, err := environments(t, `{"staging": {"nodeType": "cache.t4g.small"}, "live-eu": {"basedOn": "prod"}, "prod": {"port": 7000}}`)
	require.NoError(t, err)
	prod, live, staging := stacks.ProdEnvironment(), stacks.ProdEnvironment(), stacks.DevEnvironment()
	prod.Port, live.Name, staging.Name, staging.NodeType = ptr(7000.0), "live-eu", "staging", ptr("cache.t4g.small")
	assert.Equal(t, []stacks.Environment{prod, live, staging}, got)
	assert.Equal(t, "securebase-live-eu-redis", got[1].StackId())
}

func TestTheProjectStartsEveryName(t *testing.T) {
	app := appWith(t, `{"project": "acme", "environments": {"prod": {}, "qa": {"tags": {"Team": "Data"}}}}`)
	got, err := stacks.EnvironmentsFromContext(app)
	require.NoError(t, err)
	assert.Equal(t, "acme-prod-redis", got[0].StackId())
	assert.Equal(t, tags(map[string]string{"Project": "acme", "Tier": "Premium"}), got[0].Tags)
	assert.Equal(t, tags(map[string]string{"Team": "Data"}), got[1].Tags, "given tags replace all")
	_, tpl := build(t, got[0])
	assert.Equal(t, "acme-prod-redis", tpl.group()["ReplicationGroupId"])
	assert.Contains(t, tpl.group()["Tags"], object{"Key": "Project", "Value": "acme"})
	assert.NotContains(t, strings.ToLower(toJson(t, tpl)), "securebase-", "a name of another project")
}

func TestAContextThatIsNotUnderstoodIsRefused(t *testing.T) {
	project32 := strings.Repeat("p", 32)
	nothing := `environments: has no environment, so there is nothing to deploy (null counts as left out); ` +
		`write {"dev": {}}, or leave "environments" out for dev and prod`
	tests := []struct {
		name, context string
		want          []string
	}{
		{"environments in the singular", `{"environment": {"prod": {}}}`,
			[]string{`environment: is not a key of this app; did you mean "environments"?`}},
		{"environments with two letters wrong, beside the right ones", `{"Enviroment": {}, "environments": {"dev": {}}}`,
			[]string{`Enviroment: is not a key of this app; did you mean "environments"?`}},
		{"project in capitals and in the plural", `{"PROJECT": "a", "projects": "a"}`,
			[]string{`PROJECT: is not a key of this app; did you mean "project"?`, `projects: is not a key of this app; did you mean "project"?`}},
		{"no environment", `{"environments": {}}`, []string{nothing}},
		{"null as the only environment", `{"environments": {"dev": null}}`, []string{nothing}},
		{"null as the only environment on the command line", `{"environments": "{\"dev\": null}"}`, []string{nothing}},
		{"a list of environments", `{"environments": ["dev", "prod"]}`,
			[]string{`environments: ["dev","prod"] is not an object; write {"dev": {}, "prod": {"nodeType": "cache.r7g.large"}}`}},
		{"environments that are no JSON on the command line", `{"environments": "prod"}`,
			[]string{`environments: "prod" is not an object; write {"dev": {}, "prod": {"nodeType": "cache.r7g.large"}}`}},
		{"a project that is a number", `{"project": 7}`, []string{`project: 7 is not a string; write "7"`}},
		{"a project with capitals", `{"project": "SecureBase"}`, []string{`project: "SecureBase" must contain only lower-case letters, ` +
			`digits and single hyphens, start with a letter and not end with a hyphen`}},
		{"a project that starts with a digit", `{"project": "3m"}`, []string{`project: "3m" must contain only lower-case letters, ` +
			`digits and single hyphens, start with a letter and not end with a hyphen`}},
		{"a project that leaves no room", `{"project": "` + project32 + `x"}`,
			[]string{`project: "` + project32 + `x" has 33 characters; use at most 32`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := stacks.EnvironmentsFromContext(appWith(t, test.context))
			require.Error(t, err)
			heading, lines, _ := strings.Cut(err.Error(), "\n  - ")
			assert.Regexp(t, `^RedisCache \[context\]: \d invalid propert(y|ies):$`, heading)
			assert.Equal(t, test.want, strings.Split(lines, "\n  - "))
		})
	}
	t.Run("null beside another environment takes it out", func(t *testing.T) {
		for _, context := range []string{`{"dev": null, "prod": {}}`, `"{\"dev\": null, \"prod\": {}}"`} {
			got, err := stacks.EnvironmentsFromContext(appWith(t, `{"environments": `+context+`}`))
			require.NoError(t, err)
			require.Len(t, got, 1, context)
			assert.Equal(t, "prod", got[0].Name)
		}
	})
	t.Run("keys of other tools, and a project with room for one letter, are accepted", func(t *testing.T) {
		context := `{"product": "x", "object": 1, "environments": {"a": {}}, "project": "` + project32 + `"}`
		got, err := stacks.EnvironmentsFromContext(appWith(t, context))
		require.NoError(t, err)
		assert.Len(t, got[0].StackId(), 40)
	})
}

func TestEveryMistakeOfEveryEnvironmentIsReportedAtOnce(t *testing.T) {
	err := panicOf(func() {
		stacks.NewRedisCacheStacks(appWith(t, `{"project": "Acme", "environments": {
			"dev": {"nodetype": "x", "port": 80, "snapshotWindow": "05:00"},
			"prod": {"vpcId": "vpc-1", "subnetIds": ["subnet-12345678"], "engine": "valkey", "engineVersion": "8"},
			"Live": {"numCacheNodes": "3", "multiAzEnabled": true, "maxmemoryPolicy": "lru"},
			"qa": {"removalPolicy": "KEEP"}}}`))
	})
	assert.EqualError(t, err, `RedisCache [context]: 1 invalid property:
  - project: "Acme" must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen
RedisCache [environments.dev]: 1 invalid property:
  - nodetype: is not a key of an environment; did you mean "nodeType"?
RedisCache [securebase-dev-redis/Cache]: 2 invalid properties:
  - Port: 80 is not a whole number from 1150 to 65535
  - SnapshotWindow: "05:00" is not a daily window in UTC; use hh24:mi-hh24:mi, such as "03:00-05:00"
RedisCache [environments.prod]: 2 invalid properties:
  - vpcId: "vpc-1" is not a VPC id, such as "vpc-0123456789abcdef0"
  - vpcId: requires availabilityZones as well; set both or neither
RedisCache [securebase-prod-redis/Cache]: 1 invalid property:
  - Engine: "valkey 8" is not a version; use 7.2, 8.0, 8.1, 8.2, 9.0 or 9.1
RedisCache [environments.Live]: 2 invalid properties:
  - numCacheNodes: "3" is not a number; write 3
  - name: "Live" must contain only lower-case letters, digits and single hyphens, and not start or end with a hyphen
RedisCache [securebase-Live-redis/Cache]: 1 invalid property:
  - MaxmemoryPolicy: "lru" is not a maxmemory-policy; use one of allkeys-lru, volatile-lru, allkeys-lfu, volatile-lfu, `+
		`allkeys-random, volatile-random, volatile-ttl, noeviction
RedisCache [securebase-qa-redis/Cache]: 1 invalid property:
  - RemovalPolicy: "KEEP" is not a removal policy; use "SNAPSHOT", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE" or "DESTROY"`)
}
