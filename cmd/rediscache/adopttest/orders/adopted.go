package orders

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// AdoptedProps are the properties of the replication group "orders-cache", as the AWS CLI described it. RETAIN is for the
// import; choose the RemovalPolicy afterwards.
func AdoptedProps(scope constructs.Construct) *rediscache.RedisCacheProps {
	return &rediscache.RedisCacheProps{
		ReplicationGroupId: jsii.String("orders-cache"),
		Description:        jsii.String("Orders: query cache"),
		Tags: &map[string]*string{
			"CostCenter": jsii.String("4711"),
			"Empty":      jsii.String(""),
			"Team":       jsii.String("orders"),
		},
		Vpc: awsec2.Vpc_FromVpcAttributes(scope, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId:             jsii.String("vpc-0123456789abcdef0"),
			AvailabilityZones: jsii.Strings("eu-central-1a", "eu-central-1b"),
		}),
		SubnetGroupName: jsii.String("orders-subnets"),
		SecurityGroups: &[]awsec2.ISecurityGroup{
			awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("SecurityGroup1"), jsii.String("sg-0123456789abcdef0"), nil),
			awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("SecurityGroup2"), jsii.String("sg-0fedcba9876543210"), nil),
		},
		Port: jsii.Number(6379),
		NotificationTopic: awssns.Topic_FromTopicArn(scope, jsii.String("EventTopic"),
			jsii.String("arn:aws:sns:eu-central-1:123456789012:cache-events")),
		AutoMinorVersionUpgrade: jsii.Bool(false),
		Engine:                  rediscache.EngineVersion_REDIS_7_1(),
		NodeType:                jsii.String("cache.r6g.large"),
		NumCacheNodes:           jsii.Number(2),
		MultiAzEnabled:          jsii.Bool(true),
		MaxmemoryPolicy:         rediscache.MaxmemoryPolicy_VOLATILE_TTL,
		Parameters: &map[string]*string{
			"activedefrag":            jsii.String("yes"),
			"notify-keyspace-events":  jsii.String("Ex"),
			"slowlog-log-slower-than": jsii.String("20000"),
			"timeout":                 jsii.String("300"),
		},
		Authentication: rediscache.Authentication_Token(awscdk.SecretValue_SecretsManager(
			jsii.String("arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/redis-AbCdEf"),
			&awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("auth_token")},
		), nil),
		EncryptionKey: awskms.Key_FromKeyArn(scope, jsii.String("Key"),
			jsii.String("arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef")),
		SnapshotRetentionLimit: jsii.Number(7),
		SnapshotWindow:         jsii.String("01:30-02:30"),
		MaintenanceWindow:      jsii.String("sun:23:30-mon:00:30"),
		RemovalPolicy:          awscdk.RemovalPolicy_RETAIN,
	}
}

// ForImport says what the replication group has today where RedisCache will have resources of its own, so that `cdk import`
// takes in the replication group alone. Leave it out in the deployment after the import.
func ForImport(group awselasticache.CfnReplicationGroup) {
	group.AddPropertyOverride(jsii.String("CacheParameterGroupName"), "orders-redis7")
	group.AddPropertyOverride(jsii.String("LogDeliveryConfigurations"), []map[string]any{
		{
			"LogType":            "slow-log",
			"LogFormat":          "json",
			"DestinationType":    "cloudwatch-logs",
			"DestinationDetails": map[string]any{"CloudWatchLogsDetails": map[string]any{"LogGroup": "/orders/redis-slow"}},
		},
		{
			"LogType":            "engine-log",
			"LogFormat":          "text",
			"DestinationType":    "cloudwatch-logs",
			"DestinationDetails": map[string]any{"CloudWatchLogsDetails": map[string]any{"LogGroup": "/orders/redis-engine"}},
		},
	})
}
