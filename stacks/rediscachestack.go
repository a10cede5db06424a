package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/aspects"
)

// RedisCacheStackProps is a stack's props and the environment that it is for.
type RedisCacheStackProps struct {
	awscdk.StackProps
	// Environment says what the stack is to be. Required; its Account, Region and TerminationProtection are used where
	// StackProps leaves them out.
	Environment Environment
}

// RedisCacheStack is a RedisCache with all that it takes to run: network, key, topics and outputs.
type RedisCacheStack interface {
	awscdk.Stack
	// Cache is the RedisCache.
	Cache() rediscache.RedisCache
	// Vpc is the one given, or the stack's own.
	Vpc() awsec2.IVpc
	// ClientSecurityGroup may reach the cache: give it to a function, and it is connected.
	ClientSecurityGroup() awsec2.ISecurityGroup
	// AlarmTopic hears of alarms, firing and OK.
	AlarmTopic() awssns.ITopic
	// EventTopic hears of ElastiCache's events.
	EventTopic() awssns.ITopic
}

// NewRedisCacheStack makes the stack of an environment. It panics with a *rediscache.ValidationError for settings that
// cannot be deployed.
func NewRedisCacheStack(scope constructs.Construct, id string, props *RedisCacheStackProps) RedisCacheStack {
	if props == nil {
		props = &RedisCacheStackProps{}
	}
	e := props.Environment
	if err := e.validate(id); err != nil {
		panic(err)
	}
	s := &redisCacheStack{}
	awscdk.NewStack_Override(s, scope, &id, stackProps(props.StackProps, e))
	aspects.Tag(s, *pointers(e.Tags)) // stack tags do not reach the replication group

	key := newKey(s, e)
	s.vpc = newVpc(s, e, key)
	s.clientSecurityGroup = newClientSecurityGroup(s, s.vpc)
	s.alarmTopic = newAlarmTopic(s, e, key)
	s.eventTopic = newEventTopic(s, e)
	s.cache = rediscache.NewRedisCache(s, ptr("Cache"), s.cacheProps(e, key))
	s.acknowledgeCache(e)
	newOutputs(s)
	// Where the group stays, so does its network: without it, neither could be deleted.
	aspects.Retain(s, awscdk.RemovalPolicy(e.RemovalPolicy))
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

// AvailabilityZones are asked of CloudFormation. CDK's own would ask AWS at synth as soon as the account is known.
func (s *redisCacheStack) AvailabilityZones() *[]*string {
	zones := awscdk.Fn_GetAzs(nil)
	return &[]*string{awscdk.Fn_Select(ptr(0.0), zones), awscdk.Fn_Select(ptr(1.0), zones)}
}

func stackProps(props awscdk.StackProps, e Environment) *awscdk.StackProps {
	if props.Env == nil && e.Account != "" {
		props.Env = &awscdk.Environment{Account: &e.Account, Region: &e.Region}
	}
	if props.TerminationProtection == nil {
		props.TerminationProtection = &e.TerminationProtection
	}
	if props.Description == nil {
		props.Description = ptr("ElastiCache query cache of " + e.prefix())
	}
	return &props
}

// newKey encrypts data, secrets, logs and alarms. It outlives the stack, because the final snapshot is encrypted with it.
func newKey(scope constructs.Construct, e Environment) awskms.IKey {
	if !e.CustomerManagedKey {
		return nil
	}
	key := awskms.NewKey(scope, ptr("Key"), &awskms.KeyProps{
		Alias:             ptr("alias/" + e.StackId()),
		Description:       ptr("Redis query cache " + e.prefix() + ": data, snapshots, secrets, logs and alarms"),
		EnableKeyRotation: ptr(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
	})
	// A grant is access that no policy shows. ElastiCache needs one, and asks for it on behalf of whoever deploys; nobody
	// else gets any, not even an administrator (AWS Control Tower, CT.KMS.PR.3).
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        ptr("DenyGrantsExceptForAwsServices"),
		Effect:     awsiam.Effect_DENY,
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    &[]*string{ptr("kms:CreateGrant")},
		Resources:  &[]*string{ptr("*")},
		Conditions: &map[string]any{"BoolIfExists": map[string]any{
			"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false",
		}},
	}), nil)
	return key
}

