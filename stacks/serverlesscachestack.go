package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ServerlessCacheStackProps are the properties of a ServerlessCacheStack.
type ServerlessCacheStackProps struct {
	awscdk.StackProps
	// Environment to deploy. Required. Its Account, Region and TerminationProtection apply where StackProps leaves them
	// out.
	Environment ServerlessEnvironment
}

// ServerlessCacheStack is a ServerlessCache with everything that it needs: network, key, topics and outputs.
type ServerlessCacheStack interface {
	CacheStack
	// Cache is the ServerlessCache.
	Cache() serverlesscache.ServerlessCache
}

// NewServerlessCacheStack creates the stack of an environment. It panics with a *[rediscache.ValidationError] for settings
// that cannot be deployed: first those of the stack, then those of the cache.
func NewServerlessCacheStack(scope constructs.Construct, id string, props *ServerlessCacheStackProps) ServerlessCacheStack {
	given := ptr.Value(props)
	e := given.Environment
	var r check.Report
	e.check(&r)
	if err := asError(serverlessCache, id, &r); err != nil {
		panic(err)
	}
	e.RemovalPolicy = kept(e.RemovalPolicy)
	s := &serverlessCacheStack{}
	awscdk.NewStack_Override(s, scope, &id, stackProps(given.StackProps, e.common()))

	s.surroundings = newSurroundings(s, e.common(), newServerlessEventTopic)
	s.cache = serverlesscache.NewServerlessCache(s, ptr.To("Cache"), s.cacheProps(e))
	newEventRule(s, s.cache, s.EventTopic())
	s.addOutputs()
	const hasToken = false // a serverless cache has none
	s.surroundings.finish(hasToken)
	return s
}

func (e *ServerlessEnvironment) newStack(scope constructs.Construct) CacheStack {
	return NewServerlessCacheStack(scope, e.StackId(), &ServerlessCacheStackProps{Environment: *e})
}

type serverlessCacheStack struct {
	awscdk.Stack

	surroundings *surroundings
	cache        serverlesscache.ServerlessCache
}

func (s *serverlessCacheStack) Cache() serverlesscache.ServerlessCache { return s.cache }
func (s *serverlessCacheStack) Vpc() awsec2.IVpc                       { return s.surroundings.vpc }
func (s *serverlessCacheStack) ClientSecurityGroup() awsec2.ISecurityGroup {
	return s.surroundings.clientSecurityGroup
}
func (s *serverlessCacheStack) AlarmTopic() awssns.ITopic { return s.surroundings.alarmTopic }
func (s *serverlessCacheStack) EventTopic() awssns.ITopic { return s.surroundings.eventTopic }

// AvailabilityZones are resolved by CloudFormation. CDK would look them up at synth as soon as the account is known.
func (s *serverlessCacheStack) AvailabilityZones() *[]*string { return twoZones() }

// cacheProps are the environment's properties together with what the stack created.
func (s *serverlessCacheStack) cacheProps(e ServerlessEnvironment) *serverlesscache.ServerlessCacheProps {
	props := e.ServerlessCacheProps
	props.Name = ptr.To(e.common().prefix())
	props.Vpc = s.surroundings.vpc
	props.EncryptionKey = s.surroundings.key
	props.AllowedSecurityGroups = s.surroundings.allowedSecurityGroups()
	props.AlarmActions = s.surroundings.alarmActions()
	return &props
}
