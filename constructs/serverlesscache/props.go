package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// ServerlessCacheProps are the properties of a ServerlessCache. Only Vpc is required.
//
// A property that cannot be deployed is reported at synth as a *[rediscache.ValidationError], all of them at once. An
// unresolved CloudFormation token is accepted wherever its value is not needed at synth, and is never judged or changed.
type ServerlessCacheProps struct {
	// Name is the prefix of every physical name: "securebase-prod" names the cache securebase-prod-serverless, its alarms
	// securebase-prod-serverless-evictions and so on. 1 to 25 lower-case letters, digits and single hyphens, starting with a
	// letter. Changing it replaces the cache.
	//
	// Default: the name of the cache is made from the address of the construct; CloudFormation generates the others.
	Name *string `field:"optional" json:"name" yaml:"name"`

	// ServerlessCacheName is the name of the cache, for adopting one that is not called <Name>-serverless. 1 to 40
	// lower-case letters, digits and single hyphens, starting with a letter. Changing it replaces the cache.
	//
	// Default: "<Name>-serverless".
	ServerlessCacheName *string `field:"optional" json:"serverlessCacheName" yaml:"serverlessCacheName"`

	// Description of the cache, up to 255 characters, without < and >.
	//
	// Default: "Serverless query cache", followed by the Name.
	Description *string `field:"optional" json:"description" yaml:"description"`

	// Vpc is the VPC of the cache. Required.
	Vpc awsec2.IVpc `field:"required" json:"vpc" yaml:"vpc"`

	// VpcSubnets selects 2 or 3 subnets in different Availability Zones. Public subnets are refused. Changing them replaces
	// the cache.
	//
	// Default: the isolated subnets of the Vpc, else its private ones; the first 3 of them.
	VpcSubnets *awsec2.SubnetSelection `field:"optional" json:"vpcSubnets" yaml:"vpcSubnets"`

	// AllowedSecurityGroups may connect to the cache on ports 6379 and 6380. Ingress is by security group only, never by
	// CIDR.
	//
	// Default: none; ConnectFunction, ConnectClient and Connections() add their own.
	AllowedSecurityGroups *[]awsec2.ISecurityGroup `field:"optional" json:"allowedSecurityGroups" yaml:"allowedSecurityGroups"`

	// SecurityGroups are existing security groups for the cache, at least one.
	//
	// Default: a new one without egress.
	SecurityGroups *[]awsec2.ISecurityGroup `field:"optional" json:"securityGroups" yaml:"securityGroups"`

	// Engine is "valkey" or "redis". ElastiCache upgrades a cache from Redis to Valkey in place, and has been seen to refuse
	// the way back. Redis costs more, and is billed for 1 GB at least.
	//
	// Default: "valkey".
	Engine *string `field:"optional" json:"engine" yaml:"engine"`

	// MajorEngineVersion is the major version of the engine, such as "8". ElastiCache installs minor versions by itself,
	// and upgrades to a newer major one in place.
	//
	// Default: "8" for Valkey, "7" for Redis.
	MajorEngineVersion *string `field:"optional" json:"majorEngineVersion" yaml:"majorEngineVersion"`

	// CacheUsageLimits bound what the cache uses, and so what it costs. Without a maximum for both there is a warning.
	//
	// Default: no limits.
	CacheUsageLimits *CacheUsageLimitsOptions `field:"optional" json:"cacheUsageLimits" yaml:"cacheUsageLimits"`

	// Authentication is how clients log in. Changing it for a deployed cache changes who can log in, at once.
	//
	// Default: Authentication_Iam(nil).
	Authentication Authentication `field:"optional" json:"authentication" yaml:"authentication"`

	// EncryptionKey encrypts the data at rest, the snapshots and the secrets of users with a password. It has to be a
	// symmetric encryption key. Changing it replaces the cache.
	//
	// Default: an AWS owned key; for the secrets, the AWS managed key aws/secretsmanager.
	EncryptionKey awskms.IKey `field:"optional" json:"encryptionKey" yaml:"encryptionKey"`

	// SnapshotRetentionLimit is the number of daily snapshots to keep, 0 (off) to 35. Snapshots are billed by the GB. 0 probably
	// does not switch off those of a deployed cache: modify-serverless-cache of the AWS CLI does.
	//
	// Default: 7.
	SnapshotRetentionLimit *float64 `field:"optional" json:"snapshotRetentionLimit" yaml:"snapshotRetentionLimit"`

	// DailySnapshotTime is the time of the daily snapshot, in UTC: "hh:mm". Not with SnapshotRetentionLimit 0.
	//
	// Default: "03:00".
	DailySnapshotTime *string `field:"optional" json:"dailySnapshotTime" yaml:"dailySnapshotTime"`

	// SnapshotArnsToRestore restores a new cache from ElastiCache snapshots, or from RDB files in S3. Changing or removing
	// them later replaces the cache.
	//
	// Default: the cache starts empty.
	SnapshotArnsToRestore *[]*string `field:"optional" json:"snapshotArnsToRestore" yaml:"snapshotArnsToRestore"`

	// FinalSnapshotName is the name of a snapshot that is taken before the cache is deleted: up to 255 lower-case letters,
	// digits and single hyphens. The deletion fails if a snapshot has this name already.
	//
	// Default: none.
	FinalSnapshotName *string `field:"optional" json:"finalSnapshotName" yaml:"finalSnapshotName"`

	// RemovalPolicy of the cache. RETAIN and RETAIN_ON_UPDATE_OR_DELETE keep the cache and everything that it needs to go on
	// working: its users, secrets and security group. SNAPSHOT, which CloudFormation does not have for this resource, is
	// refused.
	//
	// Default: RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE; with FinalSnapshotName, RemovalPolicy_DESTROY.
	RemovalPolicy awscdk.RemovalPolicy `field:"optional" json:"removalPolicy" yaml:"removalPolicy"`

	// AlarmActions run when an alarm fires and when it returns to OK, at most 5.
	//
	// Default: none, with a warning.
	AlarmActions *[]awscloudwatch.IAlarmAction `field:"optional" json:"alarmActions" yaml:"alarmActions"`

	// Alarms changes single alarms, or switches them off.
	//
	// Default: every alarm of [AlarmOptions].
	Alarms *AlarmOptions `field:"optional" json:"alarms" yaml:"alarms"`

	// Tags to apply to every taggable resource: at most 50, keys of 1 to 128 and values of up to 256 characters, keys
	// not starting with "aws:".
	//
	// Default: none.
	Tags *map[string]*string `field:"optional" json:"tags" yaml:"tags"`
}
