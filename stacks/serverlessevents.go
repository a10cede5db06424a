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
// An event names the ARN of its cache, except for a failed copy or export, which names snapshots only (ElastiCache user guide,
// "Serverless cache events"). The rule takes those of every serverless cache in the account and region: a filter by cache would
// miss them silently.
func newEventRule(scope constructs.Construct, cache serverlesscache.ServerlessCache, topic awssns.ITopic) {
	awsevents.NewCfnRule(scope, ptr.To("EventRule"), &awsevents.CfnRuleProps{
		Description: ptr.To("Failures of " + *cache.ServerlessCacheName() + ", and slots near their limit of 32 GB"),
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

// Events that need an operator. "Cache Creation Failed" is not among them, because the deployment fails as well. The limit that
// a cache approaches is the 32 GB of a slot, not a usage limit.
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
