package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/kmskey"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// encryption is EncryptionKey.
type encryption struct{ kmskey.Key }

func newEncryption(props *RedisCacheProps, n naming) encryption {
	return encryption{kmskey.Of(props.EncryptionKey, n.stack, n.environment)}
}

func (e encryption) check(r *check.Report, n naming) { e.Check(r, n.environment) }

func (e encryption) warn(w warning.Target) {
	w.WarnIf(e.Imported, "importedKey",
		"EncryptionKey is imported, so its policy is not changed here: "+
			"unless its policy allows logs.<region>.amazonaws.com, creating the log groups fails")
}

// apply always sets encryption at rest: its default differs between Redis and Valkey.
func (e encryption) apply(g *awselasticache.CfnReplicationGroupProps) {
	g.AtRestEncryptionEnabled = true
	g.KmsKeyId = e.Arn
}
