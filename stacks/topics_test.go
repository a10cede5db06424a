package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/stacks"
)

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
	key := toJson(t, tpl.all("AWS::KMS::Key")[0]["KeyPolicy"])
	assert.Contains(t, key, `"Principal":{"Service":"cloudwatch.amazonaws.com"}`)

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
		"Condition": object{"StringEquals": object{"aws:SourceAccount": account}},
	}}, policies[alarms])
	assert.ElementsMatch(t, list{refuse(events), object{
		"Sid": "AllowElastiCacheEvents", "Effect": "Allow", "Principal": object{"AWS": "*"},
		"Action": "sns:Publish", "Resource": object{"Ref": events},
		"Condition": object{"StringEquals": object{"AWS:SourceOwner": account}},
	}}, policies[events])
}

func TestAlarmsGoToTheAddressOrTheTopicThatIsNamed(t *testing.T) {
	e := stacks.ProdEnvironment()
	e.AlarmEmail = ptr("ops@example.com")
	_, tpl := build(t, e)
	subscription := tpl.all("AWS::SNS::Subscription")[0]
	assert.Equal(t, "email", subscription["Protocol"])
	assert.Equal(t, "ops@example.com", subscription["Endpoint"])

	e = stacks.ProdEnvironment()
	e.AlarmTopicArn = ptr("arn:aws:sns:eu-central-1:123456789012:alarms")
	e.NotificationTopicArn = ptr("arn:aws:sns:eu-central-1:123456789012:events")
	_, tpl = build(t, e)
	assert.Empty(t, tpl.all("AWS::SNS::Topic"))
	assert.Equal(t, list{*e.AlarmTopicArn}, tpl.all("AWS::CloudWatch::Alarm")[0]["AlarmActions"])
	assert.Equal(t, *e.NotificationTopicArn, tpl.group()["NotificationTopicArn"])
}
