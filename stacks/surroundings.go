package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/securebase/cdk-redis-cache/internal/aspects"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// CacheStack is a cache with everything that it needs: network, key, topics and outputs. It is a [RedisCacheStack] or a
// [ServerlessCacheStack].
type CacheStack interface {
	awscdk.Stack
	// Vpc is the given VPC, or the stack's own.
	Vpc() awsec2.IVpc
	// ClientSecurityGroup may reach the cache. Attach it to a function of another app to give it access.
	ClientSecurityGroup() awsec2.ISecurityGroup
	// AlarmTopic receives ALARM and OK notifications.
	AlarmTopic() awssns.ITopic
	// EventTopic receives ElastiCache's events.
	EventTopic() awssns.ITopic
}

// surroundings are what a stack of either kind has around its cache.
type surroundings struct {
	common              common
	stack               awscdk.Stack
	key                 awskms.IKey
	vpc                 awsec2.IVpc
	clientSecurityGroup awsec2.ISecurityGroup
	alarmTopic          awssns.ITopic
	eventTopic          awssns.ITopic
}

// newSurroundings creates what the cache refers to. newEventTopic depends on how its kind sends events.
func newSurroundings(stack awscdk.Stack, c common, newEventTopic newTopicFunc) *surroundings {
	warnings{stack}.when(ptr.Value(stack.TerminationProtection()) && check.IsToken(*stack.Account()), "noAccount",
		"the stack has termination protection and no account, so it is deployed to wherever the credentials point: set account and region")

	s := &surroundings{common: c, stack: stack}
	s.key = newKey(stack, c)
	s.vpc = newVpc(stack, c, s.key)
	s.clientSecurityGroup = newClientSecurityGroup(stack, s.vpc)
	s.alarmTopic = newAlarmTopic(stack, c, s.key)
	s.eventTopic = newEventTopic(stack, c, s.key)
	return s
}

// finish creates what depends on the cache, and what applies to the whole stack. hasToken is whether clients log in with one.
func (s *surroundings) finish(hasToken bool) {
	if own, is := s.vpc.(awsec2.Vpc); is && s.common.ownVpc() && ptr.Or(s.common.SecretsManagerEndpoint, hasToken) {
		addSecretsManagerEndpoint(s.stack, own, s.common)
	}
	aspects.Tag(s.stack, s.common.tags) // CloudFormation adds no stack tags to a replication group
	// Where the cache stays, so does its network: without it, neither could be deleted.
	aspects.Retain(s.stack, s.common.removalPolicy)
}

// allowedSecurityGroups are the stack's own one and those of the environment.
func (s *surroundings) allowedSecurityGroups() *[]awsec2.ISecurityGroup {
	allowed := append([]awsec2.ISecurityGroup{s.clientSecurityGroup}, s.common.allowedSecurityGroups...)
	for _, id := range ptr.Strings(s.common.AllowedSecurityGroupIds) {
		allowed = append(allowed, awsec2.SecurityGroup_FromSecurityGroupId(s.stack, ptr.To("Allowed-"+id), &id, nil))
	}
	return &allowed
}

// alarmActions are the stack's own one and those of the environment.
func (s *surroundings) alarmActions() *[]awscloudwatch.IAlarmAction {
	return ptr.To(append([]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(s.alarmTopic)}, s.common.alarmActions...))
}

// output adds an output of the stack, unless there is no value.
func (s *surroundings) output(name string, value *string, description string) {
	if value != nil {
		awscdk.NewCfnOutput(s.stack, &name, &awscdk.CfnOutputProps{Value: value, Description: &description})
	}
}

// outputs are the same for every cache. subnetIds is nil where the stack does not know them.
func (s *surroundings) outputs(subnetIds *[]*string) {
	s.output("ClientSecurityGroupId", s.clientSecurityGroup.SecurityGroupId(), "Security group that may reach the cache")
	s.output("VpcId", s.vpc.VpcId(), "VPC of the cache")
	if subnetIds != nil {
		s.output("SubnetIds", ptr.To(strings.Join(ptr.Strings(subnetIds), ",")), "Subnets of the cache")
	}
	s.output("AlarmTopicArn", s.alarmTopic.TopicArn(), "Topic for alarms")
	s.output("EventTopicArn", s.eventTopic.TopicArn(), "Topic for ElastiCache's events")
	if s.key != nil {
		s.output("EncryptionKeyArn", s.key.KeyArn(), "Key of data, snapshots, secrets and logs")
	}
}

// twoZones are the first two of the region.
func twoZones() *[]*string {
	zones := awscdk.Fn_GetAzs(nil)
	return &[]*string{awscdk.Fn_Select(ptr.To(0.0), zones), awscdk.Fn_Select(ptr.To(1.0), zones)}
}

// stackProps are the given ones, and what the environment says where they say nothing.
func stackProps(props awscdk.StackProps, c common) *awscdk.StackProps {
	if props.Env == nil && c.Account != nil {
		props.Env = &awscdk.Environment{Account: c.Account, Region: c.Region}
	}
	if props.TerminationProtection == nil {
		props.TerminationProtection = ptr.To(ptr.Value(c.TerminationProtection))
	}
	if props.Description == nil {
		props.Description = ptr.To("ElastiCache query cache of " + c.prefix())
	}
	return &props
}

// kept is a removal policy of the caller's, but a failed first deployment does not leave resources behind whose names
// block the next one.
func kept(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	if policy == awscdk.RemovalPolicy_RETAIN {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return policy
}
