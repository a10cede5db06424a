package stacks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/stacks"
)

// environments reads the environments of a context, as cdk.json would give them.
func environments(t *testing.T, context string) ([]stacks.Environment, error) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal([]byte(context), &value))
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"environments": value}})
	return stacks.EnvironmentsFromContext(app)
}

func TestWithoutContextThereAreDevAndProd(t *testing.T) {
	got, err := stacks.EnvironmentsFromContext(awscdk.NewApp(nil))
	require.NoError(t, err)
	assert.Equal(t, []stacks.Environment{stacks.DevEnvironment(), stacks.ProdEnvironment()}, got)
	assert.Equal(t, "securebase-dev-redis", got[0].StackId())
	assert.Equal(t, "securebase-prod-redis", got[1].StackId())
}

func TestOverridesWinOverTheDefaults(t *testing.T) {
	got, err := environments(t, `{"prod": {
		"account": "123456789012", "region": "eu-central-1",
		"vpcId": "vpc-0123456789abcdef0", "availabilityZones": ["eu-central-1a", "eu-central-1b"], "subnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
		"allowedSecurityGroupIds": ["sg-12345678"], "alarmEmail": "ops@example.com",
		"engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.r7g.xlarge", "numCacheNodes": 3, "multiAzEnabled": false,
		"parameters": {"timeout": "300"}, "dashboard": false, "logRetentionDays": 90, "tags": {"Team": "Data"},
		"alarms": {"enabled": true, "cpu": {"threshold": 60, "evaluationPeriods": 5}, "cacheHitRate": {"enabled": false}}
	}}`)
	require.NoError(t, err)
	want := stacks.ProdEnvironment()
	want.Account, want.Region, want.VpcId = "123456789012", "eu-central-1", "vpc-0123456789abcdef0"
	want.AvailabilityZones = []string{"eu-central-1a", "eu-central-1b"}
	want.SubnetIds = []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}
	want.AllowedSecurityGroupIds, want.AlarmEmail = []string{"sg-12345678"}, "ops@example.com"
	want.Engine, want.EngineVersion, want.NodeType = ptr("valkey"), ptr("8.0"), ptr("cache.r7g.xlarge")
	want.NumCacheNodes, want.MultiAzEnabled, want.Dashboard = ptr(3.0), ptr(false), ptr(false)
	want.Parameters, want.LogRetentionDays, want.Tags = map[string]string{"timeout": "300"}, ptr(90.0), map[string]string{"Team": "Data"}
	want.Alarms = &stacks.Alarms{Enabled: ptr(true), Cpu: &stacks.Alarm{Threshold: ptr(60.0), EvaluationPeriods: ptr(5.0)}, CacheHitRate: &stacks.Alarm{Enabled: ptr(false)}}
	assert.Equal(t, []stacks.Environment{stacks.DevEnvironment(), want}, got)
}

func TestAThirdEnvironmentBeginsAsDevOrAsProd(t *testing.T) {
	got, err := environments(t, `{"staging": {"nodeType": "cache.t4g.small"}, "live-eu": {"basedOn": "prod"}}`)
	require.NoError(t, err)
	live, staging := stacks.ProdEnvironment(), stacks.DevEnvironment()
	live.Name, staging.Name, staging.NodeType = "live-eu", "staging", ptr("cache.t4g.small")
	assert.Equal(t, []stacks.Environment{stacks.DevEnvironment(), stacks.ProdEnvironment(), live, staging}, got)
	assert.Equal(t, "securebase-live-eu-redis", got[2].StackId())
}

