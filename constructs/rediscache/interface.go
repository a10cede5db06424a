package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
)

// IRedisCache is a cache that functions and other clients can connect to, created in this app or imported from another.
//
// The metric methods are about the whole replication group. ElastiCache publishes metrics for nodes only, so with two or
// more nodes they are metric math: the highest node, or the sum over all nodes. A CloudWatch alarm takes ten metrics at
// most; alarms on a larger group, or on a single node, are created on Members(). The statistic named at a method is the
// default that options override; the period is CloudWatch's default, 5 minutes.
type IRedisCache interface {
	constructs.IConstruct
	awsec2.IConnectable

	// PrimaryEndpointAddress is the host for reads and writes; after a failover it leads to the new primary. It is nil in
	// cluster mode; use ConfigurationEndpointAddress there.
	PrimaryEndpointAddress() *string
	// ReaderEndpointAddress is the host for reads from the replicas, by DNS round robin. It is nil without replicas, and in
	// cluster mode; use ConfigurationEndpointAddress there.
	ReaderEndpointAddress() *string
	// ConfigurationEndpointAddress is the host that a cluster client connects to first; nil with cluster mode disabled.
	ConfigurationEndpointAddress() *string
	// EndpointPort is the port of every endpoint.
	EndpointPort() *float64
	// ConnectionString is rediss://<endpoint>:<port> of the primary or configuration endpoint, never with a token.
	ConnectionString() *string
	// ConnectionSecret is the secret that applications read: JSON with host, port, auth_token and, with replicas,
	// reader_host. It is nil where there is no token to read.
	ConnectionSecret() awssecretsmanager.ISecret

	// GrantConnect grants whatever a login needs: reading the connection secret and decrypting it with its key, or
	// elasticache:Connect on the replication group and the user that functions share. It does not open the network; see
	// ConnectClient. The statement goes into the grantee's own policy, so the grantee must be in the account of the cache.
	// It panics with a *[ValidationError] where there is no login to grant, and with a user group of the caller's, where
	// CacheUser.GrantConnect grants.
	GrantConnect(grantee awsiam.IGrantable) awsiam.Grant
	// ConnectFunction gives a function everything that it needs: network access, the grant, and the environment variables
	// REDIS_HOST, REDIS_PORT and REDIS_READER_HOST (with replicas) or REDIS_CLUSTER_MODE=true; with a token REDIS_AUTH_SECRET,
	// the ARN of the connection secret; with IAM REDIS_USER and REDIS_CACHE_NAME, the id of the replication group; for a user
	// with a password REDIS_AUTH_SECRET, the ARN of the user's secret, and REDIS_USER. The function may be in another stack of
	// the same account and region. Connecting a function twice in the same way changes nothing. It panics with a
	// *[ValidationError] for a function outside a VPC, and for a user that is not of this cache.
	ConnectFunction(fn awslambda.Function, options *ConnectFunctionOptions)
	// ConnectClient gives any other client network access and the grant: an ECS service and its task role, an instance
	// and its role. The client may be in another stack of the same account and region. Without a grantee it gives network
	// access only, for a client that logs in as another user (CacheUser.GrantConnect).
	ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable)

	// Members are the nodes as the template has them, in the order of their ids. A node that ElastiCache replaces may get
	// another id; see the alarm on missing data in docs/monitoring.md.
	Members() *[]IMember

	// Metric is any metric of ElastiCache: the highest node, statistic Average. It panics with a *[ValidationError]
	// without a name.
	Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricCpuUtilization is the load of the host in percent: the highest node, statistic Average.
	MetricCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricEngineCpuUtilization is the load of the engine's thread in percent: the highest node, statistic Average.
	MetricEngineCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricDatabaseMemoryUsagePercentage is the memory in use, in percent of maxmemory: the highest node, statistic
	// Average.
	MetricDatabaseMemoryUsagePercentage(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricEvictions is the number of keys evicted before they expired: the sum over all nodes, statistic Sum.
	MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricCacheHitRate is the hits of all nodes in percent of their reads; no data in a period without reads.
	MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricReplicationLag is how many seconds the slowest replica is behind, statistic Maximum. Only replicas publish it.
	MetricReplicationLag(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	// MetricCurrConnections is the number of client connections: the sum over all nodes, statistic Maximum.
	MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric
}

// IMember is a node of a cache. The metrics have the statistics of the same methods of [IRedisCache].
type IMember interface {
	// CacheClusterId is the id of the node, such as "securebase-prod-redis-001".
	CacheClusterId() *string
	// Metric is any metric of the node; statistic Average.
	Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCpuUtilization is the load of the host in percent; statistic Average.
	MetricCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricEngineCpuUtilization is the load of the engine's thread in percent; statistic Average.
	MetricEngineCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDatabaseMemoryUsagePercentage is the memory in use, in percent of maxmemory; statistic Average.
	MetricDatabaseMemoryUsagePercentage(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricEvictions is the number of keys evicted before they expired; statistic Sum.
	MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCacheHitRate is hits in percent of reads, as ElastiCache publishes it; statistic Average.
	MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricReplicationLag is how many seconds the replica is behind; statistic Maximum. A primary publishes none.
	MetricReplicationLag(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCurrConnections is the number of client connections; statistic Maximum.
	MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// RedisCache is a cache created in this app, with every resource that it consists of.
type RedisCache interface {
	IRedisCache
	// ReplicationGroup is the cache itself.
	ReplicationGroup() awselasticache.CfnReplicationGroup
	// ParameterGroup holds the parameters of the engine.
	ParameterGroup() awselasticache.CfnParameterGroup
	// SubnetGroup holds the subnets; nil with SubnetGroupName.
	SubnetGroup() awselasticache.CfnSubnetGroup
	// SecurityGroups of the cache, new or given.
	SecurityGroups() *[]awsec2.ISecurityGroup
	// SlowLogGroup receives the slow log.
	SlowLogGroup() awslogs.ILogGroup
	// EngineLogGroup receives the log of the engine; nil where the engine has none (Redis 6.0).
	EngineLogGroup() awslogs.ILogGroup
	// AuthTokenSecret holds the generated token itself, which only its rotation needs; nil where no token is generated.
	// Applications read ConnectionSecret.
	AuthTokenSecret() awssecretsmanager.ISecret
	// UserGroup holds the users created here; nil without Authentication_Iam.
	UserGroup() awselasticache.CfnUserGroup
	// AddUser creates a user for a client that may do less than the one that functions share, or that logs in with a
	// password. Only with Authentication_Iam. It panics with a *[ValidationError] for options that ElastiCache refuses, and
	// for more than 100 users.
	AddUser(id *string, options *UserOptions) CacheUser
	// AutoScaleNodeGroups scales the number of node groups with Application Auto Scaling, and AutoScaleReplicas the replicas
	// of each. Only in cluster mode, with a node type and engine that auto scaling supports; MinCapacity defaults to the
	// number in ClusterMode. A deployment that changes that number resets a scaled group to it, so both add a warning. They
	// panic with a *[ValidationError] for what cannot be scaled, for a MaxCapacity below the number in ClusterMode, and for
	// more than 500 nodes in all.
	AutoScaleNodeGroups(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes
	// AutoScaleReplicas scales the number of replicas per node group; see AutoScaleNodeGroups.
	AutoScaleReplicas(options *awsapplicationautoscaling.EnableScalingProps) ScalableNodes
	// Alarms of the cache: those of the nodes in the order of [AlarmOptions], then those of a token rotation. In cluster mode
	// an alarm watches all nodes, or those of a node group, by metric math.
	Alarms() *[]awscloudwatch.CfnAlarm
}

// ConnectFunctionOptions are the options of ConnectFunction.
type ConnectFunctionOptions struct {
	// EnvironmentPrefix is the start of the environment variables, for a function that uses more than one cache:
	// "SESSIONS" sets SESSIONS_HOST, SESSIONS_PORT and so on. Upper-case letters, digits and underscores, starting with a
	// letter and not ending with an underscore.
	//
	// Default: "REDIS".
	EnvironmentPrefix *string `field:"optional" json:"environmentPrefix" yaml:"environmentPrefix"`

	// User to log in as: one of AddUser, or with Authentication_UserGroup one of CacheUser_FromUserAttributes.
	//
	// Default: the user that functions share; none with a token.
	User CacheUser `field:"optional" json:"user" yaml:"user"`
}
