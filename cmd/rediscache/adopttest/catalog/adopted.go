package catalog

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// AdoptedProps are the properties of the replication group "catalog-v2", as the AWS CLI described it. RETAIN is for the
// import; choose the RemovalPolicy afterwards.
func AdoptedProps(scope constructs.Construct) *rediscache.RedisCacheProps {
	return &rediscache.RedisCacheProps{
		ReplicationGroupId: jsii.String("catalog-v2"),
		Description:        jsii.String("Product catalog"),
		Tags: &map[string]*string{
			"Service": jsii.String("catalog"),
		},
		Vpc: awsec2.Vpc_FromVpcAttributes(scope, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId:             jsii.String("vpc-0ccccccccccccccc0"),
			AvailabilityZones: jsii.Strings("eu-central-1a", "eu-central-1b"),
		}),
		SubnetGroupName: jsii.String("catalog-subnets"),
		SecurityGroups: &[]awsec2.ISecurityGroup{
			awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("SecurityGroup1"), jsii.String("sg-0cccccccccccccccc"), nil),
		},
		Port:                    jsii.Number(6379),
		AutoMinorVersionUpgrade: jsii.Bool(true),
		Engine:                  rediscache.EngineVersion_VALKEY_7_2(),
		NodeType:                jsii.String("cache.r7g.large"),
		ClusterMode: &rediscache.ClusterModeOptions{
			NumNodeGroups:        jsii.Number(3),
			ReplicasPerNodeGroup: jsii.Number(1),
		},
		MultiAzEnabled:  jsii.Bool(true),
		MaxmemoryPolicy: rediscache.MaxmemoryPolicy_ALLKEYS_LFU,
		Parameters: &map[string]*string{
			"cluster-require-full-coverage": jsii.String("no"),
		},
		Authentication: rediscache.Authentication_UserGroup(
			awselasticache.CfnUserGroup_FromUserGroupId(scope, jsii.String("UserGroup"), jsii.String("catalog-users")),
		),
		SnapshotRetentionLimit: jsii.Number(1),
		SnapshotWindow:         jsii.String("03:00-04:00"),
		MaintenanceWindow:      jsii.String("sat:05:00-sat:06:00"),
		RemovalPolicy:          awscdk.RemovalPolicy_RETAIN,
	}
}

// ForImport says what the replication group has today where RedisCache will have resources of its own, so that `cdk import`
// takes in the replication group alone. Leave it out in the deployment after the import.
func ForImport(group awselasticache.CfnReplicationGroup) {
	group.AddPropertyOverride(jsii.String("CacheParameterGroupName"), "catalog-valkey7")
	group.AddPropertyOverride(jsii.String("LogDeliveryConfigurations"), []map[string]any{
		{
			"LogType":            "slow-log",
			"LogFormat":          "text",
			"DestinationType":    "kinesis-firehose",
			"DestinationDetails": map[string]any{"KinesisFirehoseDetails": map[string]any{"DeliveryStream": "catalog-slow-log"}},
		},
	})
}
