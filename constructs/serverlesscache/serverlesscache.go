package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/aspects"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// NewServerlessCache creates a serverless cache and everything that belongs to it. It panics with a
// *[rediscache.ValidationError] that lists every invalid property, before it adds anything to the construct tree.
func NewServerlessCache(scope constructs.Construct, id *string, props *ServerlessCacheProps) ServerlessCache {
	stack := checkScope(scope, id)
	s := newSettings(stack, props)
	panicIfInvalid(s.check(), scope, id)

	c := &serverlessCache{settings: s}
	constructs.NewConstruct_Override(c, scope, id)
	s.warn(&warnings{c})

	c.name = s.naming.cacheName(c)
	c.securityGroups = newSecurityGroups(c, s)
	c.allowedIDs = s.network.groups.AllowedIDs
	c.users = newUsers(c, s)
	c.resource = newResource(c, s)
	c.address = c.resource.AttrEndpointAddress()
	if c.users != nil {
		c.user = c.users.shared
	}
	c.alarms = newAlarms(c, s)
	aspects.Tag(c, s.naming.tags)
	aspects.Retain(c, s.backup.removalPolicy)
	s.naming.register(c)
	return c
}

// serverlessCache is both kinds of cache: an imported one has no resources of its own.
type serverlessCache struct {
	constructs.Construct

	settings       *settings // nil for an imported cache
	name           string
	address        *string
	user           rediscache.CacheUser // that clients log in as; nil where only the caller knows the users, and without a login
	securityGroups []awsec2.ISecurityGroup
	allowedIDs     []string           // ids of imported groups that have a rule already
	connections    awsec2.Connections // created when asked for

	resource awselasticache.CfnServerlessCache
	users    *users // with Authentication_Iam
	alarms   []awscloudwatch.CfnAlarm
}

// newResource has every concern fill in its own properties.
func newResource(c *serverlessCache, s *settings) awselasticache.CfnServerlessCache {
	props := &awselasticache.CfnServerlessCacheProps{ServerlessCacheName: &c.name, Description: &s.naming.description}
	s.engine.apply(props)
	s.limits.apply(props)
	s.network.apply(props, c.securityGroups)
	s.auth.apply(props, c.UserGroup())
	s.encryption.apply(props)
	s.backup.apply(props)
	resource := awselasticache.NewCfnServerlessCache(c, ptr.To("Resource"), props)
	resource.ApplyRemovalPolicy(s.backup.removalPolicy, nil)
	return resource
}

func (c *serverlessCache) ServerlessCacheName() *string { return &c.name }
func (c *serverlessCache) EndpointAddress() *string     { return c.address }
func (c *serverlessCache) EndpointPort() *float64       { return ptr.To(float64(port)) }
func (c *serverlessCache) ReaderEndpointPort() *float64 { return ptr.To(float64(readerPort)) }
func (c *serverlessCache) ConnectionString() *string {
	return ptr.To("rediss://" + *c.address + ":" + portText)
}

func (c *serverlessCache) Resource() awselasticache.CfnServerlessCache { return c.resource }

func (c *serverlessCache) UserGroup() awselasticache.CfnUserGroup {
	if c.users == nil {
		return nil
	}
	return c.users.Group.Resource
}

func (c *serverlessCache) SecurityGroups() *[]awsec2.ISecurityGroup {
	return ptr.To(append([]awsec2.ISecurityGroup{}, c.securityGroups...))
}

func (c *serverlessCache) Alarms() *[]awscloudwatch.CfnAlarm {
	return ptr.To(append([]awscloudwatch.CfnAlarm{}, c.alarms...))
}
