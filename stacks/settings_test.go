package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusal is a context "environments" with one environment, and the lines that tell what is wrong with it.
type refusal struct {
	name, context string
	want          []string
}

func checkRefusals(t *testing.T, tests []refusal) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := environments(t, test.context)
			require.Error(t, err)
			heading, lines, _ := strings.Cut(err.Error(), "\n  - ")
			assert.Regexp(t, `^(Redis|Serverless)Cache \[environments\.[A-Za-z0-9]+\]: \d+ invalid propert(y|ies):$`, heading)
			assert.Equal(t, test.want, strings.Split(lines, "\n  - "))
		})
	}
}

func TestAKeyThatDoesNotExistIsRefused(t *testing.T) {
	checkRefusals(t, []refusal{
		{"in lower case", `{"prod": {"nodetype": "cache.r7g.large"}}`,
			[]string{`nodetype: is not a key of an environment; did you mean "nodeType"?`}},
		{"like no other", `{"prod": {"colour": "red"}}`, []string{`colour: is not a key of an environment`}},
		{"like basedOn", `{"qa": {"basedon": "prod"}}`, []string{`basedon: is not a key of an environment; did you mean "basedOn"?`}},
		{"of an alarm", `{"prod": {"alarms": {"cpu": {"treshold": 1}}}}`,
			[]string{`alarms.cpu.treshold: is not a key of alarms.cpu; did you mean "threshold"?`}},
		{"for an alarm that does not exist", `{"prod": {"alarms": {"CPU": {}}}}`,
			[]string{`alarms.CPU: is not a key of alarms; did you mean "cpu"?`}},
		{"with a token in it", `{"prod": {"authToken": "hidden-hidden-hidden"}}`, []string{`authToken: is not a key of an environment; ` +
			`a token must not be in cdk.json: keep it in Secrets Manager and use authTokenSecretArn`}},
		{"that belongs in an object", `{"prod": {"numNodeGroups": 3, "cpu": {}}}`, []string{
			`cpu: is not a key of an environment; it belongs in alarms`,
			`numNodeGroups: is not a key of an environment; it belongs in clusterMode`}},
		{"that belongs in several objects", `{"prod": {"alarms": {"threshold": 1}}}`, []string{`alarms.threshold: is not a key of alarms`}},
		{"in an object that has few", `{"prod": {"clusterMode": {"numShards": 3}, "alarms": {"cpu": {"limit": 1}}}}`, []string{
			`alarms.cpu.limit: is not a key of alarms.cpu; use enabled, evaluationPeriods or threshold`,
			`clusterMode.numShards: is not a key of clusterMode; use numNodeGroups or replicasPerNodeGroup`}},
		{"in an object of usage limits that has few",
			`{"prod": {"kind": "serverless", "cacheUsageLimits": {"ecpu": {}, "dataStorage": {"max": 1}, "maximum": 1}}}`, []string{
				`cacheUsageLimits.dataStorage.max: is not a key of cacheUsageLimits.dataStorage; use maximum or minimum`,
				`cacheUsageLimits.ecpu: is not a key of cacheUsageLimits; use dataStorage or ecpuPerSecond`,
				`cacheUsageLimits.maximum: is not a key of cacheUsageLimits; it belongs in dataStorage or ecpuPerSecond`}},
		{"of Go, for auto scaling", `{"prod": {"autoScaling": {}}}`, []string{`autoScaling: is not a key of an environment; ` +
			`it is set in Go only, with AutoScaleNodeGroups or AutoScaleReplicas: see docs/cluster-mode.md#auto-scaling`}},
		{"of version 0.1", `{"prod": {"authTokenEnabled": false}}`,
			[]string{`authTokenEnabled: is not a key of an environment; use "authentication": "token", "iam" or "none"`}},
		{"of Go", `{"prod": {"name": "cache"}}`,
			[]string{`name: is not a key of an environment; names start with the project and the environment's own name`}},
	})
}

