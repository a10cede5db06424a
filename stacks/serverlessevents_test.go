package stacks_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/stacks"
)

func TestARuleBringsTheEventsOfTheServerlessCacheToTheTopic(t *testing.T) {
	e := stacks.ProdServerlessEnvironment()
	e.AlarmEmail = ptr("ops@example.com")
	_, tpl := buildServerless(t, e)
	rules := tpl.all("AWS::Events::Rule")
	require.Len(t, rules, 1)
	arn := rules[0]["EventPattern"].(object)["$or"].(list)[0].(object)["resources"].(list)[0]
	assert.Regexp(t, `^\{"Fn::GetAtt":\["Cache[0-9A-F]{8}","ARN"\]\}$`, toJson(t, arn))
	assert.Equal(t, object{"source": list{"aws.elasticache"}, "$or": list{
		object{"detail-type": list{"Cache Update Failed", "Cache Limit Approaching", "Snapshot Creation Failed"}, "resources": list{arn}},
		object{"detail-type": list{"Snapshot Copy Failed", "Snapshot Export Failed"}},
	}}, rules[0]["EventPattern"])
	topic := rules[0]["Targets"].(list)[0].(object)["Arn"]
	assert.Regexp(t, `^\{"Ref":"EventTopic[0-9A-F]{8}"\}$`, toJson(t, topic))
	assert.Contains(t, tpl.Resources[topic.(object)["Ref"].(string)].Properties, "KmsMasterKeyId",
		"EventBridge can publish to an encrypted topic")

	eventBridge := object{"Service": "events.amazonaws.com"}
	var allowed []any
	for _, policy := range tpl.all("AWS::SNS::TopicPolicy") {
		for _, statement := range policy["PolicyDocument"].(object)["Statement"].(list) {
			if assert.ObjectsAreEqual(eventBridge, statement.(object)["Principal"]) {
				allowed = append(allowed, statement)
			}
		}
	}
	assert.Equal(t, list{object{"Sid": "AllowEventBridge", "Effect": "Allow", "Principal": eventBridge, "Action": "sns:Publish",
		"Resource": topic}}, list(allowed))
	var keys []any
	for _, statement := range tpl.all("AWS::KMS::Key")[0]["KeyPolicy"].(object)["Statement"].(list) {
		if assert.ObjectsAreEqual(eventBridge, statement.(object)["Principal"]) {
			keys = append(keys, statement.(object)["Action"])
		}
	}
	assert.Equal(t, list{list{"kms:Decrypt", "kms:GenerateDataKey*"}}, list(keys))
	assert.Contains(t, toJson(t, tpl.all("AWS::SNS::Subscription")), toJson(t, topic))
}

func TestAnExistingTopicReceivesTheEvents(t *testing.T) {
	const arn = "arn:aws:sns:eu-central-1:123456789012:events"
	tpl := serverlessWith(t, `{"notificationTopicArn": "`+arn+`"}`)
	assert.Equal(t, arn, tpl.all("AWS::Events::Rule")[0]["Targets"].(list)[0].(object)["Arn"])
	assert.Len(t, tpl.all("AWS::SNS::Topic"), 1, "the alarm topic")
	assert.Equal(t, arn, tpl.Outputs["EventTopicArn"].Value)
}

func TestNobodyWhoHearsOfAServerlessCacheIsAWarning(t *testing.T) {
	stack, _ := buildServerless(t, stacks.ProdServerlessEnvironment())
	warnings := assertions.Annotations_FromStack(stack).FindWarning(ptr("*"), assertions.Match_StringLikeRegexp(ptr("notif(y|ies) nobody")))
	assert.Len(t, *warnings, 2, "of alarms and of events")
	assert.Contains(t, toJson(t, *warnings), "so failed snapshots notify nobody")
}
