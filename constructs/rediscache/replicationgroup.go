package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
)

// replicationGroupParts are the resources that the group is made of and after.
type replicationGroupParts struct {
	subnetGroup    awselasticache.CfnSubnetGroup
	securityGroup  awsec2.ISecurityGroup
	authToken      *string
	parameterGroup awselasticache.CfnParameterGroup
	logs           logGroups
}

func newReplicationGroup(scope constructs.Construct, s *settings, parts replicationGroupParts) awselasticache.CfnReplicationGroup {
	group := awselasticache.NewCfnReplicationGroup(scope, ptr("ReplicationGroup"), &awselasticache.CfnReplicationGroupProps{
		ReplicationGroupId:          s.physicalName(groupIdSuffix),
		ReplicationGroupDescription: &s.description,

		Engine:                  &s.engine.engine,
		EngineVersion:           &s.engine.version,
		CacheNodeType:           &s.nodeType,
		DataTieringEnabled:      s.dataTiering(),
		NumCacheClusters:        &s.nodes,
		CacheParameterGroupName: parts.parameterGroup.Ref(),
		AutoMinorVersionUpgrade: s.autoMinorVersionUpgrade,

		// Both are set also when off: left out, the service turns failover on and fails for a single node.
		AutomaticFailoverEnabled: s.replicas(),
		MultiAzEnabled:           s.multiAz,

		CacheSubnetGroupName: parts.subnetGroup.Ref(),
		SecurityGroupIds:     &[]*string{parts.securityGroup.SecurityGroupId()},
		Port:                 &s.port,

		// At rest the default differs between Redis and Valkey, so it is always said.
		AtRestEncryptionEnabled:  true,
		KmsKeyId:                 s.key.arn,
		TransitEncryptionEnabled: true,
		TransitEncryptionMode:    s.transitEncryptionMode(),
		AuthToken:                parts.authToken,

		SnapshotRetentionLimit:     &s.snapshotRetention,
		SnapshotWindow:             &s.snapshotWindow,
		PreferredMaintenanceWindow: &s.maintenanceWindow,
		SnapshotName:               s.snapshotName,
		SnapshotArns:               s.snapshotArns,

		LogDeliveryConfigurations: parts.logs.deliveries(),
		NotificationTopicArn:      s.topic.arn,
	})
	group.ApplyRemovalPolicy(s.removalPolicy, nil)
	if s.notificationTopic != nil && s.topic.stack == s.stack {
		// The topic's policy too has to be there first: ElastiCache gives up on a topic that refuses it.
		group.Node().AddDependency(s.notificationTopic)
	}
	return group
}

// transitEncryptionMode says that plaintext is refused, which can only be said from Redis 7 on; it is so for older ones.
func (s *settings) transitEncryptionMode() *string {
	if s.engine.before(7, 0) {
		return nil
	}
	return ptr("required")
}

// dataTiering is mandatory for the types that have it and refused for all others.
func (s *settings) dataTiering() any {
	if nodeTypes()[s.nodeType].dataTiering {
		return true
	}
	return nil
}
