package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newServerlessEventTopic returns the given topic, or a new one, with a rule that sends it the events of serverless caches.
// ElastiCache sends those to EventBridge and not to a topic (EventBridge, "Amazon ElastiCache events").
//
// The rule takes the events of every serverless cache of the account and region: AWS does not say how the event of a failed
// automatic snapshot names its cache, and a pattern that misses it would keep silent. Each event names its source.
func newServerlessEventTopic(scope constructs.Construct, c common, key awskms.IKey) awssns.ITopic {
	topic := serverlessEventTopic(scope, c, key)
	awsevents.NewCfnRule(scope, ptr.To("EventRule"), &awsevents.CfnRuleProps{
		Description:  ptr.To("Failures and limits of serverless caches, for " + c.stackId()),
		EventPattern: map[string]any{"source": []string{"aws.elasticache"}, "detail-type": alarmingEvents},
		Targets:      []any{&awsevents.CfnRule_TargetProperty{Id: ptr.To("EventTopic"), Arn: topic.TopicArn()}},
	})
	return topic
}

// alarmingEvents leave out what a deployment does itself, such as "Cache Updated", and the daily "Snapshot Created".
var alarmingEvents = []string{
	"Cache Creation Failed", "Cache Update Failed", "Cache Limit Approaching",
	"Snapshot Creation Failed", "Snapshot Copy Failed", "Snapshot Export Failed",
}

func serverlessEventTopic(scope constructs.Construct, c common, key awskms.IKey) awssns.ITopic {
	if c.NotificationTopicArn != nil {
		return awssns.Topic_FromTopicArn(scope, ptr.To("EventTopic"), c.NotificationTopicArn)
	}
	// Without conditions, as in the guide of EventBridge ("Using resource-based policies") and in CDK's own target.
	eventBridge := awsiam.NewServicePrincipal(ptr.To("events.amazonaws.com"), nil)
	topic := newTopic(scope, "EventTopic", "ElastiCache events of "+c.stackId(), key, &awsiam.PolicyStatementProps{
		Sid:        ptr.To("AllowEventBridge"),
		Principals: &[]awsiam.IPrincipal{eventBridge},
	})
	if key != nil {
		key.Grant(eventBridge, ptr.To("kms:Decrypt"), ptr.To("kms:GenerateDataKey*"))
	}
	if c.withoutCMK() {
		acknowledge(resourceOf(topic), because("The environment is deleted with its stack and has no customer managed key, and EventBridge "+
			"cannot publish to a topic with the AWS managed key. Events contain no data of the cache.",
			unencryptedTopic...))
	}
	c.subscribeToEvents(topic, "failed snapshots")
	return topic
}
