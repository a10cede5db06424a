package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func rotated(options rediscache.RotationOptions) rediscache.Authentication {
	return rediscache.Authentication_GeneratedToken(&rediscache.GeneratedTokenOptions{Rotation: &options})
}

func TestATokenIsRotatedOnASchedule(t *testing.T) {
	f := withOwnVpc()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	cache := f.cache(func(p *props) {
		p.Name, p.EncryptionKey, p.Authentication = jsii.String("securebase-prod"), key, rotated(rediscache.RotationOptions{})
	})
	tpl := synthesize(t, f.stack)
	rotator, tester := tpl.idOf(t, "CacheTokenRotator"), tpl.idOf(t, "CacheTokenTester")

	schedule := tpl.named(t, "CacheTokenRotation")
	assert.Equal(t, object{
		"SecretId":                  tpl.ref(t, "CacheAuthToken"),
		"RotationLambdaARN":         object{"Fn::GetAtt": list{rotator, "Arn"}},
		"RotationRules":             object{"ScheduleExpression": "rate(720 hours)"},
		"RotateImmediatelyOnUpdate": false,
	}, schedule.Properties)
	permission := tpl.idOf(t, "CacheTokenRotatorSecretsManager")
	assert.Contains(t, schedule.DependsOn, permission, "Secrets Manager invokes the function when the schedule is created")
	for id, r := range tpl.Resources {
		if r.Type == "AWS::EC2::SecurityGroupIngress" || r.Type == "AWS::EC2::SecurityGroupEgress" {
			assert.Contains(t, schedule.DependsOn, id, "and the tester has to reach the cache by then")
		}
	}
	assert.Equal(t, object{"Action": "lambda:InvokeFunction", "FunctionName": object{"Fn::GetAtt": list{rotator, "Arn"}},
		"Principal": "secretsmanager.amazonaws.com", "SourceAccount": object{"Ref": "AWS::AccountId"}, "SourceArn": tpl.ref(t, "CacheAuthToken")},
		tpl.Resources[permission].Properties)

	assert.NotContains(t, tpl.Resources[rotator].Properties, "VpcConfig", "the rotator calls AWS's APIs and needs no endpoint")
	assert.Equal(t, list{tpl.ref(t, "VpcIsolatedSubnet1Subnet"), tpl.ref(t, "VpcIsolatedSubnet2Subnet")},
		tpl.Resources[tester].Properties["VpcConfig"].(object)["SubnetIds"])
	assert.Equal(t, object{"Variables": object{
		"REPLICATION_GROUP_ID": "securebase-prod-redis", "CONNECTION_SECRET": tpl.ref(t, "CacheConnection"),
		"TESTER": object{"Fn::GetAtt": list{tester, "Arn"}}, "GRACE_SECONDS": "300"}}, tpl.Resources[rotator].Properties["Environment"])
	assert.Len(t, *cache.Alarms(), 18+2, "with an alarm on failed and one on overdue rotations")
}

func TestTheRotatorMayDoItsWorkAndNothingElse(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	f.cache(func(p *props) {
		p.Name, p.EncryptionKey, p.Authentication = jsii.String("securebase-prod"), key, rotated(rediscache.RotationOptions{})
	})
	tpl := synthesize(t, f.stack)
	policy := func(role string) list {
		return tpl.Resources[tpl.idOf(t, role+"ServiceRoleDefaultPolicy")].Properties["PolicyDocument"].(object)["Statement"].(list)
	}
	token, connection := tpl.ref(t, "CacheAuthToken"), tpl.ref(t, "CacheConnection")
	assert.ElementsMatch(t, list{
		object{"Effect": "Allow", "Resource": token, "Action": list{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
			"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"}},
		object{"Effect": "Allow", "Resource": "*", "Action": "secretsmanager:GetRandomPassword"},
		object{"Effect": "Allow", "Resource": tpl.getAtt(t, "Key", "Arn"), "Action": list{"kms:Decrypt", "kms:GenerateDataKey"}},
		object{"Effect": "Allow", "Resource": connection, "Action": list{"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"}},
		object{"Effect": "Allow", "Resource": elastiCacheArn("replicationgroup:securebase-prod-redis"),
			"Action": list{"elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"}},
		object{"Effect": "Allow", "Resource": tpl.getAtt(t, "CacheTokenTester", "Arn"), "Action": "lambda:InvokeFunction"},
	}, policy("CacheTokenRotator"))
	assert.Equal(t, list{object{"Effect": "Allow", "Resource": token, "Action": "secretsmanager:DescribeSecret"}}, policy("CacheTokenOverdue"))
	for id := range tpl.Resources {
		assert.NotContains(t, id, "TokenTesterServiceRoleDefaultPolicy", "the tester calls no API")
	}
}