func TestAValueOfAnotherTypeIsRefusedWithTheRightOne(t *testing.T) {
	checkRefusals(t, []refusal{
		{"a number in quotes", `{"prod": {"numCacheNodes": "3"}}`, []string{`numCacheNodes: "3" is not a number; write 3`}},
		{"a word for a number", `{"prod": {"numCacheNodes": "three"}}`, []string{`numCacheNodes: "three" is not a number`}},
		{"a number for a string", `{"prod": {"description": 123456789012}}`,
			[]string{`description: 123456789012 is not a string; write "123456789012"`}},
		{"a switch for a string", `{"prod": {"description": true}}`, []string{`description: true is not a string; write "true"`}},
		{"a switch in quotes", `{"prod": {"dashboard": "true"}}`, []string{`dashboard: "true" is not true or false; write true`}},
		{"a word for a switch", `{"prod": {"dashboard": "yes"}}`, []string{`dashboard: "yes" is not true or false`}},
		{"a string for a list", `{"prod": {"snapshotArns": "arn"}}`, []string{`snapshotArns: "arn" is not a list; write ["arn"]`}},
		{"a list with a number in it", `{"prod": {"allowedSecurityGroupIds": ["sg-12345678", 7]}}`,
			[]string{`allowedSecurityGroupIds[1]: 7 is not a string; write "7"`}},
		{"numbers as parameters", `{"prod": {"parameters": {"timeout": 300, "a": "b", "c": 1.5}}}`,
			[]string{`parameters["c"]: 1.5 is not a string; write "1.5"`, `parameters["timeout"]: 300 is not a string; write "300"`}},
		{"a number as a tag", `{"prod": {"tags": {"CostCenter": 42}}}`, []string{`tags["CostCenter"]: 42 is not a string; write "42"`}},
		{"a string for an object", `{"prod": {"alarms": "off"}}`, []string{`alarms: "off" is not an object`}},
		{"a number for an alarm", `{"prod": {"alarms": {"cpu": 45}}}`,
			[]string{`alarms.cpu: 45 is not an object; write {"threshold":45}`}},
		{"null", `"{\"prod\": {\"nodeType\": null}}"`, []string{`nodeType: is null; leave it out for the default`}},
		{"a string for an environment", `{"prod": "cache.r7g.large"}`, []string{`prod: "cache.r7g.large" is not an object; ` +
			`write {} for the defaults, or settings such as {"nodeType": "cache.r7g.large"}`}},
	})
}

func TestAnEnvironmentWithoutARightNameOrBaseIsRefused(t *testing.T) {
	name24 := strings.Repeat("a", 24)
	const characters = "must contain only lower-case letters, digits and single hyphens, and not start or end with a hyphen"
	checkRefusals(t, []refusal{
		{"a name with capitals", `{"Prod2": {}}`, []string{`name: "Prod2" ` + characters}},
		{"a name that is too long", `{"` + name24 + `": {}}`, []string{`name: "` + name24 + `" has 24 characters; ` +
			`project "securebase" leaves at most 23 of the 40 of a replication group id`}},
		{"a base that is none", `{"staging": {"basedOn": "live"}}`,
			[]string{`basedOn: "live" is not an environment to start from; use "dev" or "prod"`}},
		{"a base that is a number", `{"staging": {"basedOn": 1}}`, []string{`basedOn: 1 is not a string; write "1"`}},
		{"a base for prod", `{"prod": {"basedOn": "dev"}}`,
			[]string{`basedOn: "dev" is for environments other than dev and prod; leave it out`}},
	})
}

// requires is the line about a key that is given without its partner.
func requires(key, partner string) string {
	return key + ": requires " + partner + " as well; set both or neither"
}

