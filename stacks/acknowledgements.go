package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
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

// ephemeral reports whether nothing outlives the stack, so that an environment needs nothing to protect it. In any other
// environment the same settings are findings.
func (e Environment) ephemeral() bool { return e.RemovalPolicy == awscdk.RemovalPolicy_DESTROY }

// withoutCMK reports whether the environment is ephemeral and has no key of its own.
func (e Environment) withoutCMK() bool {
	return e.ephemeral() && !ptr.Value(e.CustomerManagedKey) && e.EncryptionKey == nil
}

// logsWithoutCMK is the acknowledgement for every log group.
func logsWithoutCMK() acknowledgement {
	return because("The environment is destroyed with its stack and has no customer-managed key; CloudWatch Logs encrypts the group "+
		"with a key that AWS owns.",
		"HIPAA.Security-CloudWatchLogGroupEncrypted", "NIST.800.53.R5-CloudWatchLogGroupEncrypted", "PCI.DSS.321-CloudWatchLogGroupEncrypted")
}

// acknowledgeCache is for the resources inside the construct, which does not know what its environment is for.
func (s *redisCacheStack) acknowledgeCache(e Environment) {
	acknowledgeReplicationGroup(s.cache.ReplicationGroup(), e)
	if generated := s.cache.AuthTokenSecret(); generated != nil {
		acknowledgeSecret(resourceOf(generated), e, "AWS has no rotation function for an AUTH token. It is rotated with ElastiCache's "+
			"ROTATE and SET, between which the old and the new token are both valid, so that clients change over without an outage.")
	}
	if connection := s.cache.ConnectionSecret(); connection != nil {
		acknowledgeSecret(resourceOf(connection), e, "The secret is a copy of the AUTH token that is generated in another one, and "+
			"the rotation of that writes both; rotated by itself it would lock clients out.")
	}
	if e.withoutCMK() {
		acknowledge(resourceOf(s.cache.SlowLogGroup()), logsWithoutCMK())
		if engineLog := s.cache.EngineLogGroup(); engineLog != nil {
			acknowledge(resourceOf(engineLog), logsWithoutCMK())
		}
	}
}

func acknowledgeReplicationGroup(group awscdk.CfnResource, e Environment) {
	var all []acknowledgement
	if ptr.Or(e.Port, redisPort) == redisPort {
		all = append(all, because("Clients expect Redis on 6379, and another port hides nothing: only the named client security "+
			"groups reach it, in subnets that are never public, over TLS.",
			"AwsSolutions-AEC5"))
	}
	if e.ephemeral() && e.oneNode() {
		all = append(all, because("The environment is destroyed with its stack and has one node to be cheap; a failure loses a "+
			"cache that fills itself again.",
			"AwsSolutions-AEC4"))
	}
	if days := ptr.Value(e.SnapshotRetentionLimit); days > 0 && days < auditedSnapshotDays {
		all = append(all, because("A cache fills itself again from the database behind it; a snapshot only shortens that, and after a "+
			"few days its entries have expired. snapshotRetentionLimit takes up to 35 days.",
			"HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup", "NIST.800.53.R5-ElastiCacheRedisClusterAutomaticBackup"))
	}
	acknowledge(group, all...)
}

const (
	redisPort           = 6379
	auditedSnapshotDays = 15 // the least that the packs accept
)

func acknowledgeSecret(secret awscdk.CfnResource, e Environment, unrotated string) {
	all := []acknowledgement{because(unrotated,
		"AwsSolutions-SMG4", "HIPAA.Security-SecretsManagerRotationEnabled", "NIST.800.53.R5-SecretsManagerRotationEnabled")}
	if e.withoutCMK() {
		all = append(all, because("The environment is destroyed with its stack and has no customer-managed key; the secret is encrypted "+
			"with the account's own aws/secretsmanager key.",
			"HIPAA.Security-SecretsManagerUsingKMSKey", "NIST.800.53.R5-SecretsManagerUsingKMSKey",
			"PCI.DSS.321-SecretsManagerUsingKMSKey"))
	}
	acknowledge(secret, all...)
}