func TestSettingsThatCannotBeDeployedNameEnvironmentAndKey(t *testing.T) {
	tests := []struct {
		name, context string
		want          []string // the lines below the heading
	}{
		{"an unknown key", `{"prod": {"nodetype": "cache.r7g.large"}}`, []string{`nodetype: is not a key of an environment; did you mean "nodeType"?`}},
		{"a key like no other", `{"prod": {"colour": "red"}}`, []string{`colour: is not a key of an environment`}},
		{"an unknown key of an alarm", `{"prod": {"alarms": {"cpu": {"treshold": 1}}}}`, []string{`alarms.cpu.treshold: is not a key of an environment; did you mean "threshold"?`}},
		{"a number in quotes", `{"prod": {"numCacheNodes": "3"}}`, []string{`numCacheNodes: "3" is not a number`}},
		{"a number for a string", `{"prod": {"account": 123456789012}}`, []string{`account: 123456789012 is not a string`}},
		{"a string for a switch", `{"prod": {"dashboard": "yes"}}`, []string{`dashboard: "yes" is not true or false`}},
		{"a string for a list", `{"prod": {"subnetIds": "subnet-12345678"}}`, []string{`subnetIds: "subnet-12345678" is not a list of strings`}},
		{"a list with a number in it", `{"prod": {"allowedSecurityGroupIds": ["sg-12345678", 7]}}`, []string{`allowedSecurityGroupIds: ["sg-12345678",7] is not a list of strings`}},
		{"an object with a number in it", `{"prod": {"parameters": {"timeout": 300}}}`, []string{`parameters: {"timeout":300} is not an object of strings`}},
		{"a string for an object", `{"prod": {"alarms": "off"}}`, []string{`alarms: "off" is not an object`}},
		{"an environment that is no object", `{"prod": "cache.r7g.large"}`, []string{`prod: "cache.r7g.large" is not an object; use {"nodeType": "cache.r7g.large"}`}},
		{"an environment with capitals", `{"Prod2": {}}`, []string{`name: "Prod2" is not made of at most 23 lower-case letters, digits and single hyphens`}},
		{"an environment with a long name", `{"` + strings.Repeat("a", 24) + `": {}}`, []string{`name: "` + strings.Repeat("a", 24) + `" is not made of at most 23 lower-case letters, digits and single hyphens`}},
		{"a base that is none", `{"staging": {"basedOn": "live"}}`, []string{`basedOn: "live" is not an environment to begin with; use "dev" or "prod"`}},
		{"a base for prod", `{"prod": {"basedOn": "dev"}}`, []string{`basedOn: "dev" is for environments beside dev and prod; leave it out`}},
		{"a VPC without subnets", `{"prod": {"vpcId": "vpc-12345678"}}`, []string{`vpcId: needs subnetIds beside it`, `vpcId: needs availabilityZones beside it`}},
		{"subnets without a VPC", `{"prod": {"subnetIds": ["subnet-12345678"]}}`, []string{`subnetIds: needs vpcId beside it`}},
		{"zones without a VPC", `{"prod": {"availabilityZones": ["eu-central-1a"]}}`, []string{`availabilityZones: needs vpcId beside it`}},
		{"subnets that do not fit the zones", `{"prod": {"vpcId": "vpc-12345678", "availabilityZones": ["eu-central-1a", "eu-central-1b"], "subnetIds": ["subnet-12345671", "subnet-12345672", "subnet-12345673"]}}`,
			[]string{`subnetIds: 3 do not fit the 2 of availabilityZones; name the zone of each`}},
		{"malformed ids", `{"prod": {"vpcId": "12345678", "availabilityZones": ["a"], "subnetIds": ["sub-1"], "allowedSecurityGroupIds": ["sg-xyz"]}}`, []string{
			`vpcId: "12345678" is not a VPC id, such as "vpc-0123456789abcdef0"`,
			`availabilityZones: "a" is not an Availability Zone, such as "eu-central-1a"`,
			`subnetIds: "sub-1" is not a subnet id, such as "subnet-0123456789abcdef0"`,
			`allowedSecurityGroupIds: "sg-xyz" is not a security group id, such as "sg-0123456789abcdef0"`}},
		{"an empty id in a list", `{"prod": {"allowedSecurityGroupIds": [""]}}`, []string{`allowedSecurityGroupIds: "" is not a security group id, such as "sg-0123456789abcdef0"`}},
		{"an id twice", `{"prod": {"allowedSecurityGroupIds": ["sg-12345678", "sg-12345678"]}}`, []string{`allowedSecurityGroupIds: "sg-12345678" is there twice; leave out one of them`}},
		{"a subnet twice", `{"prod": {"vpcId": "vpc-12345678", "availabilityZones": ["eu-central-1a", "eu-central-1b"], "subnetIds": ["subnet-12345671", "subnet-12345671"]}}`,
			[]string{`subnetIds: "subnet-12345671" is there twice; leave out one of them`}},
		{"what is in another account or region", `{"prod": {"account": "123456789012", "region": "eu-central-1", "vpcId": "vpc-12345678", "availabilityZones": ["us-east-1a"], "subnetIds": ["subnet-12345671"],
			"alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms", "notificationTopicArn": "arn:aws:sns:eu-central-1:210987654321:events"}}`, []string{
			`availabilityZones: "us-east-1a" is not in region "eu-central-1"`,
			`alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:alarms" is not in account "123456789012" and region "eu-central-1", as the stack is`,
			`notificationTopicArn: "arn:aws:sns:eu-central-1:210987654321:events" is not in account "123456789012" and region "eu-central-1", as the stack is`}},
		{"an endpoint for a VPC that is not ours", `{"prod": {"secretsManagerEndpoint": true, "vpcId": "vpc-12345678", "availabilityZones": ["eu-central-1a"], "subnetIds": ["subnet-12345678"]}}`,
			[]string{`secretsManagerEndpoint: true is for the VPC that the stack makes, and vpcId has it make none; leave it out`}},
		{"an account without a region", `{"prod": {"account": "123456789012"}}`, []string{`account: needs region beside it`}},
		{"a region without an account", `{"prod": {"region": "eu-central-1"}}`, []string{`region: needs account beside it`}},
		{"a malformed account and region", `{"prod": {"account": "1234", "region": "Frankfurt"}}`, []string{
			`account: "1234" is not an AWS account id of 12 digits`, `region: "Frankfurt" is not an AWS region, such as "eu-central-1"`}},
		{"a bad e-mail", `{"prod": {"alarmEmail": "ops"}}`, []string{`alarmEmail: "ops" is not an e-mail address`}},
		{"an e-mail with a name", `{"prod": {"alarmEmail": "Ops <ops@example.com>"}}`, []string{`alarmEmail: "Ops <ops@example.com>" is not an e-mail address`}},
		{"a bad topic", `{"prod": {"alarmTopicArn": "alarms"}}`, []string{`alarmTopicArn: "alarms" is not the ARN of a standard SNS topic`}},
		{"a bad topic for events", `{"prod": {"notificationTopicArn": "arn:aws:sqs:eu-central-1:123456789012:q"}}`, []string{`notificationTopicArn: "arn:aws:sqs:eu-central-1:123456789012:q" is not the ARN of a standard SNS topic`}},
		{"an e-mail for a topic that is not ours", `{"prod": {"alarmEmail": "ops@example.com", "alarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:alarms"}}`,
			[]string{`alarmEmail: "ops@example.com" is subscribed to a topic that the stack makes, and alarmTopicArn has it make none; leave out one of them`}},
		{"a secret without its complete ARN", `{"prod": {"authTokenSecretArn": "redis-token"}}`, []string{`authTokenSecretArn: "redis-token" is not the complete ARN of a secret`}},
		{"an engine without a version", `{"prod": {"engine": "valkey"}}`, []string{`engine: needs engineVersion beside it`}},
		{"a version without an engine", `{"prod": {"engineVersion": "8.0"}}`, []string{`engineVersion: needs engine beside it`}},
		{"a negative slow log threshold", `{"prod": {"slowLogThresholdMilliseconds": -1}}`, []string{`slowLogThresholdMilliseconds: -1 is negative; to switch the slow log off, set slowlog-log-slower-than to "-1" in parameters`}},
		{"an unknown removal policy", `{"prod": {"removalPolicy": "KEEP"}}`, []string{`removalPolicy: "KEEP" is not a removal policy; use "SNAPSHOT", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE" or "DESTROY"`}},
		{"a retention that CloudWatch does not have", `{"prod": {"logRetentionDays": 10}}`, []string{`logRetentionDays: 10 is not a retention of CloudWatch Logs; use 0 (for ever), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := environments(t, test.context)
			require.Error(t, err)
			heading, lines, _ := strings.Cut(err.Error(), "\n  - ")
			assert.Regexp(t, `^RedisCache \[environments\.[A-Za-z0-9]+\]: \d+ invalid propert(y|ies):$`, heading)
			assert.Equal(t, test.want, strings.Split(lines, "\n  - "))
		})
	}
}

func TestEnvironmentsOfTheCommandLineAreAString(t *testing.T) {
	got, err := environments(t, `"{\"dev\": {\"nodeType\": \"cache.t4g.small\"}}"`)
	require.NoError(t, err)
	assert.Equal(t, "cache.t4g.small", *got[0].NodeType)
}

func TestEveryEnvironmentIsReportedAtOnce(t *testing.T) {
	_, err := environments(t, `{"dev": {"a1": 1}, "prod": {"b1": 1}}`)
	assert.EqualError(t, err, `RedisCache [environments.dev]: 1 invalid property:
  - a1: is not a key of an environment
RedisCache [environments.prod]: 1 invalid property:
  - b1: is not a key of an environment`)
}

func TestEnvironmentsThatAreNoObject(t *testing.T) {
	_, err := environments(t, `["dev", "prod"]`)
	assert.EqualError(t, err, "RedisCache [environments]: 1 invalid property:\n"+
		`  - environments: ["dev","prod"] is not an object; use {"prod": {"nodeType": "cache.r7g.large"}}`)
}

func ptr[T any](v T) *T { return &v }