func TestSettingsThatContradictEachOtherAreRefused(t *testing.T) {
	const vpc = `"vpcId": "vpc-12345678", "availabilityZones": ["eu-central-1a", "eu-central-1b"]`
	checkRefusals(t, []refusal{
		{"a VPC without subnets", `{"prod": {"vpcId": "vpc-12345678"}}`,
			[]string{requires("vpcId", "subnetIds"), requires("vpcId", "availabilityZones")}},
		{"subnets without a VPC", `{"prod": {"subnetIds": ["subnet-12345678"]}}`, []string{requires("subnetIds", "vpcId")}},
		{"zones without a VPC", `{"prod": {"availabilityZones": ["eu-central-1a"]}}`, []string{requires("availabilityZones", "vpcId")}},
		{"a subnet group without its VPC", `{"prod": {"subnetGroupName": "legacy"}}`, []string{requires("subnetGroupName", "vpcId")}},
		{"three subnets in two zones", `{"prod": {` + vpc + `, "subnetIds": ["subnet-12345671", "subnet-12345672", "subnet-12345673"]}}`,
			[]string{`subnetIds: has 3 subnets for 2 availabilityZones; name the zone of each subnet`}},
		{"an endpoint in an existing VPC",
			`{"prod": {"secretsManagerEndpoint": true, ` + vpc + `, "subnetIds": ["subnet-12345671", "subnet-12345672"]}}`,
			[]string{`secretsManagerEndpoint: true is for a VPC that the stack creates, but vpcId names an existing one; leave it out`}},
		{"a range for an existing VPC", `{"prod": {"vpcCidr": "10.1.0.0/16", ` + vpc + `, "subnetIds": ["subnet-12345671", "subnet-12345672"]}}`,
			[]string{`vpcCidr: "10.1.0.0/16" is for a VPC that the stack creates, but vpcId names an existing one; leave it out`}},
		{"an account without a region", `{"prod": {"account": "123456789012"}}`, []string{requires("account", "region")}},
		{"a region without an account", `{"prod": {"region": "eu-central-1"}}`, []string{requires("region", "account")}},
		{"an account beside a region that is no string", `{"prod": {"account": "123456789012", "region": []}}`,
			[]string{`region: [] is not a string`}},
		{"an e-mail address without a topic of the stack", `{"prod": {"alarmEmail": "ops@example.com",
			"alarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:alarms",
			"notificationTopicArn": "arn:aws:sns:eu-central-1:123456789012:events"}}`,
			[]string{`alarmEmail: "ops@example.com" is for topics that the stack creates, but both topics exist already; leave it out`}},
		{"an engine without a version", `{"prod": {"engine": "valkey"}}`, []string{requires("engine", "engineVersion")}},
		{"a version without an engine", `{"prod": {"engineVersion": "8.0"}}`, []string{requires("engineVersion", "engine")}},
		{"a family without a version", `{"prod": {"parameterGroupFamily": "redis7"}}`,
			[]string{requires("parameterGroupFamily", "engineVersion")}},
		{"a secret without a login", `{"prod": {"authentication": "none", ` +
			`"authTokenSecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"}}`,
			[]string{`authTokenSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf" ` +
				`does not go with authentication "none"; leave out one of them`}},
		{"a rotation without a token", `{"prod": {"authentication": "iam", "tokenRotationDays": 30}}`,
			[]string{`tokenRotationDays: 30 does not go with authentication "iam"; leave out one of them`}},
		{"a rotation of a token of one's own", `{"prod": {"tokenRotationDays": 30, ` +
			`"authTokenSecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"}}`,
			[]string{`tokenRotationDays: 30 is for a generated token, but authTokenSecretArn names your own; leave out one of them`}},
		{"a token that is not stored, and generated", `{"prod": {"storeAuthToken": false}}`,
			[]string{requires("storeAuthToken", "authTokenSecretArn")}},
	})
}

