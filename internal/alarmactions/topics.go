package alarmactions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// Warn warns of alarms that notify nobody, and of topics that an alarm may not be able to publish to. Of a topic of another app,
// only its ARN is known.
func (a Actions) Warn(w warning.Target) {
	w.WarnIf(len(a.actions) == 0, "noAlarmActions",
		"AlarmActions: none configured, so alarms notify nobody; pass awscloudwatchactions.NewSnsAction(topic)")
	for _, i := range slices.Sorted(maps.Keys(a.topicArns)) {
		property, arn := check.Element("AlarmActions", i), *a.topicArns[i]
		topic := topicOf(arn)
		if strings.HasSuffix(arn, ".fifo") || topic != nil && topic.FifoTopic() == true {
			w.Warn("alarmTopic", "%s: is a FIFO topic, which delivers to SQS queues only and takes no message without a message group; "+
				"AWS does not document that an alarm can publish to it, so use a standard topic", property)
		}
		if topic != nil && topic.KmsMasterKeyId() != nil && isManaged(topic) {
			w.Warn("alarmTopic", "%s: is encrypted with the AWS managed key alias/aws/sns, which CloudWatch cannot use; use a customer "+
				"managed key whose policy allows cloudwatch.amazonaws.com, or no key", property)
		}
	}
}

// topicOf is the topic of this app that an ARN refers to, or nil.
func topicOf(arn string) awssns.CfnTopic {
	if !check.IsToken(arn) {
		return nil
	}
	reference, isReference := awscdk.Tokenization_ReverseString(&arn).FirstToken().(awscdk.Reference)
	if !isReference {
		return nil
	}
	topic, _ := reference.Target().(awssns.CfnTopic)
	return topic
}

func isManaged(topic awssns.CfnTopic) bool {
	key := fmt.Sprint(awscdk.Stack_Of(topic).Resolve(topic.KmsMasterKeyId()))
	return strings.Contains(key, "alias/aws/sns")
}
