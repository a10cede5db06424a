package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// RedisCacheProps are the properties of a RedisCache. Only Vpc is required.
//
// A property that cannot be deployed is reported at synth as a [ValidationError], all of them at once. An unresolved
// CloudFormation token is accepted wherever its value is not needed at synth, and is never judged or changed.
type RedisCacheProps struct {
	// Name is the prefix of every physical name: "securebase-prod" names the replication group securebase-prod-redis,
	// its logs /aws/elasticache/securebase-prod/redis/{slow-log,engine-log}, its alarms securebase-prod-redis-001-cpu
	// and so on.
	//
	// 1 to 34 lower-case letters, digits and single hyphens, starting with a letter: with "-redis" it is a
	// ReplicationGroupId, which ElastiCache limits to 40 characters and stores in lower case. CloudFormation cannot
	// replace a replication group that has a name, because the new group would need the same name: see
	// docs/replacement.md.
	//
	// Default: CloudFormation generates every name.
	Name *string `field:"optional" json:"name" yaml:"name"`

	// ReplicationGroupId is the id of the replication group, for adopting one that is not called <Name>-redis. 1 to 40
	// lower-case letters, digits and single hyphens, starting with a letter. Changing it replaces the replication group.
	//
	// Default: "<Name>-redis"; without a Name, CloudFormation generates it.
	ReplicationGroupId *string `field:"optional" json:"replicationGroupId" yaml:"replicationGroupId"`

	// Description of the replication group, 1 to 255 characters.
	//
	// Default: "Redis query cache", followed by the Name.
	Description *string `field:"optional" json:"description" yaml:"description"`

	// Vpc is the VPC of the cache. Required.
	Vpc awsec2.IVpc `field:"required" json:"vpc" yaml:"vpc"`

	// VpcSubnets selects the subnets of the subnet group. Public subnets are refused; a Multi-AZ cache needs subnets
	// in two or more Availability Zones.
	//
	// Default: the isolated subnets of the Vpc, else its private ones.
	VpcSubnets *awsec2.SubnetSelection `field:"optional" json:"vpcSubnets" yaml:"vpcSubnets"`

	// SubnetGroupName is the name of an existing subnet group, for adopting a replication group with the subnet group
	// that it has. Not together with VpcSubnets. Changing it replaces the replication group.
	//
	// Default: a new subnet group of VpcSubnets.
	SubnetGroupName *string `field:"optional" json:"subnetGroupName" yaml:"subnetGroupName"`

	// AllowedSecurityGroups may connect to the cache on Port. Ingress is by security group only, never by CIDR.
	//
	// Default: none; ConnectFunction, ConnectClient and Connections() add their own.
	AllowedSecurityGroups *[]awsec2.ISecurityGroup `field:"optional" json:"allowedSecurityGroups" yaml:"allowedSecurityGroups"`

	// SecurityGroups are existing security groups for the cache, at least one.
	//
	// Default: a new one without egress.
	SecurityGroups *[]awsec2.ISecurityGroup `field:"optional" json:"securityGroups" yaml:"securityGroups"`

	// Port that the cache listens on: 1150 to 65535, except 8005, which ElastiCache reserves. Changing it replaces the
	// replication group.
	//
	// Default: 6379.
	Port *float64 `field:"optional" json:"port" yaml:"port"`

	// Engine and its version. ElastiCache upgrades a replication group in place, also from Redis to Valkey; the only
	// way back is from Valkey 7.2 to Redis 7.1.
	//
	// Default: EngineVersion_REDIS_7_1().
	Engine EngineVersion `field:"optional" json:"engine" yaml:"engine"`

	// AutoMinorVersionUpgrade lets ElastiCache install minor engine versions in the maintenance window.
	//
	// Default: true.
	AutoMinorVersionUpgrade *bool `field:"optional" json:"autoMinorVersionUpgrade" yaml:"autoMinorVersionUpgrade"`

	// NodeType of every node, such as NodeType_R7G_LARGE(). Changing it updates the replication group in place, except
	// to or from a type with data tiering, which replaces it. The default is a burstable type meant for evaluation;
	// choosing a burstable type yourself adds a warning with Multi-AZ.
	//
	// Default: "cache.t3.small".
	NodeType *string `field:"optional" json:"nodeType" yaml:"nodeType"`

	// NumCacheNodes is the number of nodes, the primary and its replicas, 1 to 6. It has to be a literal, because every
	// node has its own alarms.
	//
	// Default: 2; with ClusterMode, its own numbers.
	NumCacheNodes *float64 `field:"optional" json:"numCacheNodes" yaml:"numCacheNodes"`

	// ClusterMode splits the data over node groups (shards). It is chosen when the replication group is created: turning it
	// on or off later needs a new cache, see docs/replacement.md. Not together with NumCacheNodes.
	//
	// Default: cluster mode is disabled.
	ClusterMode *ClusterModeOptions `field:"optional" json:"clusterMode" yaml:"clusterMode"`

	// MultiAzEnabled spreads the nodes over Availability Zones. It needs a replica.
	//
	// Default: true with two or more nodes.
	MultiAzEnabled *bool `field:"optional" json:"multiAzEnabled" yaml:"multiAzEnabled"`

	// MaxmemoryPolicy is what the engine does when its memory is full.
	//
	// Default: MaxmemoryPolicy_ALLKEYS_LRU, which never refuses a write.
	MaxmemoryPolicy MaxmemoryPolicy `field:"optional" json:"maxmemoryPolicy" yaml:"maxmemoryPolicy"`

	// SlowLogThreshold is the execution time above which the slow log records a command, in whole microseconds. Zero
	// records every command.
	//
	// Default: 10 milliseconds.
	SlowLogThreshold awscdk.Duration `field:"optional" json:"slowLogThreshold" yaml:"slowLogThreshold"`

	// Parameters sets further parameters of the parameter group, by ElastiCache's names. They override MaxmemoryPolicy
	// and SlowLogThreshold. A name that the parameter group family does not have, a value outside its range and a
	// parameter that ElastiCache does not let anyone change are refused.
	//
	// Default: none.
	Parameters *map[string]*string `field:"optional" json:"parameters" yaml:"parameters"`

	// Authentication is how clients log in. Adding a token to a deployed replication group, or removing it, replaces the
	// group or fails: see docs/replacement.md.
	//
	// Default: Authentication_GeneratedToken(nil).
	Authentication Authentication `field:"optional" json:"authentication" yaml:"authentication"`

	// EncryptionKey encrypts the data at rest, the snapshots, the secrets and the logs. It has to be a symmetric
	// encryption key. Its policy is extended for CloudWatch Logs; extend the policy of an imported key yourself.
	// Changing the key replaces the replication group.
	//
	// Default: AWS owned keys; for the secrets, the AWS managed key aws/secretsmanager.
	EncryptionKey awskms.IKey `field:"optional" json:"encryptionKey" yaml:"encryptionKey"`

	// SnapshotRetentionLimit is the number of days to keep automatic snapshots, 0 (off) to 35. Turning snapshots on
	// later has been seen to fail: start with at least 1.
	//
	// Default: 7.
	SnapshotRetentionLimit *float64 `field:"optional" json:"snapshotRetentionLimit" yaml:"snapshotRetentionLimit"`

	// SnapshotWindow is the daily time range, in UTC, during which ElastiCache takes the automatic snapshot:
	// "hh24:mi-hh24:mi", at least 60 minutes. It must not overlap MaintenanceWindow.
	//
	// Default: "03:00-05:00".
	SnapshotWindow *string `field:"optional" json:"snapshotWindow" yaml:"snapshotWindow"`

	// MaintenanceWindow is the weekly time range, in UTC, during which ElastiCache performs maintenance:
	// "ddd:hh24:mi-ddd:hh24:mi", at least 60 minutes.
	//
	// Default: "sun:05:00-sun:07:00".
	MaintenanceWindow *string `field:"optional" json:"maintenanceWindow" yaml:"maintenanceWindow"`

	// SnapshotName restores a new replication group from this ElastiCache snapshot. Changing or removing it later
	// replaces the replication group. Not together with SnapshotArns.
	//
	// Default: the cache starts empty.
	SnapshotName *string `field:"optional" json:"snapshotName" yaml:"snapshotName"`

	// SnapshotArns restores a new replication group from RDB files in S3, "arn:aws:s3:::bucket/key.rdb". Changing or
	// removing them later replaces the replication group.
	//
	// Default: the cache starts empty.
	SnapshotArns *[]*string `field:"optional" json:"snapshotArns" yaml:"snapshotArns"`

	// RemovalPolicy of the replication group. With RETAIN, a first deployment that fails leaves its resources behind too, and
	// their names block the next one; RETAIN_ON_UPDATE_OR_DELETE does not. SNAPSHOT takes a final snapshot; the logs and secrets, of no use without
	// the group, are deleted with it. RETAIN keeps the group and everything that it needs to go on working: its
	// secrets, logs, security groups, subnet group and parameter group.
	//
	// Default: RemovalPolicy_SNAPSHOT.
	RemovalPolicy awscdk.RemovalPolicy `field:"optional" json:"removalPolicy" yaml:"removalPolicy"`

	// NotificationTopic receives ElastiCache's events, such as failovers, replaced nodes and failed snapshots. The topic
	// must be a standard topic without encryption, in the account and region of the cache, and its policy must allow
	// sns:Publish with the condition AWS:SourceOwner = the account.
	//
	// Default: no notifications.
	NotificationTopic awssns.ITopic `field:"optional" json:"notificationTopic" yaml:"notificationTopic"`

	// AlarmActions run when an alarm fires and when it returns to OK, at most 5.
	//
	// Default: none, with a warning.
	AlarmActions *[]awscloudwatch.IAlarmAction `field:"optional" json:"alarmActions" yaml:"alarmActions"`

	// Alarms changes single alarms, or switches them off.
	//
	// Default: every alarm of [AlarmOptions].
	Alarms *AlarmOptions `field:"optional" json:"alarms" yaml:"alarms"`

	// Dashboard creates a CloudWatch dashboard with the alarms, the metrics of every node and the slow log. In cluster mode it
	// shows node groups instead of more than 12 nodes, and fewer graphs for more than some 45 nodes.
	//
	// Default: false.
	Dashboard *bool `field:"optional" json:"dashboard" yaml:"dashboard"`

	// LogRetention of the slow log and the engine log.
	//
	// Default: RetentionDays_ONE_MONTH.
	LogRetention awslogs.RetentionDays `field:"optional" json:"logRetention" yaml:"logRetention"`

	// Tags to apply to every taggable resource: at most 50, keys of 1 to 128 and values of up to 256 characters, keys
	// not starting with "aws:".
	//
	// Default: none.
	Tags *map[string]*string `field:"optional" json:"tags" yaml:"tags"`
}

