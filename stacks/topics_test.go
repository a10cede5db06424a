package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/stacks"
)

// alarmsOfTheStack are the conditions under which CloudWatch acts for alarms of the stack's account and region.
var alarmsOfTheStack = object{
	"StringEquals": object{"aws:SourceAccount": object{"Ref": "AWS::AccountId"}},
	"ArnLike": object{"aws:SourceArn": joined("arn:", object{"Ref": "AWS::Partition"}, ":cloudwatch:", object{"Ref": "AWS::Region"},
		":", object{"Ref": "AWS::AccountId"}, ":alarm:*")},
}

func TestAlarmsReachAnEncryptedTopicAndEventsAPlainOne(t *testing.T) {
	_, tpl := build(t, stacks.ProdEnvironment())
	var alarms, events string
	for id, r := range tpl.Resources {
		switch {
		case r.Type != "AWS::SNS::Topic":
		case strings.HasPrefix(id, "AlarmTopic"):
			alarms = id
			assert.Contains(t, r.Properties, "KmsMasterKeyId")
		case strings.HasPrefix(id, "EventTopic"):
			events = id
			assert.NotContains(t, r.Properties, "KmsMasterKeyId", "ElastiCache cannot publish to an encrypted topic")
		}
	}
	assert.Equal(t, object{"Ref": events}, tpl.group()["NotificationTopicArn"])
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		assert.Equal(t, list{object{"Ref": alarms}}, alarm["AlarmActions"])
		assert.Equal(t, list{object{"Ref": alarms}}, alarm["OKActions"])
	}
	policies := map[string]list{}
	for _, policy := range tpl.all("AWS::SNS::TopicPolicy") {
		topic := policy["Topics"].(list)[0].(object)["Ref"].(string)
		policies[topic] = policy["PolicyDocument"].(object)["Statement"].(list)
	}
	refuse := func(topic string) object {
		return object{"Sid": "AllowPublishThroughSSLOnly", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish",
			"Resource": object{"Ref": topic}, "Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}
	}
	account := object{"Ref": "AWS::AccountId"}
	assert.ElementsMatch(t, list{refuse(alarms), object{
		"Sid": "AllowCloudWatchAlarms", "Effect": "Allow", "Principal": object{"Service": "cloudwatch.amazonaws.com"},
		"Action": "sns:Publish", "Resource": object{"Ref": alarms},
		"Condition": alarmsOfTheStack,
	}}, policies[alarms])
	assert.ElementsMatch(t, list{refuse(events), object{
		"Sid": "AllowElastiCacheEvents", "Effect": "Allow", "Principal": object{"AWS": "*"},
		"Action": "sns:Publish", "Resource": object{"Ref": events},
		"Condition": object{"StringEquals": object{"AWS:SourceOwner": account}},
	}}, policies[events])
}

func TestTheAddressIsSubscribedToEveryTopicOfTheStack(t *testing.T) {
	const topicArn = "arn:aws:sns:eu-central-1:123456789012:mine"
	tests := []struct {
		name           string
		alarms, events *string // existing topics
		want           []string
	}{
		{"to both", nil, nil, []string{"AlarmTopic", "EventTopic"}},
		{"to the event topic beside an existing alarm topic", ptr(topicArn), nil, []string{"EventTopic"}},
		{"to the alarm topic beside an existing event topic", nil, ptr(topicArn), []string{"AlarmTopic"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := stacks.ProdEnvironment()
			e.AlarmEmail, e.AlarmTopicArn, e.NotificationTopicArn = ptr("ops@example.com"), test.alarms, test.events
			_, tpl := build(t, e)
			var topics []string
			for _, subscription := range tpl.all("AWS::SNS::Subscription") {
				assert.Equal(t, "email", subscription["Protocol"])
				assert.Equal(t, "ops@example.com", subscription["Endpoint"])
				topics = append(topics, subscription["TopicArn"].(object)["Ref"].(string)[:len("AlarmTopic")])
			}
			assert.ElementsMatch(t, test.want, topics)
		})
	}
}

func TestExistingTopicsAreUsed(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.AlarmTopicArn = ptr("arn:aws:sns:eu-central-1:123456789012:alarms")
	e.NotificationTopicArn = ptr("arn:aws:sns:eu-central-1:123456789012:events")
	_, tpl := build(t, e)
	assert.Empty(t, tpl.all("AWS::SNS::Topic"))
	assert.Equal(t, list{*e.AlarmTopicArn}, tpl.all("AWS::CloudWatch::Alarm")[0]["AlarmActions"])
	assert.Equal(t, *e.NotificationTopicArn, tpl.group()["NotificationTopicArn"])
}
