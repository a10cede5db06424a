package sessions

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// AdoptedProps are the properties of the replication group "sessions", as the AWS CLI described it. RETAIN is for the
// import; choose the RemovalPolicy afterwards.
func AdoptedProps(scope constructs.Construct) *rediscache.RedisCacheProps {
	return &rediscache.RedisCacheProps{
		ReplicationGroupId: jsii.String("sessions"),
		Description:        jsii.String("Sessions of the \"shop\" — 7×24"),
		Vpc: awsec2.Vpc_FromVpcAttributes(scope, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId:             jsii.String("vpc-22222222"),
			AvailabilityZones: jsii.Strings("eu-central-1a", "eu-central-1b", "eu-central-1c"),
		}),
		SubnetGroupName: jsii.String("default"),
		SecurityGroups: &[]awsec2.ISecurityGroup{
			awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("SecurityGroup1"), jsii.String("sg-11111111"), nil),
		},
		Port:                    jsii.Number(6380),
		AutoMinorVersionUpgrade: jsii.Bool(true),
		Engine:                  rediscache.EngineVersion_VALKEY_8_0(),
		NodeType:                jsii.String("cache.t4g.micro"),
		NumCacheNodes:           jsii.Number(1),
		MultiAzEnabled:          jsii.Bool(false),
		MaxmemoryPolicy:         rediscache.MaxmemoryPolicy_VOLATILE_LRU,
		Authentication:          rediscache.Authentication_None(),
		SnapshotRetentionLimit:  jsii.Number(0),
		SnapshotWindow:          jsii.String("23:00-00:00"),
		MaintenanceWindow:       jsii.String("wed:04:00-wed:05:00"),
		RemovalPolicy:           awscdk.RemovalPolicy_RETAIN,
	}
}

// ForImport says what the replication group has today where RedisCache will have resources of its own, so that `cdk import`
// takes in the replication group alone. Leave it out in the deployment after the import.
func ForImport(group awselasticache.CfnReplicationGroup) {
	group.AddPropertyOverride(jsii.String("CacheParameterGroupName"), "default.valkey8")
	group.AddPropertyDeletionOverride(jsii.String("LogDeliveryConfigurations"))
}
