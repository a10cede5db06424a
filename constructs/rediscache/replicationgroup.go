package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
)

// replicationGroupParts are the resources that the replication group refers to.
type replicationGroupParts struct {
	subnetGroup    awselasticache.CfnSubnetGroup
	securityGroups []awsec2.ISecurityGroup
	token          *string
	userGroup      awselasticache.CfnUserGroup
	parameterGroup awselasticache.CfnParameterGroup
	logs           logGroups
}

// newReplicationGroup has every concern fill in its own properties.
func newReplicationGroup(scope constructs.Construct, s *settings, parts replicationGroupParts) awselasticache.CfnReplicationGroup {
	id := "ReplicationGroup"
	props := &awselasticache.CfnReplicationGroupProps{
		ReplicationGroupId:          s.naming.groupID,
		ReplicationGroupDescription: &s.naming.description,
		CacheParameterGroupName:     parts.parameterGroup.Ref(),
	}
	s.engine.apply(props)
	s.topology.apply(props, s.engine.version)
	s.network.apply(props, parts.subnetGroup, parts.securityGroups)
	s.auth.apply(props, parts.token, parts.userGroup)
	s.encryption.apply(props)
	s.backup.apply(props)
	parts.logs.apply(props)
	s.monitoring.apply(props)

	group := awselasticache.NewCfnReplicationGroup(scope, &id, props)
	s.topology.clusterMode.reshardOnline(group)
	group.ApplyRemovalPolicy(s.backup.removalPolicy, nil)
	s.monitoring.dependOnTopic(group, s.naming.stack)
	return group
}
