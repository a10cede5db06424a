package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ServerlessEnvironment is what a ServerlessCacheStack deploys: what only the stack knows, and the properties of its
// ServerlessCache. In cdk.json, an environment of kind "serverless" has the same settings by their json tags; see
// [EnvironmentsFromContext].
//
// The stack creates the VPC, the key and the topics that are left out, and adds AllowedSecurityGroups and AlarmActions to its
// own. It sets the Name itself, to "<project>-<name>". RemovalPolicy_RETAIN means RETAIN_ON_UPDATE_OR_DELETE, so that a first
// deployment that fails leaves nothing behind, and keeps the network too.
type ServerlessEnvironment struct {
	// Name of the environment, such as "prod". Required. With the project and "-serverless-app" it is the id of the user that
	// clients share, which has at most 40 characters: lower-case letters, digits and single hyphens.
	Name string `json:"-"`
	// FlowLogRetention is how long the flow log of the VPC is kept.
	//
	// Default: RetentionDays_ONE_MONTH.
	FlowLogRetention awslogs.RetentionDays `json:"-"`

	BaseEnvironment
	serverlesscache.ServerlessCacheProps
}

// DevServerlessEnvironment leaves nothing behind: snapshots for a day, and all of it is destroyed with the stack.
func DevServerlessEnvironment() ServerlessEnvironment {
	return ServerlessEnvironment{
		Name: "dev",
		ServerlessCacheProps: serverlesscache.ServerlessCacheProps{
			SnapshotRetentionLimit: ptr.To(1.0),
			RemovalPolicy:          awscdk.RemovalPolicy_DESTROY,
			Tags:                   ptr.Map(map[string]string{"Project": defaultProjectTag}),
		},
	}
}

// ProdServerlessEnvironment survives its own deletion: the cache stays, with its network; snapshots for a week, a key of its
// own and termination protection.
func ProdServerlessEnvironment() ServerlessEnvironment {
	return ServerlessEnvironment{
		Name: "prod",
		BaseEnvironment: BaseEnvironment{
			CustomerManagedKey:    ptr.To(true),
			TerminationProtection: ptr.To(true),
		},
		ServerlessCacheProps: serverlesscache.ServerlessCacheProps{
			SnapshotRetentionLimit: ptr.To(7.0),
			Tags:                   ptr.Map(map[string]string{"Project": defaultProjectTag, "Tier": "Premium"}),
		},
	}
}

// StackId is the id of the environment's stack, such as "securebase-prod-redis".
func (e ServerlessEnvironment) StackId() string { return e.common().stackId() }

func (e ServerlessEnvironment) check(r *check.Report) { e.common().check(r) }

func (e ServerlessEnvironment) common() common {
	return common{
		BaseEnvironment:       e.BaseEnvironment,
		name:                  e.Name,
		longestNameSuffix:     "-serverless-app",
		longestNameIs:         "a user id",
		cacheName:             e.ServerlessCacheProps.Name,
		givenVpc:              e.Vpc,
		encryptionKey:         e.EncryptionKey,
		allowedSecurityGroups: ptr.Value(e.AllowedSecurityGroups),
		alarmActions:          ptr.Value(e.AlarmActions),
		removalPolicy:         e.surroundingsRemovalPolicy(),
		logRetention:          e.FlowLogRetention,
		tags:                  ptr.Value(e.Tags),
	}
}

// surroundingsRemovalPolicy is the removal policy for the surroundings. A cache with a final snapshot is like a replication group with
// RemovalPolicy_SNAPSHOT, which CloudFormation does not have for a serverless cache.
func (e ServerlessEnvironment) surroundingsRemovalPolicy() awscdk.RemovalPolicy {
	destroyed := e.RemovalPolicy == awscdk.RemovalPolicy_DESTROY || e.RemovalPolicy == ""
	if e.FinalSnapshotName != nil && destroyed {
		return awscdk.RemovalPolicy_SNAPSHOT
	}
	return ptr.OrDefault(e.RemovalPolicy, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
}