func TestRotationOptionsReachTheFunctions(t *testing.T) {
	f := withOwnVpc()
	f.cache(func(p *props) {
		p.Authentication = rotated(rediscache.RotationOptions{
			AutomaticallyAfter: awscdk.Duration_Days(jsii.Number(7)), Grace: awscdk.Duration_Seconds(jsii.Number(90)),
			VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS},
		})
		p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	})
	tpl := synthesize(t, f.stack)
	assert.Equal(t, object{"ScheduleExpression": "rate(168 hours)"}, tpl.named(t, "CacheTokenRotation").Properties["RotationRules"])
	variables := func(id string) object {
		return tpl.Resources[tpl.idOf(t, id)].Properties["Environment"].(object)["Variables"].(object)
	}
	assert.Equal(t, "90", variables("CacheTokenRotator")["GRACE_SECONDS"])
	assert.Equal(t, "604800", variables("CacheTokenOverdue")["ROTATION_SECONDS"])
	assert.Equal(t, list{tpl.ref(t, "VpcPrivateSubnet1Subnet"), tpl.ref(t, "VpcPrivateSubnet2Subnet")},
		tpl.named(t, "CacheTokenTester").Properties["VpcConfig"].(object)["SubnetIds"])
	assert.Empty(t, tpl.allOf(alarm), "no alarm where alarms are off")
}

func TestRotationOptionsOutOfRangeAreRefused(t *testing.T) {
	hours := func(n float64) rediscache.RotationOptions {
		return rediscache.RotationOptions{AutomaticallyAfter: awscdk.Duration_Minutes(jsii.Number(n * 60))}
	}
	grace := func(seconds float64) rediscache.RotationOptions {
		return rediscache.RotationOptions{Grace: awscdk.Duration_Seconds(&seconds)}
	}
	inSubnets := func(selection awsec2.SubnetSelection) rediscache.RotationOptions {
		return rediscache.RotationOptions{VpcSubnets: &selection}
	}
	f := newFixture()
	parameter := awscdk.NewCfnParameter(f.stack, jsii.String("P"), &awscdk.CfnParameterProps{Type: jsii.String("Number")})
	tests := []struct {
		name    string
		options rediscache.RotationOptions
		want    string // empty: accepted
	}{
		{"4 hours are accepted", hours(4), ""},
		{"less than 4 hours is refused", hours(3), "Authentication.Rotation.AutomaticallyAfter: 10800 seconds is not from 4 hours to 1,000 days"},
		{"1,000 days are accepted", hours(24_000), ""},
		{"more than 1,000 days is refused", hours(24_001),
			"Authentication.Rotation.AutomaticallyAfter: 86403600 seconds is not from 4 hours to 1,000 days"},
		{"half an hour is refused", hours(4.5),
			"Authentication.Rotation.AutomaticallyAfter: 16200 seconds is not a whole number of hours, as a rotation schedule needs"},
		{"no grace is accepted", grace(0), ""},
		{"10 minutes of grace are accepted", grace(600), ""},
		{"more grace is refused", grace(601), "Authentication.Rotation.Grace: 601 seconds is not a whole number of seconds up to 10 minutes"},
		{"subnets that the VPC lacks are refused", inSubnets(awsec2.SubnetSelection{SubnetGroupName: jsii.String("Data")}),
			"Authentication.Rotation.VpcSubnets: select no subnet: ThereSubnetGroupsName: " +
				"There are no subnet groups with name 'Data' in this VPC. " +
				"Available names: Public,Private,Isolated"},
		{"no subnet is refused", inSubnets(awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{}}),
			"Authentication.Rotation.VpcSubnets: select no subnet; pass a selection that fits the VPC"},
		{"a token is refused", rediscache.RotationOptions{AutomaticallyAfter: awscdk.Duration_Hours(parameter.ValueAsNumber())},
			"Authentication.Rotation: has a token for a duration, which cannot be converted to seconds; pass literals"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			make := func(f fixture) {
				f.cache(func(p *props) { p.Authentication = rotated(test.options) })
			}
			if test.want == "" {
				make(newFixture())
				return
			}
			assert.EqualError(t, validationError(t, func() { make(f) }), invalid("Test/Cache", test.want))
		})
	}
}
