package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/everywhere"
)

// IRedisCache is a cache that functions can connect to, made here or imported from another app.
//
// The metric methods take the node counted from 1, default 1, and panic with a [ValidationError] for one that the group
// does not have. Roles move at a failover, so node 1 is the primary only until then. What the options say wins over the
// statistic named at each method; the period is CloudWatch's default, 5 minutes.
type IRedisCache interface {
	constructs.Construct
	awsec2.IConnectable

	// PrimaryEndpointAddress is the host for reads and writes; it leads to the new primary after a failover.
	PrimaryEndpointAddress() *string
	// ReaderEndpointAddress is the host for reads, DNS round robin over the replicas; nil without replicas.
	ReaderEndpointAddress() *string
	// EndpointPort of both endpoints.
	EndpointPort() *float64
	// ConnectionString is rediss://<primary>:<port>, never with the token.
	ConnectionString() *string
	// AuthTokenSecret is the connection secret, JSON {"host", "port", "auth_token"} and, with replicas, "reader_host".
	// It is nil where there is none: without AUTH, or with StoreAuthToken false.
	AuthTokenSecret() awssecretsmanager.ISecret

	// GrantConnect lets the grantee read the connection secret, and decrypt with its key. It does not open the network:
	// see Connections. The grantee's own policy gets the rights, so it has to be of the same account. It panics with a
	// [ValidationError] where there is no secret.
	GrantConnect(grantee awsiam.IGrantable) awsiam.Grant
	// ConnectFunction is all that a function needs: network, grant, and the environment variables REDIS_HOST, REDIS_PORT
	// and REDIS_AUTH_SECRET (the ARN of the connection secret; not set where there is none). The function may be in
	// another stack. It panics with a [ValidationError] for a function outside a VPC.
	ConnectFunction(fn awslambda.Function)

	// Metric is any of ElastiCache's metrics; statistic Average.
	Metric(name *string, node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCpuUtilization is the load of the whole host, in percent; statistic Average.
	MetricCpuUtilization(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricEngineCpuUtilization is the load of the engine's thread, in percent; statistic Average.
	MetricEngineCpuUtilization(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDatabaseMemoryUsagePercentage is the memory in use, in percent of maxmemory; statistic Average.
	MetricDatabaseMemoryUsagePercentage(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricEvictions counts keys evicted before they expired; statistic Sum.
	MetricEvictions(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCacheHitRate is hits in percent of reads; statistic Average.
	MetricCacheHitRate(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricReplicationLag is how many seconds a replica is behind, published by replicas only; statistic Maximum.
	MetricReplicationLag(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCurrConnections counts client connections; statistic Maximum.
	MetricCurrConnections(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// RedisCache is a cache made by this app, with every resource that it is made of.
type RedisCache interface {
	IRedisCache
	// ReplicationGroup is the cache itself.
	ReplicationGroup() awselasticache.CfnReplicationGroup
	// ParameterGroup has the engine's parameters.
	ParameterGroup() awselasticache.CfnParameterGroup
	// SubnetGroup has the subnets.
	SubnetGroup() awselasticache.CfnSubnetGroup
	// SecurityGroup of the cache, new or given.
	SecurityGroup() awsec2.ISecurityGroup
	// SlowLogGroup has the commands slower than SlowLogThreshold.
	SlowLogGroup() awslogs.ILogGroup
	// EngineLogGroup has the engine's own log; nil where the engine has none (Redis 6.0).
	EngineLogGroup() awslogs.ILogGroup
	// Alarms of all members. Ask for them before you look for a CfnAlarm in the tree: the first call replaces those by
	// Alarms, with the same logical ids.
	Alarms() *[]awscloudwatch.Alarm
}

// NewRedisCache makes a cache. It panics with a [ValidationError] that has every problem of the props, before it makes
// anything.
func NewRedisCache(scope constructs.Construct, id *string, props *RedisCacheProps) RedisCache {
	checkPlace(scope, id).panicIfAny(scope, id)
	s := newSettings(askOnce(scope, stackOf), props)
	s.validate().panicIfAny(scope, id)

	c := &redisCache{admitted: s.allowedSecurityGroupIds}
	constructs.NewConstruct_Override(c, scope, id)
	annotate(c, s)

	c.subnetGroup = newSubnetGroup(c, s)
	c.securityGroups = []awsec2.ISecurityGroup{newSecurityGroup(c, s)}
	token := newAuthToken(c, s)
	c.parameterGroup = newParameterGroup(c, s)
	c.logs = newLogGroups(c, s)
	c.replicationGroup = newReplicationGroup(c, s, replicationGroupParts{
		c.subnetGroup, c.SecurityGroup(), token, c.parameterGroup, c.logs,
	})
	c.endpoint = endpointOf(c.replicationGroup, s)
	c.connectionSecret = newConnectionSecret(c, s, token, c.endpoint)
	c.members = membersOf(c.replicationGroup, s)
	c.alarms = newAlarmResources(c, alarmsOf(s, c.members), s.alarmActions)
	if s.dashboard {
		newDashboard(c, s)
	}
	everywhere.Tag(c, s.tags) // the replication group gets none from CloudFormation itself
	everywhere.Keep(c, s.removalPolicy)
	remember(s, *id)
	return c
}

// redisCache is both kinds of cache: an imported one has no resources of its own.
type redisCache struct {
	constructs.Construct

	endpoint         endpoint
	members          members
	connectionSecret awssecretsmanager.ISecret
	securityGroups   []awsec2.ISecurityGroup
	admitted         []string           // ids of imported groups that have a rule already
	connections      awsec2.Connections // made when asked for

	replicationGroup awselasticache.CfnReplicationGroup
	parameterGroup   awselasticache.CfnParameterGroup
	subnetGroup      awselasticache.CfnSubnetGroup
	logs             logGroups
	alarms           *alarmResources
}

func (c *redisCache) PrimaryEndpointAddress() *string { return c.endpoint.primary }
func (c *redisCache) ReaderEndpointAddress() *string  { return c.endpoint.reader }
func (c *redisCache) EndpointPort() *float64          { return ptr(c.endpoint.port) }
func (c *redisCache) ConnectionString() *string {
	return ptr("rediss://" + *c.endpoint.primary + ":" + c.endpoint.portText())
}
func (c *redisCache) AuthTokenSecret() awssecretsmanager.ISecret           { return c.connectionSecret }
func (c *redisCache) ReplicationGroup() awselasticache.CfnReplicationGroup { return c.replicationGroup }
func (c *redisCache) ParameterGroup() awselasticache.CfnParameterGroup     { return c.parameterGroup }
func (c *redisCache) SubnetGroup() awselasticache.CfnSubnetGroup           { return c.subnetGroup }
func (c *redisCache) SecurityGroup() awsec2.ISecurityGroup                 { return c.securityGroups[0] }
func (c *redisCache) SlowLogGroup() awslogs.ILogGroup                      { return c.logs.slow }
func (c *redisCache) EngineLogGroup() awslogs.ILogGroup                    { return c.logs.engine }
func (c *redisCache) Alarms() *[]awscloudwatch.Alarm {
	alarms := c.alarms.asAlarms()
	return &alarms
}
