// Package stacks deploys RedisCache: a stack for each environment, dev, prod and those that cdk.json adds.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Environment is what a RedisCacheStack is to be: the values of DevEnvironment or ProdEnvironment, under those that
// cdk.json gives in the context "environments". A JSON key is the field's name in lower camel case.
//
// Pointers are optional, and nil leaves the default to RedisCache. A list or map, such as tags, replaces the one of the
// environment that it is based on.
type Environment struct {
	// Name of the environment, such as "prod": the stack is securebase-prod-redis, and every physical name begins with
	// securebase-prod. The key in "environments".
	Name string `json:"-"`

	// Account is the AWS account to deploy to, 12 digits, with Region. Default: that of the CLI's credentials.
	Account string `json:"account"`
	// Region is the AWS region to deploy to, with Account. Default: that of the CLI's credentials.
	Region string `json:"region"`

	// VpcId of the VPC to use, with AvailabilityZones and SubnetIds. Default: the stack makes a VPC of its own, with
	// isolated subnets in two Availability Zones and no NAT.
	VpcId string `json:"vpcId"`
	// AvailabilityZones of SubnetIds, in their order; as many as SubnetIds, or a part of it that repeats.
	AvailabilityZones []string `json:"availabilityZones"`
	// SubnetIds of isolated or private subnets of the VPC.
	SubnetIds []string `json:"subnetIds"`
	// SecretsManagerEndpoint makes an interface endpoint in the VPC of the stack's own, without which a function there
	// could not read the connection secret. Default: true.
	SecretsManagerEndpoint *bool `json:"secretsManagerEndpoint"`
	// AllowedSecurityGroupIds may connect, besides the client security group that the stack makes.
	AllowedSecurityGroupIds []string `json:"allowedSecurityGroupIds"`

	// AlarmEmail is subscribed to the alarm topic. Not with AlarmTopicArn.
	AlarmEmail string `json:"alarmEmail"`
	// AlarmTopicArn of an existing SNS topic for alarms. Default: the stack makes one.
	AlarmTopicArn string `json:"alarmTopicArn"`
	// NotificationTopicArn of an existing, unencrypted SNS topic for ElastiCache's events. Default: the stack makes one.
	NotificationTopicArn string `json:"notificationTopicArn"`

	// Description of the replication group.
	Description *string `json:"description"`
	// Engine is "redis" or "valkey", with EngineVersion.
	Engine *string `json:"engine"`
	// EngineVersion such as "7.1", with Engine.
	EngineVersion *string `json:"engineVersion"`
	// ParameterGroupFamily of an EngineVersion that this construct does not know yet.
	ParameterGroupFamily *string `json:"parameterGroupFamily"`
	// NodeType such as "cache.r6g.large".
	NodeType *string `json:"nodeType"`
	// NumCacheNodes is the primary and its replicas, 1 to 6.
	NumCacheNodes *float64 `json:"numCacheNodes"`
	// MultiAzEnabled spreads the nodes over Availability Zones.
	MultiAzEnabled *bool `json:"multiAzEnabled"`
	// Port of the cache.
	Port *float64 `json:"port"`
	// MaxmemoryPolicy such as "allkeys-lru".
	MaxmemoryPolicy string `json:"maxmemoryPolicy"`
	// SlowLogThresholdMilliseconds from which a command is in the slow log.
	SlowLogThresholdMilliseconds *float64 `json:"slowLogThresholdMilliseconds"`
	// Parameters of the engine, by ElastiCache's names.
	Parameters map[string]string `json:"parameters"`

	// AuthTokenEnabled asks clients for a token.
	AuthTokenEnabled *bool `json:"authTokenEnabled"`
	// AuthTokenSecretArn of an existing secret, JSON with the key auth_token. Default: a token is generated.
	AuthTokenSecretArn string `json:"authTokenSecretArn"`
	// StoreAuthToken makes the connection secret.
	StoreAuthToken *bool `json:"storeAuthToken"`
	// CustomerManagedKey makes a KMS key with rotation that outlives the stack, because the final snapshot is encrypted
	// with it. Default: false, keys of AWS. Changing it replaces the replication group.
	CustomerManagedKey bool `json:"customerManagedKey"`

	// SnapshotRetentionLimit in days, 0 to 35.
	SnapshotRetentionLimit *float64 `json:"snapshotRetentionLimit"`
	// SnapshotWindow such as "03:00-05:00", in UTC.
	SnapshotWindow *string `json:"snapshotWindow"`
	// MaintenanceWindow such as "sun:05:00-sun:07:00", in UTC.
	MaintenanceWindow *string `json:"maintenanceWindow"`
	// SnapshotName to restore from.
	SnapshotName *string `json:"snapshotName"`
	// SnapshotArns of RDB files in S3 to restore from.
	SnapshotArns []string `json:"snapshotArns"`
	// AutoMinorVersionUpgrade in the maintenance window.
	AutoMinorVersionUpgrade *bool `json:"autoMinorVersionUpgrade"`
	// RemovalPolicy of the replication group: "SNAPSHOT", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE" or "DESTROY".
	RemovalPolicy string `json:"removalPolicy"`
	// TerminationProtection of the stack.
	TerminationProtection bool `json:"terminationProtection"`

	// Alarms changes or switches off alarms.
	Alarms *Alarms `json:"alarms"`
	// Dashboard makes a CloudWatch dashboard.
	Dashboard *bool `json:"dashboard"`
	// LogRetentionDays of the logs, such as 30; 0 keeps them for ever.
	LogRetentionDays *float64 `json:"logRetentionDays"`
	// Tags for every resource that takes tags.
	Tags map[string]string `json:"tags"`
}

