package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// IServerlessCache is a serverless cache that functions and other clients can connect to, created in this app or imported
// from another. The statistic named at a metric is the default that options override; the period is CloudWatch's default,
// 5 minutes.
type IServerlessCache interface {
	constructs.IConstruct
	awsec2.IConnectable

	// ServerlessCacheName is the name of the cache, which an IAM login is signed for.
	ServerlessCacheName() *string
	// EndpointAddress is the one host of the cache.
	EndpointAddress() *string
	// EndpointPort is the port for reads and writes, 6379.
	EndpointPort() *float64
	// ReaderEndpointPort is the port for reads that may be a little stale, from the client's Availability Zone where that is
	// possible: 6380. Cluster clients that read from replicas find it by themselves.
	ReaderEndpointPort() *float64
	// ConnectionString is rediss://<host>:6379, never with a password.
	ConnectionString() *string

	// GrantConnect grants elasticache:Connect on the cache and the user that functions share. It does not open the network;
	// see ConnectClient. The statement goes into the grantee's own policy, so the grantee must be in the account of the
	// cache. It panics with a *[rediscache.ValidationError] where there is no login to grant, and with a user group of the
	// caller's, where CacheUser.GrantConnect grants.
	GrantConnect(grantee awsiam.IGrantable) awsiam.Grant
	// ConnectFunction gives a function everything that it needs: network access, the grant, and the environment variables
	// REDIS_HOST, REDIS_PORT, REDIS_CLUSTER_MODE=true, REDIS_SERVERLESS=true, REDIS_USER and REDIS_CACHE_NAME, the name of
	// the cache; for a user with a password REDIS_AUTH_SECRET, the ARN of its secret, instead of the last. The function may
	// be in another stack of the same account and region. Connecting a function twice in the same way changes nothing. It
	// panics with a *[rediscache.ValidationError] for a function outside a VPC.
	ConnectFunction(fn awslambda.Function, options *rediscache.ConnectFunctionOptions)
	// ConnectClient gives any other client network access and the grant: an ECS service and its task role, an instance and
	// its role. The client may be in another stack of the same account and region. Without a grantee it gives network access
	// only, for a client that logs in as another user (CacheUser.GrantConnect).
	ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable)

	// Metric is any metric of ElastiCache Serverless; statistic Average. It panics with a *[rediscache.ValidationError]
	// without a name.
	Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricBytesUsedForCache is the data in bytes; statistic Maximum.
	MetricBytesUsedForCache(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricElastiCacheProcessingUnits is the number of ECPUs that requests consumed; statistic Sum.
	MetricElastiCacheProcessingUnits(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricThrottledCmds is the number of throttled requests; statistic Sum.
	MetricThrottledCmds(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricEvictions is the number of keys evicted before they expired; statistic Sum.
	MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCacheHitRate is hits in percent of reads; statistic Average.
	MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricCurrConnections is the number of client connections; statistic Maximum.
	MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricSuccessfulReadRequestLatency is the latency of reads in microseconds; statistic Average.
	MetricSuccessfulReadRequestLatency(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricSuccessfulWriteRequestLatency is the latency of writes in microseconds; statistic Average.
	MetricSuccessfulWriteRequestLatency(options *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// ServerlessCache is a serverless cache created in this app, with every resource that it consists of.
type ServerlessCache interface {
	IServerlessCache
	// Resource is the cache itself.
	Resource() awselasticache.CfnServerlessCache
	// SecurityGroups of the cache, new or given.
	SecurityGroups() *[]awsec2.ISecurityGroup
	// UserGroup holds the users created here; nil without Authentication_Iam.
	UserGroup() awselasticache.CfnUserGroup
	// AddUser creates a user for a client that may do less than the one that functions share, or that logs in with a
	// password. Only with Authentication_Iam. It panics with a *[rediscache.ValidationError] for options that ElastiCache
	// refuses, and for more than 100 users.
	AddUser(id *string, options *rediscache.UserOptions) rediscache.CacheUser
	// Alarms of the cache in the order of [AlarmOptions].
	Alarms() *[]awscloudwatch.CfnAlarm
}