func TestAValueThatAwsDoesNotKnowIsRefused(t *testing.T) {
	const (
		topic     = `is not the ARN of a standard SNS topic`
		elsewhere = `is not in account "123456789012" and region "eu-central-1", as the stack is`
	)
	checkRefusals(t, []refusal{
		{"ids of another form", `{"prod": {"vpcId": "12345678", "availabilityZones": ["a"], "subnetIds": ["sub-1"],
			"allowedSecurityGroupIds": ["sg-xyz", ""]}}`, []string{
			`vpcId: "12345678" is not a VPC id, such as "vpc-0123456789abcdef0"`,
			`availabilityZones[0]: "a" is not an Availability Zone, such as "eu-central-1a"`,
			`subnetIds[0]: "sub-1" is not a subnet id, such as "subnet-0123456789abcdef0"`,
			`allowedSecurityGroupIds[0]: "sg-xyz" is not a security group id, such as "sg-0123456789abcdef0"`,
			`allowedSecurityGroupIds[1]: "" is not a security group id, such as "sg-0123456789abcdef0"`}},
		{"an id twice", `{"prod": {"allowedSecurityGroupIds": ["sg-12345678", "sg-12345678"]}}`,
			[]string{`allowedSecurityGroupIds[1]: "sg-12345678" is the same as [0]; leave it out`}},
		{"what is in another account or region", `{"prod": {"account": "123456789012", "region": "eu-central-1",
			"vpcId": "vpc-12345678", "availabilityZones": ["us-east-1a"], "subnetIds": ["subnet-12345671"],
			"alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:a", "notificationTopicArn": "arn:aws:sns:eu-central-1:210987654321:e"}}`,
			[]string{`availabilityZones[0]: "us-east-1a" is not in region "eu-central-1"`,
				`alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:a" ` + elsewhere,
				`notificationTopicArn: "arn:aws:sns:eu-central-1:210987654321:e" ` + elsewhere}},
		{"a range that is none", `{"prod": {"vpcCidr": "10.1"}}`,
			[]string{`vpcCidr: "10.1" is not a range of IPv4 addresses, such as "10.1.0.0/16"`}},
		{"a range of IPv6", `{"prod": {"vpcCidr": "fd00::/20"}}`,
			[]string{`vpcCidr: "fd00::/20" is not a range of IPv4 addresses, such as "10.1.0.0/16"`}},
		{"a range that is too large", `{"prod": {"vpcCidr": "10.0.0.0/15"}}`,
			[]string{`vpcCidr: "10.0.0.0/15" has a mask of /15; use /16 to /24`}},
		{"a range that is too small", `{"prod": {"vpcCidr": "10.0.0.0/25"}}`,
			[]string{`vpcCidr: "10.0.0.0/25" has a mask of /25; use /16 to /24`}},
		{"a range that starts in its middle", `{"prod": {"vpcCidr": "10.1.2.0/16"}}`,
			[]string{`vpcCidr: "10.1.2.0/16" does not start at the first address of its range; use "10.1.0.0/16"`}},
		{"an account and a region of another form", `{"prod": {"account": "1234", "region": "Frankfurt"}}`, []string{
			`account: "1234" is not an AWS account id of 12 digits`, `region: "Frankfurt" is not an AWS region, such as "eu-central-1"`}},
		{"a word for an e-mail address", `{"prod": {"alarmEmail": "ops"}}`, []string{`alarmEmail: "ops" is not an e-mail address`}},
		{"an e-mail address with a name", `{"prod": {"alarmEmail": "Ops <ops@example.com>"}}`,
			[]string{`alarmEmail: "Ops <ops@example.com>" is not an e-mail address`}},
		{"a name for a topic", `{"prod": {"alarmTopicArn": "alarms"}}`, []string{`alarmTopicArn: "alarms" ` + topic}},
		{"a queue for a topic", `{"prod": {"notificationTopicArn": "arn:aws:sqs:eu-central-1:123456789012:q"}}`,
			[]string{`notificationTopicArn: "arn:aws:sqs:eu-central-1:123456789012:q" ` + topic}},
		{"a name for a secret", `{"prod": {"authTokenSecretArn": "redis-token"}}`,
			[]string{`authTokenSecretArn: "redis-token" is not the complete ARN of a secret`}},
		{"a rotation more often than daily", `{"prod": {"tokenRotationDays": 0.5}}`,
			[]string{`tokenRotationDays: 0.5 is not a whole number from 1 to 1000`}},
		{"a login that does not exist", `{"prod": {"authentication": "tokens"}}`,
			[]string{`authentication: "tokens" is not a login; use "token", "iam" or "none"; did you mean "token"?`}},
		{"a negative slow-log threshold", `{"prod": {"slowLogThresholdMilliseconds": -1}}`, []string{`slowLogThresholdMilliseconds: -1 ` +
			`is negative; to switch the slow log off, set slowlog-log-slower-than to "-1" in parameters`}},
		{"a retention that CloudWatch does not have", `{"prod": {"logRetentionDays": 10}}`,
			[]string{`logRetentionDays: 10 is not a retention of CloudWatch Logs; use 0 (never expire), 1, 3, 5, 7, 14, 30, 60, 90, 120, ` +
				`150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653`}},
	})
}
