package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Two topics, because one cannot serve both: alarms should be encrypted, and ElastiCache's events cannot be. A topic
// with a policy, here for TLS, admits only whom the policy names, so each names its publisher.

// newAlarmTopic is the topic that was given, or one that CloudWatch may publish to.
func newAlarmTopic(scope constructs.Construct, e Environment, key awskms.IKey) awssns.ITopic {
	if e.AlarmTopicArn != "" {
		return awssns.Topic_FromTopicArn(scope, ptr("AlarmTopic"), &e.AlarmTopicArn)
	}
	cloudWatch := awsiam.NewServicePrincipal(ptr("cloudwatch.amazonaws.com"), nil)
	topic := awssns.NewTopic(scope, ptr("AlarmTopic"), &awssns.TopicProps{
		DisplayName: ptr("Alarms of " + e.StackId()),
		EnforceSSL:  ptr(true),
		MasterKey:   key,
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr("AllowCloudWatchAlarms"),
		Principals: &[]awsiam.IPrincipal{cloudWatch},
		Actions:    &[]*string{ptr("sns:Publish")},
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
	}))
	if key != nil {
		key.Grant(cloudWatch, ptr("kms:Decrypt"), ptr("kms:GenerateDataKey*"))
	}
	if e.unkeyed() {
		acknowledge(resourceOf(topic), because("The environment is destroyed with its stack and has no customer-managed key, and CloudWatch cannot publish to a topic with the AWS-managed one; alarms have no data of the cache.",
			unencryptedTopic...))
	}
	switch {
	case e.AlarmEmail != "":
		awssns.NewSubscription(scope, ptr("AlarmEmail"), &awssns.SubscriptionProps{
			Topic: topic, Protocol: awssns.SubscriptionProtocol_EMAIL, Endpoint: &e.AlarmEmail,
		})
	case e.TerminationProtection:
		awscdk.Annotations_Of(topic).AddWarningV2(ptr(rediscache.WarningPrefix+"noAlarmSubscriber"),
			ptr("nobody is subscribed to the alarm topic of "+e.Name+": set alarmEmail or alarmTopicArn in cdk.json, or subscribe to the topic after the deployment"))
	}
	return topic
}

// newEventTopic is the topic that was given, or one that ElastiCache may publish to: unencrypted, and by the account as
// AWS:SourceOwner, the one condition that ElastiCache knows (user guide, "Managing ElastiCache Amazon SNS notifications").
func newEventTopic(scope constructs.Construct, e Environment) awssns.ITopic {
	if e.NotificationTopicArn != "" {
		return awssns.Topic_FromTopicArn(scope, ptr("EventTopic"), &e.NotificationTopicArn)
	}
	topic := awssns.NewTopic(scope, ptr("EventTopic"), &awssns.TopicProps{
		DisplayName: ptr("ElastiCache events of " + e.StackId()),
		EnforceSSL:  ptr(true),
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr("AllowElastiCacheEvents"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{ptr("sns:Publish")},
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"AWS:SourceOwner": awscdk.Aws_ACCOUNT_ID()}},
	}))
	acknowledge(resourceOf(topic), because("ElastiCache cannot publish to an encrypted topic; its events are names of clusters and what happened to them, never data, and the topic refuses what does not come over TLS.",
		unencryptedTopic...))
	return topic
}

var unencryptedTopic = []string{"HIPAA.Security-SNSEncryptedKMS", "NIST.800.53.R5-SNSEncryptedKMS", "PCI.DSS.321-SNSEncryptedKMS"}
