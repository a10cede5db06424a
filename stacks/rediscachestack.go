package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
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
	CacheStack
	// Cache is the RedisCache.
	Cache() rediscache.RedisCache
}

// NewRedisCacheStack creates the stack of an environment. It panics with a *[rediscache.ValidationError] for settings that
// cannot be deployed: first those of the stack, then those of the cache.
func NewRedisCacheStack(scope constructs.Construct, id string, props *RedisCacheStackProps) RedisCacheStack {
	given := ptr.Value(props)
	e := given.Environment
	var r check.Report
	e.check(&r)
	if err := asError("", id, &r); err != nil {
		panic(err)
	}
	e.RemovalPolicy = kept(e.RemovalPolicy)
	s := &redisCacheStack{}
	awscdk.NewStack_Override(s, scope, &id, stackProps(given.StackProps, e.common()))

	s.surroundings = newSurroundings(s, e.common(), newEventTopic)
	s.cache = rediscache.NewRedisCache(s, ptr.To("Cache"), s.cacheProps(e))
	s.acknowledgeCache(e)
	s.addOutputs()
	s.surroundings.finish(s.hasToken())
	return s
}

func (e *Environment) newStack(scope constructs.Construct) CacheStack {
	return NewRedisCacheStack(scope, e.StackId(), &RedisCacheStackProps{Environment: *e})
}

type redisCacheStack struct {
	awscdk.Stack

	surroundings *surroundings
	cache        rediscache.RedisCache
}

func (s *redisCacheStack) Cache() rediscache.RedisCache { return s.cache }
func (s *redisCacheStack) Vpc() awsec2.IVpc             { return s.surroundings.vpc }
func (s *redisCacheStack) ClientSecurityGroup() awsec2.ISecurityGroup {
	return s.surroundings.clientSecurityGroup
}
func (s *redisCacheStack) AlarmTopic() awssns.ITopic { return s.surroundings.alarmTopic }
func (s *redisCacheStack) EventTopic() awssns.ITopic { return s.surroundings.eventTopic }

// AvailabilityZones are resolved by CloudFormation. CDK would look them up at synth as soon as the account is known.
func (s *redisCacheStack) AvailabilityZones() *[]*string { return twoZones() }

// hasToken reports whether clients log in with a token, which they read from Secrets Manager.
func (s *redisCacheStack) hasToken() bool { return s.cache.ReplicationGroup().AuthToken() != nil }

// cacheProps are the environment's properties together with what the stack created.
func (s *redisCacheStack) cacheProps(e Environment) *rediscache.RedisCacheProps {
	props := e.RedisCacheProps
	props.Name = ptr.To(e.common().prefix())
	props.Vpc = s.surroundings.vpc
	props.EncryptionKey = s.surroundings.key
	props.NotificationTopic = s.surroundings.eventTopic
	props.AllowedSecurityGroups = s.surroundings.allowedSecurityGroups()
	props.AlarmActions = s.surroundings.alarmActions()
	return &props
}