// cacheProps are the environment's values, as the construct takes them.
func (s *redisCacheStack) cacheProps(e Environment, key awskms.IKey) *rediscache.RedisCacheProps {
	allowed := []awsec2.ISecurityGroup{s.clientSecurityGroup}
	for _, id := range e.AllowedSecurityGroupIds {
		allowed = append(allowed, awsec2.SecurityGroup_FromSecurityGroupId(s, ptr("Allowed-"+id), &id, nil))
	}
	props := &rediscache.RedisCacheProps{
		Name:                    ptr(e.prefix()),
		Description:             e.Description,
		Vpc:                     s.vpc,
		AllowedSecurityGroups:   &allowed,
		Port:                    e.Port,
		NodeType:                e.NodeType,
		NumCacheNodes:           e.NumCacheNodes,
		MultiAzEnabled:          e.MultiAzEnabled,
		MaxmemoryPolicy:         rediscache.MaxmemoryPolicy(e.MaxmemoryPolicy),
		Authentication:          e.authentication(),
		EncryptionKey:           key,
		SnapshotRetentionLimit:  e.SnapshotRetentionLimit,
		SnapshotWindow:          e.SnapshotWindow,
		MaintenanceWindow:       e.MaintenanceWindow,
		SnapshotName:            e.SnapshotName,
		AutoMinorVersionUpgrade: e.AutoMinorVersionUpgrade,
		RemovalPolicy:           awscdk.RemovalPolicy(e.RemovalPolicy),
		NotificationTopic:       s.eventTopic,
		AlarmActions:            &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(s.alarmTopic)},
		Alarms:                  e.Alarms.options(),
		Dashboard:               e.Dashboard,
	}
	if e.Engine != nil {
		props.Engine = rediscache.EngineVersion_Of(e.Engine, e.EngineVersion, e.ParameterGroupFamily)
	}
	if e.SlowLogThresholdMilliseconds != nil {
		props.SlowLogThreshold = awscdk.Duration_Millis(e.SlowLogThresholdMilliseconds)
	}
	if e.Tags != nil {
		props.Tags = pointers(e.Tags) // once more, because the construct judges them
	}
	if e.Parameters != nil {
		props.Parameters = pointers(e.Parameters)
	}
	if e.SnapshotArns != nil {
		arns := make([]*string, len(e.SnapshotArns))
		for i := range arns {
			arns[i] = &e.SnapshotArns[i]
		}
		props.SnapshotArns = &arns
	}
	if e.LogRetentionDays != nil {
		props.LogRetention = retentionDays[*e.LogRetentionDays]
	}
	return props
}

func newOutputs(s *redisCacheStack) {
	output := func(name string, value *string, description string) {
		awscdk.NewCfnOutput(s, &name, &awscdk.CfnOutputProps{Value: value, Description: &description})
	}
	output("PrimaryEndpointAddress", s.cache.PrimaryEndpointAddress(), "Host for reads and writes")
	if reader := s.cache.ReaderEndpointAddress(); reader != nil {
		output("ReaderEndpointAddress", reader, "Host for reads from the replicas")
	}
	if secret := s.cache.ConnectionSecret(); secret != nil {
		output("AuthTokenSecretArn", secret.SecretArn(), "Secret with host, port and auth_token, for REDIS_AUTH_SECRET")
	}
	output("ConnectionString", s.cache.ConnectionString(), "TLS; the token is in the secret")
	output("ReplicationGroupId", s.cache.ReplicationGroup().Ref(), "Id of the replication group")
	output("ClientSecurityGroupId", s.clientSecurityGroup.SecurityGroupId(), "Security group that may reach the cache")
}
