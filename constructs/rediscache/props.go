package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// RedisCacheProps says what a RedisCache is to be. Only Vpc is required.
//
// A property that does not fit is reported at synth as a [ValidationError], all of them at once. An unresolved
// CloudFormation token is accepted wherever its value is not needed at synth, and is never judged or changed.
type RedisCacheProps struct {
	// Name is the prefix of every physical name: "securebase-prod" makes the replication group
	// securebase-prod-redis, its logs /aws/elasticache/securebase-prod/redis/{slow-log,engine-log}, its alarms
	// securebase-prod-redis-001-cpu and so on.
	//
	// 1 to 34 lower-case letters, digits and single hyphens, the first a letter: with "-redis" it is a
	// ReplicationGroupId, which ElastiCache limits to 40 characters and stores in lower case. A group with a name
	// cannot be replaced by CloudFormation, because the new group would need the same name: see "What replaces the
	// cluster" in the README.
	//
	// Default: CloudFormation names everything.
	Name *string

	// Description of the replication group, 1 to 255 characters.
	//
	// Default: "Redis query cache", with the Name where there is one.
	Description *string

	// Vpc that the cache lives in. Required.
	Vpc awsec2.IVpc

	// VpcSubnets selects the subnets of the subnet group. Public subnets are refused; a Multi-AZ cache needs subnets
	// in two or more Availability Zones.
	//
	// Default: the isolated subnets of the Vpc, else its private ones.
	VpcSubnets *awsec2.SubnetSelection

	// AllowedSecurityGroups may connect to the cache on Port. They are the only ingress: there is never a CIDR.
	//
	// Default: none; ConnectFunction and Connections() add their own.
	AllowedSecurityGroups *[]awsec2.ISecurityGroup

	// SecurityGroup of the cache, if you bring your own.
	//
	// Default: a new one without egress.
	SecurityGroup awsec2.ISecurityGroup

	// Port that the cache listens on: 1150 to 65535, except 8005, which ElastiCache keeps for itself. Changing it
	// replaces the replication group.
	//
	// Default: 6379.
	Port *float64

	// Engine and its version. Redis can be changed to Valkey in place, not back.
	//
	// Default: EngineVersion_REDIS_7_1().
	Engine EngineVersion

	// NodeType of every member, such as "cache.r7g.large". Node types come and go in place, but for those with data
	// tiering. The default is for trying things out: it is burstable, which for a type that you choose is a warning.
	//
	// Default: "cache.t3.small".
	NodeType *string

	// NumCacheNodes counts the primary and its replicas, 1 to 6. It has to be a literal, because every member has
	// alarms of its own.
	//
	// Default: 2.
	NumCacheNodes *float64

	// MultiAzEnabled spreads the members over Availability Zones. It needs a replica.
	//
	// Default: true with two or more nodes.
	MultiAzEnabled *bool

	// MaxmemoryPolicy is what the engine does when its memory is full.
	//
	// Default: MaxmemoryPolicy_ALLKEYS_LRU, which never refuses a write.
	MaxmemoryPolicy MaxmemoryPolicy

	// SlowLogThreshold is the execution time from which a command is written to the slow log, in steps of a
	// microsecond. Zero logs every command.
	//
	// Default: 10 milliseconds.
	SlowLogThreshold awscdk.Duration

	// Parameters sets more engine parameters of the parameter group, by ElastiCache's own names. They win over
	// MaxmemoryPolicy and SlowLogThreshold. A name that the engine's family does not know, a value out of its range
	// and a parameter that ElastiCache does not let anyone change are refused.
	//
	// Default: none.
	Parameters *map[string]*string

	// AuthTokenEnabled asks every client for a token. Turning it on later replaces the replication group.
	//
	// Default: true.
	AuthTokenEnabled *bool

	// AuthToken, if you bring your own: 16 to 128 printable ASCII characters, with no other specials than ! & # $ ^ <
	// > -. It has to come from Secrets Manager, SSM or a NoEcho parameter: a SecretValue of plain text is refused,
	// because it could be read in the template.
	//
	// Default: generated, 32 letters and digits, in a secret of its own.
	AuthToken awscdk.SecretValue

	// StoreAuthToken puts the token, with host and port, into the connection secret that applications read. It can
	// only be false with an AuthToken of your own, and then there is no AuthTokenSecret() and no GrantConnect.
	//
	// Default: true.
	StoreAuthToken *bool

	// EncryptionKey encrypts the data at rest, the snapshots, the secrets and the logs. It has to be a symmetric
	// encryption key. Its policy is opened for CloudWatch Logs; the policy of an imported key is yours to open.
	// Changing it replaces the replication group.
	//
	// Default: keys that AWS owns, and for the secrets the account's aws/secretsmanager.
	EncryptionKey awskms.IKey

	// SnapshotRetentionLimit is how many days automatic snapshots are kept, 0 (off) to 35. Turning them on later has
	// been seen to fail: start with at least 1.
	//
	// Default: 7.
	SnapshotRetentionLimit *float64

	// SnapshotWindow is the daily time of the automatic snapshot, "hh24:mi-hh24:mi" in UTC, at least 60 minutes. It
	// must not overlap MaintenanceWindow.
	//
	// Default: "03:00-05:00".
	SnapshotWindow *string

	// MaintenanceWindow is the weekly time of patches, "ddd:hh24:mi-ddd:hh24:mi" in UTC, at least 60 minutes.
	//
	// Default: "sun:05:00-sun:07:00".
	MaintenanceWindow *string

	// SnapshotName restores a new replication group from this ElastiCache snapshot. Changing or removing it later
	// replaces the group. Not together with SnapshotArns.
	//
	// Default: start empty.
	SnapshotName *string

	// SnapshotArns restores a new replication group from RDB files in S3, "arn:aws:s3:::bucket/key.rdb". Changing or
	// removing them later replaces the group.
	//
	// Default: start empty.
	SnapshotArns *[]*string

	// AutoMinorVersionUpgrade lets ElastiCache take minor engine versions in the maintenance window.
	//
	// Default: true.
	AutoMinorVersionUpgrade *bool

	// RemovalPolicy of the replication group. SNAPSHOT takes a final snapshot; the logs and secrets, of no use
	// without the group, go with it. RETAIN keeps the group, and with it everything that it needs to go on working:
	// its secrets, logs, security, subnet and parameter group.
	//
	// Default: RemovalPolicy_SNAPSHOT.
	RemovalPolicy awscdk.RemovalPolicy

	// NotificationTopic gets ElastiCache's events (failover, replacement, snapshot ...). ElastiCache cannot publish
	// to an encrypted topic, and needs a topic policy that admits sns:Publish with the condition AWS:SourceOwner = the
	// account. Same account and region.
	//
	// Default: no notifications.
	NotificationTopic awssns.ITopic

	// AlarmActions run when an alarm fires and when it is OK again.
	//
	// Default: none, with a warning.
	AlarmActions *[]awscloudwatch.IAlarmAction

	// Alarms changes or switches off single alarms, or all of them.
	//
	// Default: all, see [AlarmOptions].
	Alarms *AlarmOptions

	// Dashboard makes a CloudWatch dashboard that an operator can run the cache from.
	//
	// Default: false.
	Dashboard *bool

	// LogRetention of the slow log and the engine log.
	//
	// Default: RetentionDays_ONE_MONTH.
	LogRetention awslogs.RetentionDays

	// Tags for every resource that takes tags: at most 50, keys of 1 to 128 and values of up to 256 characters, keys
	// not beginning with "aws:".
	//
	// Default: none.
	Tags *map[string]*string
}

