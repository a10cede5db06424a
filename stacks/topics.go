package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Two topics, because one cannot serve both: alarms should be encrypted, and ElastiCache's events cannot be. A topic
// with a policy, which is there for TLS, allows only the principals in it, so each policy names its publisher.

// newAlarmTopic returns the given topic, or a new one that CloudWatch may publish to.
func newAlarmTopic(scope constructs.Construct, e Environment, key awskms.IKey) awssns.ITopic {
	if e.AlarmTopicArn != nil {
		return awssns.Topic_FromTopicArn(scope, ptr.To("AlarmTopic"), e.AlarmTopicArn)
	}
	cloudWatch := awsiam.NewServicePrincipal(ptr.To("cloudwatch.amazonaws.com"), nil)
	topic := awssns.NewTopic(scope, ptr.To("AlarmTopic"), &awssns.TopicProps{
		DisplayName: ptr.To("Alarms of " + e.StackId()),
		EnforceSSL:  ptr.To(true),
		MasterKey:   key,
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr.To("AllowCloudWatchAlarms"),
		Principals: &[]awsiam.IPrincipal{cloudWatch},
		Actions:    &[]*string{ptr.To("sns:Publish")},
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
	}))
	if key != nil {
		key.Grant(cloudWatch, ptr.To("kms:Decrypt"), ptr.To("kms:GenerateDataKey*"))
	}
	if e.withoutCMK() {
		acknowledge(resourceOf(topic), because("The environment is destroyed with its stack and has no customer-managed key, and CloudWatch "+
			"cannot publish to a topic with the AWS-managed one; alarms have no data of the cache.",
			unencryptedTopic...))
	}
	switch {
	case e.AlarmEmail != nil:
		awssns.NewSubscription(scope, ptr.To("AlarmEmail"), &awssns.SubscriptionProps{
			Topic: topic, Protocol: awssns.SubscriptionProtocol_EMAIL, Endpoint: e.AlarmEmail,
		})
	case ptr.Value(e.TerminationProtection):
		awscdk.Annotations_Of(topic).AddWarningV2(ptr.To(rediscache.WarningPrefix+"noAlarmSubscriber"),
			ptr.To("nobody is subscribed to the alarm topic of "+e.Name+": set alarmEmail or alarmTopicArn in cdk.json, or subscribe "+
				"to the topic after the deployment"))
	}
	return topic
}

// newEventTopic returns the given topic, or a new one that ElastiCache may publish to: unencrypted, with the account as
// AWS:SourceOwner, the only condition that ElastiCache supports (user guide, "Managing ElastiCache Amazon SNS notifications").
func newEventTopic(scope constructs.Construct, e Environment) awssns.ITopic {
	if e.NotificationTopic != nil {
		return e.NotificationTopic
	}
	if e.NotificationTopicArn != nil {
		return awssns.Topic_FromTopicArn(scope, ptr.To("EventTopic"), e.NotificationTopicArn)
	}
	topic := awssns.NewTopic(scope, ptr.To("EventTopic"), &awssns.TopicProps{
		DisplayName: ptr.To("ElastiCache events of " + e.StackId()),
		EnforceSSL:  ptr.To(true),
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr.To("AllowElastiCacheEvents"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{ptr.To("sns:Publish")},
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"AWS:SourceOwner": awscdk.Aws_ACCOUNT_ID()}},
	}))
	acknowledge(resourceOf(topic), because("ElastiCache cannot publish to an encrypted topic; its events are names of clusters and what "+
		"happened to them, never data, and the topic refuses what does not come over TLS.",
		unencryptedTopic...))
	return topic
}

var unencryptedTopic = []string{"HIPAA.Security-SNSEncryptedKMS", "NIST.800.53.R5-SNSEncryptedKMS", "PCI.DSS.321-SNSEncryptedKMS"}
