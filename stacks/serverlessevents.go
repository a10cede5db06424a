package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newEventRule sends the events of the cache to the topic. ElastiCache sends those of serverless caches to EventBridge and not
// to a topic (EventBridge, "Amazon ElastiCache events").
//
// Events name the ARN of their cache, but for those of copied and exported snapshots, which name snapshots only (ElastiCache
// user guide, "Serverless cache events"). So the latter come from every serverless cache of the account and region: without
// them, the rule would miss events silently.
func newEventRule(scope constructs.Construct, cache serverlesscache.ServerlessCache, topic awssns.ITopic) {
	awsevents.NewCfnRule(scope, ptr.To("EventRule"), &awsevents.CfnRuleProps{
		Description: ptr.To("Failures of " + *cache.ServerlessCacheName() + ", and a slot that is nearly full"),
		EventPattern: map[string]any{
			"source": []string{"aws.elasticache"},
			"$or": []any{
				map[string]any{"detail-type": eventsOfCaches, "resources": []any{cache.Resource().AttrArn()}},
				map[string]any{"detail-type": eventsOfSnapshots},
			},
		},
		Targets: []any{&awsevents.CfnRule_TargetProperty{Id: ptr.To("EventTopic"), Arn: topic.TopicArn()}},
	})
}

// Events that need somebody. They leave out what a deployment tells itself, such as "Cache Creation Failed", and the daily
// "Snapshot Created". The limit that a cache approaches is that of a slot, 32 GB, and not its usage limit.
var (
	eventsOfCaches    = []string{"Cache Update Failed", "Cache Limit Approaching", "Snapshot Creation Failed"}
	eventsOfSnapshots = []string{"Snapshot Copy Failed", "Snapshot Export Failed"}
)

// newServerlessEventTopic returns the given topic, or a new one that EventBridge may publish to.
func newServerlessEventTopic(scope constructs.Construct, c common, key awskms.IKey) awssns.ITopic {
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
