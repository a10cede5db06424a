package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

type actions = []awscloudwatch.IAlarmAction

func snsAction(topic awssns.ITopic) awscloudwatch.IAlarmAction {
	return awscloudwatchactions.NewSnsAction(topic)
}

// topicAction publishes to a topic of another app.
func topicAction(scope constructs.Construct, arn string) awscloudwatch.IAlarmAction {
	id := "Topic " + arn[12:]
	return snsAction(awssns.Topic_FromTopicArn(scope, &id, &arn))
}

func ssmAction() awscloudwatch.IAlarmAction {
	return awscloudwatchactions.NewSsmAction(awscloudwatchactions.OpsItemSeverity_HIGH, "")
}

func TestTopicsAreNotifiedOfEveryAlarmFiringAndEnding(t *testing.T) {
	f := newFixture()
	arn := "arn:aws:sns:us-east-1:111122223333:others"
	f.cache(func(p *props) {
		p.AlarmActions = &actions{snsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil)), topicAction(f.stack, arn)}
	})
	tpl := synthesize(t, f.stack)
	topics := list{tpl.ref(t, "Topic"), arn}
	assert.Len(t, tpl.allOf(alarm), 18)
	for id, r := range tpl.allOf(alarm) {
		assert.Equal(t, topics, r.Properties["AlarmActions"], id)
		assert.Equal(t, topics, r.Properties["OKActions"], id)
	}
}

func TestFunctionMayBeInvokedByEachAlarm(t *testing.T) {
	f := newFixture()
	fn := newFunction(f.stack, "Fn", nil)
	f.cache(func(p *props) { p.AlarmActions = &actions{awscloudwatchactions.NewLambdaAction(fn, nil)} })
	tpl := synthesize(t, f.stack)
	allowed := map[string]bool{}
	for _, permission := range tpl.allOf(permission) {
		allowed[permission.Properties["SourceArn"].(object)["Fn::GetAtt"].(list)[0].(string)] = true
	}
	for id, r := range tpl.allOf(alarm) {
		assert.True(t, allowed[id], "permission for %s", id)
		assert.Equal(t, list{tpl.getAtt(t, "Fn", "Arn")}, r.Properties["AlarmActions"])
		assert.Equal(t, r.Properties["AlarmActions"], r.Properties["OKActions"])
	}
	assert.Len(t, tpl.allOf(alarm), 18)
}

func TestOneFunctionServesTwoCaches(t *testing.T) {
	f := newFixture()
	lambda := actions{awscloudwatchactions.NewLambdaAction(newFunction(f.stack, "Fn", nil), nil)}
	for _, id := range []string{"A", "B"} {
		f.cacheNamed(id, func(p *props) { p.AlarmActions = &lambda })
	}
	assert.Len(t, synthesize(t, f.stack).allOf(permission), 2*18)
}

// Without the flag, CDK calls the permissions of all alarms the same.
func TestLambdaActionNeedsTheFeatureFlagOfNewApps(t *testing.T) {
	stack := newStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), "Test")
	f := fixture{stack, newVpc(stack)}
	lambda := actions{
		snsAction(awssns.NewTopic(stack, jsii.String("Topic"), nil)), awscloudwatchactions.NewLambdaAction(newFunction(stack, "Fn", nil), nil),
	}
	err := validationError(t, func() { f.cache(func(p *props) { p.AlarmActions = &lambda }) })
	assert.EqualError(t, err, invalid("Test/Cache", "AlarmActions[1]: is a Lambda action, which more than one alarm can have only with "+
		`the feature flag "@aws-cdk/aws-cloudwatch-actions:changeLambdaPermissionLogicalIdForLambdaAction"; `+
		"set it to true in the context of cdk.json"))
	f.cache(func(p *props) {
		p.AlarmActions, p.Alarms = &lambda, &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	})
}

