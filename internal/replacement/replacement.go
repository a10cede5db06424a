// Package replacement is the table of what makes CloudFormation replace a resource, and of what is lost with it. The tests
// of the constructs and the operator's tool both read it. It imports the standard library only.
//
// The create-only and conditional properties are those of the CloudFormation registry schemas (us-east-1), as cfn-lint
// 1.58.0 has them. `cdk diff` without a change set has older data: it says that Engine and ReplicasPerNodeGroup of a
// replication group replace it, which they no longer do.
package replacement

import (
	"maps"
	"slices"
)

// The types that have rules of their own beside the table.
const (
	ReplicationGroup = "AWS::ElastiCache::ReplicationGroup"
	ServerlessCache  = "AWS::ElastiCache::ServerlessCache"
	ParameterGroup   = "AWS::ElastiCache::ParameterGroup"
	SubnetGroup      = "AWS::ElastiCache::SubnetGroup"
	User             = "AWS::ElastiCache::User"
	UserGroup        = "AWS::ElastiCache::UserGroup"
	Secret           = "AWS::SecretsManager::Secret"
	Key              = "AWS::KMS::Key"
	LogGroup         = "AWS::Logs::LogGroup"
)

// Type is what is known of a resource type.
type Type struct {
	// CreateOnly are the properties whose change replaces the resource, sorted.
	CreateOnly []string
	// Conditional are the properties whose change may replace the resource; the schema does not say when.
	Conditional []string
	// PhysicalName is the property that names the resource, where a template may set it. Two resources cannot have one name
	// at a time, so a named resource cannot be replaced while it keeps its name.
	PhysicalName string
	// RefersByName reports that Ref returns the value of PhysicalName.
	RefersByName bool
	// Loses is what is lost with the resource, such as "its data"; empty where nothing is, because CloudFormation makes an
	// equal one.
	Loses string
}

// Stateful reports whether something is lost with the resource.
func (t Type) Stateful() bool { return t.Loses != "" }

// Find returns the type of this name, such as "AWS::ElastiCache::ReplicationGroup". A type that is not in the table has no
// create-only properties and is not stateful.
func Find(name string) (Type, bool) {
	t, ok := types[name]
	return t, ok
}

// Names returns the names of all types in the table, sorted.
func Names() []string { return slices.Sorted(maps.Keys(types)) }

// types: a further type is a further entry.
var types = map[string]Type{
	ReplicationGroup: {
		CreateOnly: []string{
			"AtRestEncryptionEnabled", "CacheSubnetGroupName", "DataTieringEnabled", "GlobalReplicationGroupId", "KmsKeyId",
			"NetworkType", "Port", "PreferredCacheClusterAZs", "ReplicationGroupId", "SnapshotArns", "SnapshotName",
		},
		Conditional:  []string{"AuthToken", "NodeGroupConfiguration"},
		PhysicalName: "ReplicationGroupId",
		RefersByName: true,
		Loses:        "its data",
	},
	ServerlessCache: {
		CreateOnly: []string{
			"ConnectionType", "KmsKeyId", "NetworkType", "ServerlessCacheName", "SnapshotArnsToRestore", "SubnetIds",
		},
		PhysicalName: "ServerlessCacheName",
		RefersByName: true,
		Loses:        "its data",
	},
	ParameterGroup: {CreateOnly: []string{"CacheParameterGroupFamily"}},
	SubnetGroup: {
		CreateOnly:   []string{"CacheSubnetGroupName"},
		PhysicalName: "CacheSubnetGroupName",
		RefersByName: true,
	},
	// Ref of a user is its UserName, which is not its identifier.
	User:      {CreateOnly: []string{"UserId", "UserName"}, PhysicalName: "UserId", Loses: "its logins"},
	UserGroup: {CreateOnly: []string{"UserGroupId"}, PhysicalName: "UserGroupId", RefersByName: true, Loses: "its logins"},
	Secret:    {CreateOnly: []string{"Name"}, PhysicalName: "Name", Loses: "its value"},
	// KMS refuses an update of what it cannot change, such as KeySpec, instead of replacing the key.
	Key:                                     {Loses: "everything that is encrypted with it"},
	LogGroup:                                {CreateOnly: []string{"LogGroupName"}, PhysicalName: "LogGroupName", RefersByName: true, Loses: "its log events"},
	"AWS::EC2::SecurityGroup":               {CreateOnly: []string{"GroupDescription", "GroupName", "VpcId"}, PhysicalName: "GroupName"},
	"AWS::CloudWatch::Alarm":                {CreateOnly: []string{"AlarmName"}, PhysicalName: "AlarmName", RefersByName: true},
	"AWS::CloudWatch::Dashboard":            {CreateOnly: []string{"DashboardName"}, PhysicalName: "DashboardName", RefersByName: true},
	"AWS::EC2::Subnet":                      {CreateOnly: subnetCreateOnly},
	"AWS::EC2::VPC":                         {CreateOnly: []string{"CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength"}},
	"AWS::SNS::Topic":                       {CreateOnly: []string{"FifoTopic", "TopicName"}, PhysicalName: "TopicName"},
	"AWS::Lambda::Function":                 {CreateOnly: []string{"FunctionName", "PackageType"}, PhysicalName: "FunctionName", RefersByName: true},
	"AWS::IAM::Role":                        {CreateOnly: []string{"Path", "RoleName"}, PhysicalName: "RoleName", RefersByName: true},
	"AWS::SecretsManager::RotationSchedule": {CreateOnly: []string{"SecretId"}},
}

// Of what replaces a subnet, a property that CDK sets is enough: a serverless cache is replaced with its subnets.
var subnetCreateOnly = []string{"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcId"}