// MaxmemoryPolicy is what the engine does when maxmemory is reached, as in the parameter maxmemory-policy.
type MaxmemoryPolicy string

const (
	// MaxmemoryPolicy_ALLKEYS_LRU evicts the least recently used keys.
	MaxmemoryPolicy_ALLKEYS_LRU MaxmemoryPolicy = "allkeys-lru"
	// MaxmemoryPolicy_ALLKEYS_LFU evicts the least frequently used keys.
	MaxmemoryPolicy_ALLKEYS_LFU MaxmemoryPolicy = "allkeys-lfu"
	// MaxmemoryPolicy_ALLKEYS_RANDOM evicts random keys.
	MaxmemoryPolicy_ALLKEYS_RANDOM MaxmemoryPolicy = "allkeys-random"
	// MaxmemoryPolicy_VOLATILE_LRU evicts the least recently used keys among those with a TTL.
	MaxmemoryPolicy_VOLATILE_LRU MaxmemoryPolicy = "volatile-lru"
	// MaxmemoryPolicy_VOLATILE_LFU evicts the least frequently used keys among those with a TTL.
	MaxmemoryPolicy_VOLATILE_LFU MaxmemoryPolicy = "volatile-lfu"
	// MaxmemoryPolicy_VOLATILE_RANDOM evicts random keys among those with a TTL.
	MaxmemoryPolicy_VOLATILE_RANDOM MaxmemoryPolicy = "volatile-random"
	// MaxmemoryPolicy_VOLATILE_TTL evicts the keys that expire first.
	MaxmemoryPolicy_VOLATILE_TTL MaxmemoryPolicy = "volatile-ttl"
	// MaxmemoryPolicy_NOEVICTION evicts nothing and refuses writes, which a cache should not do.
	MaxmemoryPolicy_NOEVICTION MaxmemoryPolicy = "noeviction"
)