// Alarms is rediscache.AlarmOptions in cdk.json.
type Alarms struct {
	Enabled        *bool  `json:"enabled"`
	Cpu            *Alarm `json:"cpu"`
	EngineCpu      *Alarm `json:"engineCpu"`
	Memory         *Alarm `json:"memory"`
	Evictions      *Alarm `json:"evictions"`
	CacheHitRate   *Alarm `json:"cacheHitRate"`
	ReplicationLag *Alarm `json:"replicationLag"`
}

// Alarm is rediscache.AlarmThreshold in cdk.json.
type Alarm struct {
	Threshold         *float64 `json:"threshold"`
	EvaluationPeriods *float64 `json:"evaluationPeriods"`
	Enabled           *bool    `json:"enabled"`
}

func (a *Alarms) options() *rediscache.AlarmOptions {
	if a == nil {
		return nil
	}
	return &rediscache.AlarmOptions{
		Enabled:        a.Enabled,
		Cpu:            (*rediscache.AlarmThreshold)(a.Cpu),
		EngineCpu:      (*rediscache.AlarmThreshold)(a.EngineCpu),
		Memory:         (*rediscache.AlarmThreshold)(a.Memory),
		Evictions:      (*rediscache.AlarmThreshold)(a.Evictions),
		CacheHitRate:   (*rediscache.AlarmThreshold)(a.CacheHitRate),
		ReplicationLag: (*rediscache.AlarmThreshold)(a.ReplicationLag),
	}
}

// DevEnvironment is small and leaves nothing behind: one cache.t3.micro, snapshots for a day, all of it destroyed with
// the stack.
func DevEnvironment() Environment {
	return Environment{
		Name:                   "dev",
		NodeType:               ptr("cache.t3.micro"),
		NumCacheNodes:          ptr(1.0),
		SnapshotRetentionLimit: ptr(1.0),
		RemovalPolicy:          "DESTROY",
		Tags:                   map[string]string{"Project": "SecureBase"},
	}
}

// ProdEnvironment survives a failed node or Availability Zone, and its own deletion: two cache.r6g.large, Multi-AZ,
// snapshots for a week and a final one, a key of its own, termination protection, a dashboard.
func ProdEnvironment() Environment {
	return Environment{
		Name:                   "prod",
		NodeType:               ptr("cache.r6g.large"),
		NumCacheNodes:          ptr(2.0),
		MultiAzEnabled:         ptr(true),
		CustomerManagedKey:     true,
		SnapshotRetentionLimit: ptr(7.0),
		SnapshotWindow:         ptr("03:00-05:00"),
		MaintenanceWindow:      ptr("sun:05:00-sun:07:00"),
		RemovalPolicy:          "SNAPSHOT",
		TerminationProtection:  true,
		Dashboard:              ptr(true),
		Tags:                   map[string]string{"Project": "SecureBase", "Tier": "Premium"},
	}
}

// StackId is the id of the environment's stack: "securebase-prod-redis".
func (e Environment) StackId() string { return e.prefix() + "-redis" }

// prefix of every physical name.
func (e Environment) prefix() string { return "securebase-" + e.Name }

func ptr[T any](v T) *T { return &v }

// authentication is the login of the cache.
func (e Environment) authentication() rediscache.Authentication {
	switch {
	case e.AuthTokenEnabled != nil && !*e.AuthTokenEnabled:
		return rediscache.Authentication_None()
	case e.AuthTokenSecretArn != "":
		token := awscdk.SecretValue_SecretsManager(&e.AuthTokenSecretArn, &awscdk.SecretsManagerSecretOptions{JsonField: ptr("auth_token")})
		return rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: e.StoreAuthToken})
	}
	return rediscache.Authentication_GeneratedToken(nil)
}
