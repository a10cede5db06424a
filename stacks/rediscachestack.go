package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/aspects"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// RedisCacheStackProps are the properties of a RedisCacheStack.
type RedisCacheStackProps struct {
	awscdk.StackProps
	// Environment to deploy. Required. Its Account, Region and TerminationProtection apply where StackProps leaves them
	// out.
	Environment Environment
}

// RedisCacheStack is a RedisCache with everything that it needs: network, key, topics and outputs.
type RedisCacheStack interface {
	awscdk.Stack
	// Cache is the RedisCache.
	Cache() rediscache.RedisCache
	// Vpc is the given VPC, or the stack's own.
	Vpc() awsec2.IVpc
	// ClientSecurityGroup may reach the cache. Attach it to a function of another app to give it access.
	ClientSecurityGroup() awsec2.ISecurityGroup
	// AlarmTopic receives ALARM and OK notifications.
	AlarmTopic() awssns.ITopic
	// EventTopic receives ElastiCache's events.
	EventTopic() awssns.ITopic
}

// NewRedisCacheStack creates the stack of an environment. It panics with a *[rediscache.ValidationError] for settings that
// cannot be deployed: first those of the stack, then those of the cache.
func NewRedisCacheStack(scope constructs.Construct, id string, props *RedisCacheStackProps) RedisCacheStack {
	if props == nil {
		props = &RedisCacheStackProps{}
	}
	e := props.Environment
	var r check.Report
	e.check(&r)
	if err := asError(id, &r); err != nil {
		panic(err)
	}
	if e.RemovalPolicy == awscdk.RemovalPolicy_RETAIN {
		// A failed first deployment would leave resources behind whose names block the next one.
		e.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	s := &redisCacheStack{}
	awscdk.NewStack_Override(s, scope, &id, stackProps(props.StackProps, e))

	warnings{s}.when(ptr.Value(s.TerminationProtection()) && check.IsToken(*s.Account()), "noAccount",
		"the stack has termination protection and no account, so it is deployed to wherever the credentials point: set account and region")

	key := newKey(s, e)
	s.vpc = newVpc(s, e, key)
	s.clientSecurityGroup = newClientSecurityGroup(s, s.vpc)
	s.alarmTopic = newAlarmTopic(s, e, key)
	s.eventTopic = newEventTopic(s, e)
	s.cache = rediscache.NewRedisCache(s, ptr.To("Cache"), s.cacheProps(e, key))
	if own, is := s.vpc.(awsec2.Vpc); is && e.ownVpc() && ptr.Or(e.SecretsManagerEndpoint, s.hasToken()) {
		addSecretsManagerEndpoint(s, own, e)
	}
	s.acknowledgeCache(e)
	newOutputs(s, key)
	aspects.Tag(s, ptr.Value(e.Tags)) // CloudFormation adds no stack tags to a replication group
	// Where the group stays, so does its network: without it, neither could be deleted.
	aspects.Retain(s, e.RemovalPolicy)
	return s
}

type redisCacheStack struct {
	awscdk.Stack

	vpc                 awsec2.IVpc
	clientSecurityGroup awsec2.ISecurityGroup
	alarmTopic          awssns.ITopic
	eventTopic          awssns.ITopic
	cache               rediscache.RedisCache
}

func (s *redisCacheStack) Cache() rediscache.RedisCache               { return s.cache }
func (s *redisCacheStack) Vpc() awsec2.IVpc                           { return s.vpc }
func (s *redisCacheStack) ClientSecurityGroup() awsec2.ISecurityGroup { return s.clientSecurityGroup }
func (s *redisCacheStack) AlarmTopic() awssns.ITopic                  { return s.alarmTopic }
func (s *redisCacheStack) EventTopic() awssns.ITopic                  { return s.eventTopic }

// hasToken reports whether clients log in with a token, which they read from Secrets Manager.
func (s *redisCacheStack) hasToken() bool { return s.cache.ReplicationGroup().AuthToken() != nil }

// AvailabilityZones are resolved by CloudFormation. CDK would look them up at synth as soon as the account is known.
func (s *redisCacheStack) AvailabilityZones() *[]*string {
	zones := awscdk.Fn_GetAzs(nil)
	return &[]*string{awscdk.Fn_Select(ptr.To(0.0), zones), awscdk.Fn_Select(ptr.To(1.0), zones)}
}

func stackProps(props awscdk.StackProps, e Environment) *awscdk.StackProps {
	if props.Env == nil && e.Account != nil {
		props.Env = &awscdk.Environment{Account: e.Account, Region: e.Region}
	}
	if props.TerminationProtection == nil {
		props.TerminationProtection = ptr.To(ptr.Value(e.TerminationProtection))
	}
	if props.Description == nil {
		props.Description = ptr.To("ElastiCache query cache of " + e.prefix())
	}
	return &props
}

// cacheProps are the environment's properties together with what the stack created.
func (s *redisCacheStack) cacheProps(e Environment, key awskms.IKey) *rediscache.RedisCacheProps {
	props := e.RedisCacheProps
	props.Name = ptr.To(e.prefix())
	props.Vpc = s.vpc
	props.EncryptionKey = key
	props.NotificationTopic = s.eventTopic

	allowed := append([]awsec2.ISecurityGroup{s.clientSecurityGroup}, ptr.Value(e.AllowedSecurityGroups)...)
	for _, id := range ptr.Strings(e.AllowedSecurityGroupIds) {
		allowed = append(allowed, awsec2.SecurityGroup_FromSecurityGroupId(s, ptr.To("Allowed-"+id), &id, nil))
	}
	props.AllowedSecurityGroups = &allowed
	actions := append([]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(s.alarmTopic)}, ptr.Value(e.AlarmActions)...)
	props.AlarmActions = &actions
	return &props
}
