package stacks

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// acknowledgement is the reason why rules of cdk-nag's policy packs do not apply to a resource. Only what AWS cannot do,
// or what follows from the purpose of an environment, is acknowledged; everything else is fixed. A test fails for a
// finding without an acknowledgement and for an acknowledgement without a finding.
type acknowledgement struct {
	reason string
	rules  []string
}

func because(reason string, rules ...string) acknowledgement { return acknowledgement{reason, rules} }

// acknowledge writes the acknowledgements into the resource's metadata in the form that cdk-nag reads, so that users of
// this package do not build cdk-nag. A second call for the same resource would replace the first.
func acknowledge(resource awscdk.CfnResource, acknowledgements ...acknowledgement) {
	var rules []map[string]string
	for _, a := range acknowledgements {
		for _, rule := range a.rules {
			rules = append(rules, map[string]string{"id": rule, "reason": a.reason})
		}
	}
	if len(rules) > 0 {
		resource.AddMetadata(ptr.To("cdk_nag"), map[string]any{"rules_to_suppress": rules})
	}
}

// resourceOf is the resource of an L2 construct.
func resourceOf(construct constructs.IConstruct) awscdk.CfnResource {
	return construct.Node().DefaultChild().(awscdk.CfnResource)
}

// logsWithoutCMK is the acknowledgement for every log group.
func logsWithoutCMK() acknowledgement {
	return because("The environment is deleted with its stack and has no customer managed key. CloudWatch Logs encrypts the group "+
		"with an AWS owned key.",
		"HIPAA.Security-CloudWatchLogGroupEncrypted", "NIST.800.53.R5-CloudWatchLogGroupEncrypted", "PCI.DSS.321-CloudWatchLogGroupEncrypted")
}

// acknowledgeCache is for the resources inside the construct, which does not know what its environment is for.
func (s *redisCacheStack) acknowledgeCache(e Environment) {
	c := e.common()
	s.acknowledgeReplicationGroup(e, c)
	if generated := s.cache.AuthTokenSecret(); generated != nil {
		unrotated := "tokenRotationDays rotates the token, which takes three functions. Without it, an operator rotates the token with " +
			"ElastiCache's ROTATE and SET, between which the old and the new token are both valid."
		if s.rotates() {
			unrotated = ""
		}
		acknowledgeSecret(resourceOf(generated), c, unrotated)
	}
	if connection := s.cache.ConnectionSecret(); connection != nil {
		acknowledgeSecret(resourceOf(connection), c, "The secret is a copy of the AUTH token in another secret, whose rotation "+
			"updates both. Rotating the copy by itself would lock clients out.")
	}
	if c.withoutCMK() {
		acknowledge(resourceOf(s.cache.SlowLogGroup()), logsWithoutCMK())
		if engineLog := s.cache.EngineLogGroup(); engineLog != nil {
			acknowledge(resourceOf(engineLog), logsWithoutCMK())
		}
	}
}

// rotates reports whether the generated token is rotated.
func (s *redisCacheStack) rotates() bool {
	return slices.ContainsFunc(*s.cache.Node().Children(), func(child constructs.IConstruct) bool {
		_, is := child.(awssecretsmanager.CfnRotationSchedule)
		return is
	})
}

func (s *redisCacheStack) acknowledgeReplicationGroup(e Environment, c common) {
	var all []acknowledgement
	if s.cache.UserGroup() != nil {
		all = append(all, because("Clients log in with IAM, as users of a group without an open default user. The rule knows the AUTH "+
			"token only.",
			"AwsSolutions-AEC6"))
	}
	if ptr.Or(e.Port, redisPort) == redisPort {
		all = append(all, because("Clients expect Redis on port 6379, and another port hides nothing: only the named client security "+
			"groups reach it, in subnets that are never public, over TLS.",
			"AwsSolutions-AEC5"))
	}
	if c.ephemeral() && c.oneNode {
		all = append(all, because("The environment is deleted with its stack and has one node to save costs. A failure loses a "+
			"cache that fills itself again.",
			"AwsSolutions-AEC4"))
	}
	if days := ptr.Value(e.SnapshotRetentionLimit); days > 0 && days < auditedSnapshotDays {
		all = append(all, because("A cache fills itself again from the database behind it. A snapshot only shortens that, and its "+
			"entries expire after a few days. snapshotRetentionLimit accepts up to 35 days.",
			"HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup", "NIST.800.53.R5-ElastiCacheRedisClusterAutomaticBackup"))
	}
	acknowledge(s.cache.ReplicationGroup(), all...)
}

const (
	redisPort           = 6379
	auditedSnapshotDays = 15 // the least that the packs accept
)

// acknowledgeSecret takes the reason why the secret is not rotated; empty for one that is.
func acknowledgeSecret(secret awscdk.CfnResource, c common, unrotated string) {
	var all []acknowledgement
	if unrotated != "" {
		all = append(all, because(unrotated,
			"AwsSolutions-SMG4", "HIPAA.Security-SecretsManagerRotationEnabled", "NIST.800.53.R5-SecretsManagerRotationEnabled"))
	}
	if c.withoutCMK() {
		all = append(all, because("The environment is deleted with its stack and has no customer managed key. The secret is encrypted "+
			"with the AWS managed key aws/secretsmanager.",
			"HIPAA.Security-SecretsManagerUsingKMSKey", "NIST.800.53.R5-SecretsManagerUsingKMSKey",
			"PCI.DSS.321-SecretsManagerUsingKMSKey"))
	}
	acknowledge(secret, all...)
}