// MaxmemoryPolicy is what the engine does when maxmemory is reached, as in the parameter maxmemory-policy.
type MaxmemoryPolicy string

const (
	// MaxmemoryPolicy_ALLKEYS_LRU evicts the keys that were not used for the longest time.
	MaxmemoryPolicy_ALLKEYS_LRU MaxmemoryPolicy = "allkeys-lru"
	// MaxmemoryPolicy_ALLKEYS_LFU evicts the keys that are used least often.
	MaxmemoryPolicy_ALLKEYS_LFU MaxmemoryPolicy = "allkeys-lfu"
	// MaxmemoryPolicy_ALLKEYS_RANDOM evicts any keys.
	MaxmemoryPolicy_ALLKEYS_RANDOM MaxmemoryPolicy = "allkeys-random"
	// MaxmemoryPolicy_VOLATILE_LRU evicts, among keys with a TTL, those that were not used for the longest time.
	MaxmemoryPolicy_VOLATILE_LRU MaxmemoryPolicy = "volatile-lru"
	// MaxmemoryPolicy_VOLATILE_LFU evicts, among keys with a TTL, those that are used least often.
	MaxmemoryPolicy_VOLATILE_LFU MaxmemoryPolicy = "volatile-lfu"
	// MaxmemoryPolicy_VOLATILE_RANDOM evicts any keys with a TTL.
	MaxmemoryPolicy_VOLATILE_RANDOM MaxmemoryPolicy = "volatile-random"
	// MaxmemoryPolicy_VOLATILE_TTL evicts the keys whose TTL ends first.
	MaxmemoryPolicy_VOLATILE_TTL MaxmemoryPolicy = "volatile-ttl"
	// MaxmemoryPolicy_NOEVICTION evicts nothing and refuses writes: not for a cache.
	MaxmemoryPolicy_NOEVICTION MaxmemoryPolicy = "noeviction"
)

