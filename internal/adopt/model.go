package adopt

// The shapes of ElastiCache's API (2015-02-02, as botocore 1.44.8 has it), with every member, so that a member that came
// later is told as unknown. What no property of RedisCache depends on is any. A pointer that is nil was not in the answer.

type replicationGroup struct {
	ReplicationGroupId         string
	Description                *string
	GlobalReplicationGroupInfo *struct{ GlobalReplicationGroupId, GlobalReplicationGroupMemberRole string }
	Status                     string
	PendingModifiedValues      map[string]any
	MemberClusters             []string
	NodeGroups                 []nodeGroup
	AutomaticFailover          string
	MultiAZ                    string
	ConfigurationEndpoint      *endpoint
	SnapshotRetentionLimit     *int
	SnapshotWindow             *string
	ClusterEnabled             *bool
	CacheNodeType              string
	AuthTokenEnabled           *bool
	TransitEncryptionEnabled   *bool
	AtRestEncryptionEnabled    *bool
	MemberClustersOutpostArns  []string
	KmsKeyId                   string
	ARN                        string
	UserGroupIds               []string
	LogDeliveryConfigurations  []logDelivery
	DataTiering                string
	AutoMinorVersionUpgrade    *bool
	NetworkType                string
	IpDiscovery                string
	TransitEncryptionMode      string
	ClusterMode                string
	Engine                     string
	Durability                 string
	EffectiveDurability        string
	StorageEncryptionType      string

	SnapshottingClusterId, AuthTokenLastModifiedDate, ReplicationGroupCreateTime any
}

type nodeGroup struct {
	NodeGroupMembers []struct {
		CacheClusterId, PreferredOutpostArn                               string
		CacheNodeId, ReadEndpoint, PreferredAvailabilityZone, CurrentRole any
	}
	PrimaryEndpoint *endpoint

	NodeGroupId, Status, ReaderEndpoint, Slots any
}

type endpoint struct {
	Address string
	Port    int
}

type logDelivery struct {
	LogType, DestinationType, LogFormat string
	DestinationDetails                  struct {
		CloudWatchLogsDetails  *struct{ LogGroup string }
		KinesisFirehoseDetails *struct{ DeliveryStream string }
	}

	Status, Message any
}

type cacheCluster struct {
	CacheClusterId             string
	Engine, EngineVersion      string
	ReplicationGroupId         string
	PreferredMaintenanceWindow string
	NotificationConfiguration  *struct{ TopicArn, TopicStatus string }
	CacheParameterGroup        *struct {
		CacheParameterGroupName                    string
		ParameterApplyStatus, CacheNodeIdsToReboot any
	}
	CacheSubnetGroupName  string
	SecurityGroups        []struct{ SecurityGroupId, Status string }
	CacheSecurityGroups   []any
	PendingModifiedValues map[string]any

	ConfigurationEndpoint, ClientDownloadLandingPage, CacheNodeType, CacheClusterStatus, NumCacheNodes, PreferredAvailabilityZone,
	PreferredOutpostArn, CacheClusterCreateTime, CacheNodes, AutoMinorVersionUpgrade, SnapshotRetentionLimit, SnapshotWindow,
	AuthTokenEnabled, AuthTokenLastModifiedDate, TransitEncryptionEnabled, AtRestEncryptionEnabled, ARN,
	ReplicationGroupLogDeliveryEnabled, LogDeliveryConfigurations, NetworkType, IpDiscovery, TransitEncryptionMode any
}

type subnetGroup struct {
	CacheSubnetGroupName string
	VpcId                string
	Subnets              []struct {
		SubnetAvailabilityZone                                 struct{ Name string }
		SubnetIdentifier, SubnetOutpost, SupportedNetworkTypes any
	}

	CacheSubnetGroupDescription, ARN, SupportedNetworkTypes any
}

type parameter struct {
	ParameterName, Source string
	ParameterValue        *string

	Description, DataType, AllowedValues, IsModifiable, MinimumEngineVersion, ChangeType any
}

type parameterGroup struct {
	CacheParameterGroupName, CacheParameterGroupFamily string

	Description, IsGlobal, ARN any
}

type tag struct {
	Key   string
	Value *string
}

type userGroup struct {
	UserGroupId, Engine, Status string
	UserIds                     []string

	MinimumEngineVersion, PendingChanges, ReplicationGroups, ServerlessCaches, ARN any
}
