package alarmactions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Doubts are the topics that an alarm may not be able to publish to, a sentence for each. Of a topic of another app, only its
// ARN is known.
func (a Actions) Doubts() (doubts []string) {
	for _, i := range slices.Sorted(maps.Keys(a.topicArns)) {
		property, arn := check.Element("AlarmActions", i), *a.topicArns[i]
		topic := topicOf(arn)
		if strings.HasSuffix(arn, ".fifo") || topic != nil && topic.FifoTopic() == true {
			doubts = append(doubts, property+": is a FIFO topic, which delivers to SQS queues only and takes no message without a message group; "+
				"AWS does not document that an alarm can publish to it, so use a standard topic")
		}
		if topic != nil && topic.KmsMasterKeyId() != nil && isManaged(topic) {
			doubts = append(doubts, property+": is a topic with the AWS managed key of SNS, with which CloudWatch cannot publish; "+
				"use a key of your own that admits cloudwatch.amazonaws.com, or none")
		}
	}
	return doubts
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
