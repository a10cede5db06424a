package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Two topics, because one cannot serve both: alarms should be encrypted, and ElastiCache's events cannot be. A topic
// with a policy, which is there for TLS, allows only the principals in it, so each policy names its publisher.

// newTopicFunc returns the topic that an environment gives, or creates one that the key encrypts where its publisher can use
// a key. The key is nil for an environment without one.
type newTopicFunc func(scope constructs.Construct, c common, key awskms.IKey) awssns.ITopic

// newAlarmTopic returns the given topic, or a new one that CloudWatch may publish to.
func newAlarmTopic(scope constructs.Construct, c common, key awskms.IKey) awssns.ITopic {
	if c.AlarmTopicArn != nil {
		return awssns.Topic_FromTopicArn(scope, ptr.To("AlarmTopic"), c.AlarmTopicArn)
	}
	alarms := alarmsOfTheStack()
	topic := newTopic(scope, "AlarmTopic", "Alarms of "+c.stackId(), key, &awsiam.PolicyStatementProps{
		Sid:        ptr.To("AllowCloudWatchAlarms"),
		Principals: &[]awsiam.IPrincipal{alarms},
	})
	if key != nil {
		key.Grant(alarms, ptr.To("kms:Decrypt"), ptr.To("kms:GenerateDataKey*"))
	}
	if c.withoutCMK() {
		acknowledge(resourceOf(topic), because("The environment is deleted with its stack and has no customer managed key, and CloudWatch "+
			"cannot publish to a topic with the AWS managed key. Alarms contain no data of the cache.",
			unencryptedTopic...))
	}
	c.subscribe(topic, "AlarmEmail")
	warnings{topic}.when(c.missesSubscriber(), "noAlarmSubscriber",
		"the alarm topic has no subscriber, so alarms notify nobody: "+
			"set alarmEmail or alarmTopicArn, or subscribe to the topic after the deployment")
	return topic
}

// alarmsOfTheStack are CloudWatch's alarms of this account and region. Without the conditions, CloudWatch could be made
// to publish, or to use the key, for an alarm of somebody else.
func alarmsOfTheStack() awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(ptr.To("cloudwatch.amazonaws.com"), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()},
			"ArnLike":      map[string]any{"aws:SourceArn": ownArn("cloudwatch") + ":alarm:*"},
		},
	})
}

// newEventTopic returns the given topic, or a new one that ElastiCache may publish to: unencrypted, with the account as
// AWS:SourceOwner, the only condition that ElastiCache supports (user guide, "Managing ElastiCache Amazon SNS notifications").
func newEventTopic(scope constructs.Construct, c common, _ awskms.IKey) awssns.ITopic {
	if c.notificationTopic != nil {
		return c.notificationTopic
	}
	if c.NotificationTopicArn != nil {
		return awssns.Topic_FromTopicArn(scope, ptr.To("EventTopic"), c.NotificationTopicArn)
	}
	topic := newTopic(scope, "EventTopic", "ElastiCache events of "+c.stackId(), nil, &awsiam.PolicyStatementProps{
		Sid:        ptr.To("AllowElastiCacheEvents"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"AWS:SourceOwner": awscdk.Aws_ACCOUNT_ID()}},
	})
	acknowledge(resourceOf(topic), because("ElastiCache cannot publish to an encrypted topic. Its events contain names of resources and "+
		"what happened to them, never data, and the topic refuses messages without TLS.",
		unencryptedTopic...))
	c.subscribeToEvents(topic, "failovers and failed snapshots")
	return topic
}

func (c common) subscribeToEvents(topic awssns.Topic, events string) {
	c.subscribe(topic, "EventEmail")
	warnings{topic}.when(c.missesSubscriber(), "noEventSubscriber",
		"the event topic has no subscriber, so %s notify nobody: "+
			"set alarmEmail or notificationTopicArn, or subscribe to the topic after the deployment", events)
}

var unencryptedTopic = []string{"HIPAA.Security-SNSEncryptedKMS", "NIST.800.53.R5-SNSEncryptedKMS", "PCI.DSS.321-SNSEncryptedKMS"}

// newTopic takes messages over TLS only, from the publisher of the statement.
func newTopic(scope constructs.Construct, id, name string, key awskms.IKey, publisher *awsiam.PolicyStatementProps) awssns.Topic {
	topic := awssns.NewTopic(scope, &id, &awssns.TopicProps{DisplayName: &name, EnforceSSL: ptr.To(true), MasterKey: key})
	publisher.Actions = &[]*string{ptr.To("sns:Publish")}
	publisher.Resources = &[]*string{topic.TopicArn()}
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(publisher))
	return topic
}

// subscribe subscribes the environment's address to the topic.
func (c common) subscribe(topic awssns.Topic, id string) {
	if c.AlarmEmail != nil {
		awssns.NewSubscription(awscdk.Stack_Of(topic), &id, &awssns.SubscriptionProps{
			Topic: topic, Protocol: awssns.SubscriptionProtocol_EMAIL, Endpoint: c.AlarmEmail,
		})
	}
}

// missesSubscriber reports whether a new topic has no subscriber in an environment that somebody relies on.
func (c common) missesSubscriber() bool {
	return c.AlarmEmail == nil && ptr.Value(c.TerminationProtection)
}