// AlarmOptions changes the alarms of a RedisCache. Every member of the group has its own; nil leaves an alarm at its
// default. All treat missing data as not breaching, and have a description that says what to do.
type AlarmOptions struct {
	// Enabled false makes no alarm at all. Default: true.
	Enabled *bool
	// Cpu: CPUUtilization of the host, in percent. Default: > 75 for 10 periods of one minute. With up to 2 vCPU, AWS
	// advises 90 divided by the vCPUs, so 45 on 2; a threshold given above that is a warning.
	Cpu *AlarmThreshold
	// EngineCpu: EngineCPUUtilization of the engine's thread, in percent. Default: > 90 for 10 periods of one minute,
	// made for node types with 4 or more vCPU; with a threshold here, for any.
	EngineCpu *AlarmThreshold
	// Memory: DatabaseMemoryUsagePercentage. Default: > 85 for 10 periods of one minute.
	Memory *AlarmThreshold
	// Evictions: keys evicted before they expired, in a period of five minutes. Default: > 1000 in 1 period.
	Evictions *AlarmThreshold
	// CacheHitRate: hits in percent of reads, in periods of five minutes with at least 100 reads; a quieter period is
	// good. Default: < 70 for 3 periods.
	CacheHitRate *AlarmThreshold
	// ReplicationLag: seconds that a replica is behind. Default: > 5 for 5 periods of one minute, made with replicas.
	ReplicationLag *AlarmThreshold
}

// AlarmThreshold changes one alarm.
type AlarmThreshold struct {
	// Threshold in the metric's unit: 0 to 100 for percentages. Default: the alarm's, see [AlarmOptions].
	Threshold *float64
	// EvaluationPeriods in a row have to breach; whole, at least 1, and together no longer than a day. Default: the
	// alarm's, see [AlarmOptions].
	EvaluationPeriods *float64
	// Enabled false does not make this alarm. Default: true.
	Enabled *bool
}

// RedisCacheAttributes describe a RedisCache of another app, for [RedisCache_FromRedisCacheAttributes].
type RedisCacheAttributes struct {
	// ReplicationGroupId, such as "securebase-prod-redis". Required.
	ReplicationGroupId *string
	// PrimaryEndpointAddress is the host of the primary endpoint. Required.
	PrimaryEndpointAddress *string
	// ReaderEndpointAddress is the host of the reader endpoint. Default: none. Only with two or more NumCacheNodes.
	ReaderEndpointAddress *string
	// Port of both endpoints. Default: 6379.
	Port *float64
	// NumCacheNodes counts the primary and its replicas, 1 to 6: the members that have metrics. Default: 1, or 2 with
	// a ReaderEndpointAddress.
	NumCacheNodes *float64
	// SecurityGroups of the cache: ConnectFunction adds an ingress rule to each. Required.
	SecurityGroups *[]awsec2.ISecurityGroup
	// AuthTokenSecret is the connection secret, JSON with host, port and auth_token. Import it by its complete ARN, and
	// with its key where it has one. Default: none, for a cache without AUTH.
	AuthTokenSecret awssecretsmanager.ISecret
}
