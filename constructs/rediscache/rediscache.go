package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/aspects"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// NewRedisCache creates a replication group and everything that belongs to it. It panics with a *[ValidationError] that
// lists every invalid property, before it adds anything to the construct tree.
func NewRedisCache(scope constructs.Construct, id *string, props *RedisCacheProps) RedisCache {
	stack := checkScope(scope, id)
	s := newSettings(stack, props)
	panicIfInvalid(s.check(), scope, id)

	c := &redisCache{settings: s}
	constructs.NewConstruct_Override(c, scope, id)
	s.warn(&warnings{c})

	c.subnetGroup = newSubnetGroup(c, s)
	c.securityGroups = newSecurityGroups(c, s)
	c.allowedIDs = s.network.groups.AllowedIDs
	c.authTokenSecret = newAuthToken(c, s)
	token := s.auth.tokenReference(c.authTokenSecret)
	c.users = newUsers(c, s)
	c.parameterGroup = newParameterGroup(c, s)
	c.logs = newLogGroups(c, s)
	c.replicationGroup = newReplicationGroup(c, s, replicationGroupParts{
		c.subnetGroup, c.securityGroups, token, c.UserGroup(), c.parameterGroup, c.logs,
	})
	c.endpoints = newEndpoints(c.replicationGroup, s)
	c.connectionSecret = newConnectionSecret(c, s, token, c.endpoints)
	c.cacheName = c.groupID()
	if c.users != nil {
		c.user = c.users.shared
	}
	c.members = newMembers(c, c.cacheName, s.topology.nodeSuffixes())
	c.alarms = newAlarms(c, s)
	newRotationSchedule(c, s)
	if s.monitoring.dashboard {
		newDashboard(c, s)
	}
	aspects.Tag(c, s.naming.tags) // CloudFormation adds no tags of its own to a replication group
	aspects.Retain(c, s.backup.removalPolicy)
	s.naming.register(c)
	return c
}

// redisCache is both kinds of cache: an imported one has no resources of its own.
type redisCache struct {
	constructs.Construct

	settings         *settings // nil for an imported cache
	cacheName        string    // the id of the replication group
	endpoints        endpoints
	members          []member
	connectionSecret awssecretsmanager.ISecret
	user             CacheUser // that clients log in as; nil with a token
	securityGroups   []awsec2.ISecurityGroup
	allowedIDs       []string           // ids of imported groups that have a rule already
	connections      awsec2.Connections // created when asked for

	replicationGroup awselasticache.CfnReplicationGroup
	parameterGroup   awselasticache.CfnParameterGroup
	subnetGroup      awselasticache.CfnSubnetGroup
	authTokenSecret  awssecretsmanager.ISecret
	users            *users // with Authentication_Iam
	logs             logGroups
	alarms           []awscloudwatch.CfnAlarm
}

// groupID is the literal id where there is one, so that the dimensions of metrics can be read in the template.
func (c *redisCache) groupID() string {
	if id := c.settings.naming.groupID; id != nil && !check.IsToken(*id) {
		return *id
	}
	return *c.replicationGroup.Ref()
}

func (c *redisCache) PrimaryEndpointAddress() *string { return c.endpoints.primary }
func (c *redisCache) ReaderEndpointAddress() *string  { return c.endpoints.reader }
func (c *redisCache) ConfigurationEndpointAddress() *string {
	return c.endpoints.configuration
}

func (c *redisCache) EndpointPort() *float64    { return ptr.To(c.endpoints.port) }
func (c *redisCache) ConnectionString() *string { return ptr.To(c.endpoints.connectionString()) }

func (c *redisCache) ConnectionSecret() awssecretsmanager.ISecret { return c.connectionSecret }
func (c *redisCache) AuthTokenSecret() awssecretsmanager.ISecret  { return c.authTokenSecret }

func (c *redisCache) ReplicationGroup() awselasticache.CfnReplicationGroup { return c.replicationGroup }
func (c *redisCache) ParameterGroup() awselasticache.CfnParameterGroup     { return c.parameterGroup }
func (c *redisCache) SubnetGroup() awselasticache.CfnSubnetGroup           { return c.subnetGroup }
func (c *redisCache) SlowLogGroup() awslogs.ILogGroup                      { return c.logs.slow }
func (c *redisCache) EngineLogGroup() awslogs.ILogGroup                    { return c.logs.engine }

func (c *redisCache) UserGroup() awselasticache.CfnUserGroup {
	if c.users == nil {
		return nil
	}
	return c.users.Resource
}

func (c *redisCache) SecurityGroups() *[]awsec2.ISecurityGroup {
	return ptr.To(append([]awsec2.ISecurityGroup{}, c.securityGroups...))
}

func (c *redisCache) Alarms() *[]awscloudwatch.CfnAlarm {
	return ptr.To(append([]awscloudwatch.CfnAlarm{}, c.alarms...))
}

func (c *redisCache) Members() *[]IMember {
	members := make([]IMember, len(c.members))
	for i, m := range c.members {
		members[i] = m
	}
	return &members
}
