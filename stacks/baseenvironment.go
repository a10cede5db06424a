package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// BaseEnvironment is what both kinds of environment have: where a stack is deployed, and what it puts around its cache.
type BaseEnvironment struct {
	// Project is the first part of every name: the environment "prod" of "securebase" has the stack
	// securebase-prod-redis. Lower-case letters, digits and single hyphens, starting with a letter. DevEnvironment,
	// ProdEnvironment, DevServerlessEnvironment and ProdServerlessEnvironment also tag every resource with a Project.
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
	// AvailabilityZones are the zones of SubnetIds, in the same order; a shorter list repeats. Required with VpcId.
	//
	// Default: none.
	AvailabilityZones *[]*string `json:"availabilityZones"`
	// SubnetIds are isolated or private subnets of the VPC. Required with VpcId.
	//
	// Default: none.
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
	// NotificationTopicArn of an existing SNS topic for ElastiCache's events: unencrypted for a replication group. For a
	// serverless cache, its policy has to allow events.amazonaws.com to publish.
	//
	// Default: the stack creates one.
	NotificationTopicArn *string `json:"notificationTopicArn"`

	// CustomerManagedKey creates a KMS key with rotation, which outlives the stack because snapshots are encrypted with
	// it. Changing it replaces the cache.
	//
	// Default: false, AWS owned and AWS managed keys.
	CustomerManagedKey *bool `json:"customerManagedKey"`
	// TerminationProtection of the stack.
	//
	// Default: false.
	TerminationProtection *bool `json:"terminationProtection"`
}

// defaultProject is the prefix without "project" in the context, and defaultProjectTag its tag.
const (
	defaultProject    = "securebase"
	defaultProjectTag = "SecureBase"
)

// setProject sets the project, and its tag among those of the environment.
func (e *BaseEnvironment) setProject(project string, tags map[string]*string) {
	if project == defaultProject {
		return
	}
	e.Project = &project
	tags["Project"] = &project
}

// common is what the surroundings of a cache depend on: a BaseEnvironment, and the properties that both kinds of cache have.
type common struct {
	BaseEnvironment
	name                  string  // of the environment
	longestNameSuffix     string  // makes the prefix the longest name, which has at most 40 characters
	longestNameIs         string  // such as "a user id"
	cacheName             *string // Name of the cache's properties, which the stack sets
	givenVpc              awsec2.IVpc
	encryptionKey         awskms.IKey
	notificationTopic     awssns.ITopic
	allowedSecurityGroups []awsec2.ISecurityGroup
	alarmActions          []awscloudwatch.IAlarmAction
	removalPolicy         awscdk.RemovalPolicy
	logRetention          awslogs.RetentionDays
	tags                  map[string]*string
	oneNode               bool // the cache is in one Availability Zone
}

// stackIdSuffix follows the prefix in the id of a stack, and in the id of a replication group.
const stackIdSuffix = "-redis"

func (c common) stackId() string { return c.prefix() + stackIdSuffix }

// prefix of every physical name.
func (c common) prefix() string { return ptr.Or(c.Project, defaultProject) + "-" + c.name }

// ephemeral reports whether nothing outlives the stack, so that an environment needs no protection. In any other
// environment the same settings are findings.
func (c common) ephemeral() bool { return c.removalPolicy == awscdk.RemovalPolicy_DESTROY }

// withoutCMK reports whether the environment is ephemeral and has no key of its own.
func (c common) withoutCMK() bool {
	return c.ephemeral() && !ptr.Value(c.CustomerManagedKey) && c.encryptionKey == nil
}
