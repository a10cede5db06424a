// Package stacks deploys RedisCache: a stack for each environment that cdk.json names, such as dev and prod.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Environment is what a RedisCacheStack deploys: what only the stack knows, and the properties of its RedisCache. In
// cdk.json, an environment has the same settings by their json tags; see [EnvironmentsFromContext].
//
// The stack creates the VPC, the key and the topics that RedisCacheProps leaves out, and adds AllowedSecurityGroups and
// AlarmActions to its own. It sets the Name itself, to "<project>-<name>". RemovalPolicy_RETAIN means
// RETAIN_ON_UPDATE_OR_DELETE, so that a first deployment that fails leaves nothing behind, and keeps the network too.
type Environment struct {
	// Name of the environment, such as "prod". Required. With the project and "-redis" it is the id of the replication
	// group, which has at most 40 characters: lower-case letters, digits and single hyphens.
	Name string `json:"-"`
	// Project is the first part of every name: the environment "prod" of "securebase" has the stack
	// securebase-prod-redis. Lower-case letters, digits and single hyphens, starting with a letter. DevEnvironment and
	// ProdEnvironment also tag every resource with a Project.
	//
	// Default: "securebase".
	Project *string `json:"-"`

	// Account is the AWS account to deploy to, 12 digits, with Region.
	//
	// Default: the account of the CLI's credentials, with a warning under termination protection.
	Account *string `json:"account"`
	// Region is the AWS region to deploy to, with Account.
	//
	// Default: the region of the CLI's credentials.
	Region *string `json:"region"`

	// VpcId is the id of an existing VPC, with AvailabilityZones and SubnetIds.
	//
	// Default: the stack creates a VPC with isolated subnets in two Availability Zones and no NAT.
	VpcId *string `json:"vpcId"`
	// AvailabilityZones of SubnetIds, in their order; as many as SubnetIds, or a part of it that repeats.
	AvailabilityZones *[]*string `json:"availabilityZones"`
	// SubnetIds of isolated or private subnets of the VPC.
	SubnetIds *[]*string `json:"subnetIds"`
	// VpcCidr is the range of the VPC that the stack creates, /16 to /24. Give each environment its own to peer them.
	//
	// Default: "10.0.0.0/16".
	VpcCidr *string `json:"vpcCidr"`
	// SecretsManagerEndpoint creates an interface endpoint in the VPC of the stack, without which a function there cannot
	// read the connection secret.
	//
	// Default: true where there is a token to read.
	SecretsManagerEndpoint *bool `json:"secretsManagerEndpoint"`
	// AllowedSecurityGroupIds may connect to the cache, in addition to the client security group that the stack creates.
	//
	// Default: none.
	AllowedSecurityGroupIds *[]*string `json:"allowedSecurityGroupIds"`

	// AlarmEmail is an address that is subscribed to the topics that the stack creates: alarms and events.
	//
	// Default: none.
	AlarmEmail *string `json:"alarmEmail"`
	// AlarmTopicArn of an existing SNS topic for alarms.
	//
	// Default: the stack creates one.
	AlarmTopicArn *string `json:"alarmTopicArn"`
	// NotificationTopicArn of an existing, unencrypted SNS topic for ElastiCache's events.
	//
	// Default: the stack creates one.
	NotificationTopicArn *string `json:"notificationTopicArn"`

	// CustomerManagedKey creates a KMS key with rotation, which outlives the stack because the final snapshot is encrypted
	// with it. Changing it replaces the replication group.
	//
	// Default: false, AWS owned and AWS managed keys.
	CustomerManagedKey *bool `json:"customerManagedKey"`
	// TerminationProtection of the stack.
	//
	// Default: false.
	TerminationProtection *bool `json:"terminationProtection"`

	rediscache.RedisCacheProps
}

// defaultProject is the prefix without "project" in the context, and defaultProjectTag its tag.
const (
	defaultProject    = "securebase"
	defaultProjectTag = "SecureBase"
)

// DevEnvironment is small and leaves nothing behind: one cache.t3.micro, snapshots for a day, and all of it is destroyed
// with the stack.
func DevEnvironment() Environment {
	return Environment{
		Name: "dev",
		RedisCacheProps: rediscache.RedisCacheProps{
			NodeType:               ptr.To("cache.t3.micro"),
			NumCacheNodes:          ptr.To(1.0),
			SnapshotRetentionLimit: ptr.To(1.0),
			MaintenanceWindow:      ptr.To("thu:05:00-thu:07:00"), // some days before prod, to see what a patch does
			RemovalPolicy:          awscdk.RemovalPolicy_DESTROY,
			Tags:                   ptr.Map(map[string]string{"Project": defaultProjectTag}),
		},
	}
}

// ProdEnvironment survives a failed node or Availability Zone, and its own deletion: two cache.r6g.large, Multi-AZ,
// snapshots for a week and a final one, a key of its own, termination protection and a dashboard.
func ProdEnvironment() Environment {
	return Environment{
		Name:                  "prod",
		CustomerManagedKey:    ptr.To(true),
		TerminationProtection: ptr.To(true),
		RedisCacheProps: rediscache.RedisCacheProps{
			NodeType:               ptr.To("cache.r6g.large"),
			NumCacheNodes:          ptr.To(2.0),
			MultiAzEnabled:         ptr.To(true),
			SnapshotRetentionLimit: ptr.To(7.0),
			SnapshotWindow:         ptr.To("03:00-05:00"),
			MaintenanceWindow:      ptr.To("sun:05:00-sun:07:00"),
			RemovalPolicy:          awscdk.RemovalPolicy_SNAPSHOT,
			Dashboard:              ptr.To(true),
			Tags:                   ptr.Map(map[string]string{"Project": defaultProjectTag, "Tier": "Premium"}),
		},
	}
}

// StackId is the id of the environment's stack, such as "securebase-prod-redis".
func (e Environment) StackId() string { return e.prefix() + groupIdSuffix }

// groupIdSuffix follows the name of a cache in the id of its replication group.
const groupIdSuffix = "-redis"

// prefix of every physical name.
func (e Environment) prefix() string { return ptr.Or(e.Project, defaultProject) + "-" + e.Name }

// setProject sets the project, and its tag where the environment has one.
func (e *Environment) setProject(project string) {
	if project == defaultProject {
		return
	}
	e.Project = &project
	(*e.Tags)["Project"] = &project
}
