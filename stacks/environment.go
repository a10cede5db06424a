// Package stacks deploys RedisCache and ServerlessCache: a stack for each environment that cdk.json names, such as dev and prod.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
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

	BaseEnvironment
	rediscache.RedisCacheProps
}

// DevEnvironment is small and leaves nothing behind: one cache.t3.micro, snapshots for a day, and all of it is destroyed
// with the stack. For cluster mode, set NumCacheNodes to nil.
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
		Name: "prod",
		BaseEnvironment: BaseEnvironment{
			CustomerManagedKey:    ptr.To(true),
			TerminationProtection: ptr.To(true),
		},
		RedisCacheProps: rediscache.RedisCacheProps{
			NodeType:               ptr.To("cache.r6g.large"), // NumCacheNodes is 2 by default
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
func (e Environment) StackId() string { return e.common().stackId() }

// check judges what only the stack knows; see common.check.
func (e Environment) check(r *check.Report) {
	c := e.common()
	c.check(r)
	needs(r, "subnetGroupName", e.SubnetGroupName != nil, "vpcId", !c.ownVpc()) // a group of another VPC than the stack's
}

func (e Environment) common() common {
	return common{
		BaseEnvironment:       e.BaseEnvironment,
		name:                  e.Name,
		longestNameSuffix:     stackIdSuffix,
		longestNameIs:         "a replication group id",
		cacheName:             e.RedisCacheProps.Name,
		givenVpc:              e.Vpc,
		encryptionKey:         e.EncryptionKey,
		notificationTopic:     e.NotificationTopic,
		allowedSecurityGroups: ptr.Value(e.AllowedSecurityGroups),
		alarmActions:          ptr.Value(e.AlarmActions),
		removalPolicy:         e.RemovalPolicy,
		logRetention:          e.LogRetention,
		tags:                  ptr.Value(e.Tags),
		oneNode:               e.ClusterMode == nil && ptr.Value(e.NumCacheNodes) == 1,
	}
}
