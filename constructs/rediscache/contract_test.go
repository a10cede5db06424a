package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawselasticache"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Other apps compile against these functions and interfaces: a changed signature does not compile here first.
var (
	_ func(constructs.Construct, *string, *props) rediscache.RedisCache       = rediscache.NewRedisCache
	_ func(constructs.Construct, *string, *attributes) rediscache.IRedisCache = rediscache.RedisCache_FromRedisCacheAttributes

	_ func(constructs.Construct, *string, *rediscache.CacheUserAttributes) rediscache.CacheUser = rediscache.CacheUser_FromUserAttributes
	_ func(func(awscdk.App)) int                                                                = rediscache.RunApp

	_ func(*rediscache.GeneratedTokenOptions) rediscache.Authentication            = rediscache.Authentication_GeneratedToken
	_ func(awscdk.SecretValue, *rediscache.TokenOptions) rediscache.Authentication = rediscache.Authentication_Token
	_ func(*rediscache.IamOptions) rediscache.Authentication                       = rediscache.Authentication_Iam
	_ func(interfacesawselasticache.IUserGroupRef) rediscache.Authentication       = rediscache.Authentication_UserGroup
	_ func() rediscache.Authentication                                             = rediscache.Authentication_None
	_ func() *string                                                               = rediscache.NodeType_R7G_LARGE
	_ func() rediscache.EngineVersion                                              = rediscache.EngineVersion_VALKEY_9_0
	_ func(engine, version, family *string) rediscache.EngineVersion               = rediscache.EngineVersion_Of
)

type iRedisCache interface {
	constructs.IConstruct
	awsec2.IConnectable
	PrimaryEndpointAddress() *string
	ReaderEndpointAddress() *string
	ConfigurationEndpointAddress() *string
	EndpointPort() *float64
	ConnectionString() *string
	ConnectionSecret() awssecretsmanager.ISecret
	GrantConnect(awsiam.IGrantable) awsiam.Grant
	ConnectFunction(awslambda.Function, *rediscache.ConnectFunctionOptions)
	ConnectClient(awsec2.IConnectable, awsiam.IGrantable)
	Members() *[]rediscache.IMember
	Metric(*string, *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricCpuUtilization(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricEngineCpuUtilization(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricDatabaseMemoryUsagePercentage(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricEvictions(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricCacheHitRate(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricReplicationLag(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
	MetricCurrConnections(*awscloudwatch.MetricOptions) awscloudwatch.IMetric
}

type redisCache interface {
	iRedisCache
	ReplicationGroup() awselasticache.CfnReplicationGroup
	ParameterGroup() awselasticache.CfnParameterGroup
	SubnetGroup() awselasticache.CfnSubnetGroup
	SecurityGroups() *[]awsec2.ISecurityGroup
	SlowLogGroup() awslogs.ILogGroup
	EngineLogGroup() awslogs.ILogGroup
	AuthTokenSecret() awssecretsmanager.ISecret
	UserGroup() awselasticache.CfnUserGroup
	AddUser(*string, *rediscache.UserOptions) rediscache.CacheUser
	AutoScaleNodeGroups(*awsapplicationautoscaling.EnableScalingProps) rediscache.ScalableNodes
	AutoScaleReplicas(*awsapplicationautoscaling.EnableScalingProps) rediscache.ScalableNodes
	Alarms() *[]awscloudwatch.CfnAlarm
}

type cacheUser interface {
	constructs.IConstruct
	UserName() *string
	Secret() awssecretsmanager.ISecret
	GrantConnect(awsiam.IGrantable) awsiam.Grant
}

var (
	_ iRedisCache = rediscache.IRedisCache(nil)
	_ redisCache  = rediscache.RedisCache(nil)
	_ cacheUser   = rediscache.CacheUser(nil)
)

// Every option at once: the fields of the structs are part of the contract too.
func TestEveryOptionOfTheContractCanBeSet(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *rediscache.RedisCacheProps) {
		p.ReplicationGroupId = jsii.String("adopted")
		p.Authentication = rediscache.Authentication_GeneratedToken(&rediscache.GeneratedTokenOptions{Rotation: &rediscache.RotationOptions{
			AutomaticallyAfter: awscdk.Duration_Days(jsii.Number(30)), Grace: awscdk.Duration_Minutes(jsii.Number(5)), VpcSubnets: nil,
		}})
		p.Alarms = &rediscache.AlarmOptions{NodeUnreachable: &rediscache.AlarmThreshold{}, CpuCreditBalance: &rediscache.AlarmThreshold{},
			AuthenticationFailures: &rediscache.AlarmThreshold{}}
	})
	cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), &rediscache.ConnectFunctionOptions{
		EnvironmentPrefix: jsii.String("CACHE"), User: nil,
	})
	assert.Equal(t, "adopted-001", *(*cache.Members())[0].CacheClusterId())
	_ = rediscache.TokenOptions{Store: jsii.Bool(true)}
	_ = rediscache.RedisCacheAttributes{ReplicationGroupId: nil, PrimaryEndpointAddress: nil, ReaderEndpointAddress: nil,
		ConfigurationEndpointAddress: nil, Port: nil, NumCacheNodes: nil, NumNodeGroups: nil, ReplicasPerNodeGroup: nil,
		SecurityGroups: nil, ConnectionSecret: nil, User: nil}
	_ = rediscache.UserOptions{UserName: nil, AccessString: nil, Password: nil}
	_ = rediscache.UtilizationScalingOptions{TargetUtilizationPercent: nil, ScaleInCooldown: nil, ScaleOutCooldown: nil, DisableScaleIn: nil}
}