func TestTopicThatAnAlarmMayNotReachIsAWarning(t *testing.T) {
	managed := func(f fixture) awskms.IKey {
		return awskms.Alias_FromAliasName(f.stack, jsii.String("Managed"), jsii.String("alias/aws/sns"))
	}
	topic := func(f fixture, props awssns.TopicProps) awscloudwatch.IAlarmAction {
		return snsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), &props))
	}
	fifo := "which delivers to SQS queues only and takes no message without a message group; " +
		"AWS does not document that an alarm can publish to it, so use a standard topic"
	tests := []struct {
		name   string
		action func(f fixture) awscloudwatch.IAlarmAction
		want   []string
	}{
		{"a standard topic", func(f fixture) awscloudwatch.IAlarmAction { return topic(f, awssns.TopicProps{}) }, nil},
		{"a topic with a key of its own", func(f fixture) awscloudwatch.IAlarmAction {
			return topic(f, awssns.TopicProps{MasterKey: awskms.NewKey(f.stack, jsii.String("Key"), nil)})
		}, nil},
		{"a topic with the AWS managed key", func(f fixture) awscloudwatch.IAlarmAction {
			return topic(f, awssns.TopicProps{MasterKey: managed(f)})
		}, []string{"AlarmActions[0]: is a topic with the AWS managed key of SNS, with which CloudWatch cannot publish; " +
			"use a key of your own that admits cloudwatch.amazonaws.com, or none"}},
		{"a FIFO topic", func(f fixture) awscloudwatch.IAlarmAction { return topic(f, awssns.TopicProps{Fifo: jsii.Bool(true)}) },
			[]string{"AlarmActions[0]: is a FIFO topic, " + fifo}},
		{"a FIFO topic of another app", func(f fixture) awscloudwatch.IAlarmAction {
			return topicAction(f.stack, "arn:aws:sns:us-east-1:111122223333:alarms.fifo")
		}, []string{"AlarmActions[0]: is a FIFO topic, " + fifo}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			action := test.action(f)
			cache := f.cache(func(p *props) { p.AlarmActions = &actions{action} })
			var want []string
			for _, text := range test.want {
				want = append(want, text+" [ack: "+rediscache.WarningPrefix+"alarmTopic]")
			}
			assert.Equal(t, want, warningsOf(cache))
		})
	}
}

func TestActionsOfTwoKindsKeepTheirOrder(t *testing.T) {
	f := newFixture()
	fn := newFunction(f.stack, "Fn", nil)
	arn := "arn:aws:sns:us-east-1:111122223333:alarms"
	f.cache(func(p *props) {
		p.AlarmActions = &actions{awscloudwatchactions.NewLambdaAction(fn, nil), topicAction(f.stack, arn)}
	})
	tpl := synthesize(t, f.stack)
	for id, r := range tpl.allOf(alarm) {
		assert.Equal(t, list{tpl.getAtt(t, "Fn", "Arn"), arn}, r.Properties["AlarmActions"], id)
		assert.Equal(t, r.Properties["AlarmActions"], r.Properties["OKActions"], id)
	}
}

func TestOpsItemIsCreatedWhenAnAlarmFiresAndNotWhenItEnds(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.AlarmActions = &actions{ssmAction()} })
	for id, r := range synthesize(t, f.stack).allOf(alarm) {
		assert.Len(t, r.Properties["AlarmActions"], 1, id)
		assert.NotContains(t, r.Properties, "OKActions", id)
	}
}

func TestLogicalIDsOfAlarmsDoNotDependOnTheKindOfAction(t *testing.T) {
	without := templateOf(t, nil)
	with := templateOf(t, func(p *props) { p.AlarmActions = &actions{ssmAction()} })
	for id := range with.allOf(alarm) {
		assert.Contains(t, without.Resources, id)
	}
}

func TestActionThatAnAlarmDoesNotSupportIsRefused(t *testing.T) {
	stack := newStackIn(newApp(), "Test", "123456789012", "eu-central-1")
	f := fixture{stack, newVpc(stack)}
	sns := snsAction(awssns.NewTopic(stack, jsii.String("Topic"), nil))
	reboot := awscloudwatchactions.NewEc2Action(awscloudwatchactions.Ec2InstanceAction_REBOOT)
	elsewhere := func(region string) string {
		return "publishes to a topic in aws://123456789012/" + region + " and the cache is in aws://123456789012/eu-central-1; " +
			"use a topic of the cache's region"
	}
	tests := []struct {
		name    string
		actions actions
		want    []string
	}{
		{"six actions", actions{sns, sns, sns, sns, sns, sns}, []string{"AlarmActions: has 6 actions; a CloudWatch alarm supports at most 5"}},
		{"an EC2 action", actions{sns, reboot},
			[]string{"AlarmActions[1]: is an EC2 action, which needs an alarm on an instance; use an SNS or Lambda action"}},
		{"topics of other regions, in their order", actions{
			topicAction(stack, "arn:aws:sns:us-east-1:123456789012:a"), sns, topicAction(stack, "arn:aws:sns:us-west-2:123456789012:b"),
		}, []string{"AlarmActions[0]: " + elsewhere("us-east-1"), "AlarmActions[2]: " + elsewhere("us-west-2")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() { f.cache(func(p *props) { p.AlarmActions = &test.actions }) })
			assert.EqualError(t, err, invalid("Test/Cache", test.want...))
		})
	}
	f.cache(func(p *props) { p.AlarmActions = &actions{sns, sns, sns, sns, sns} })
}
