package rediscache

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// encryption is EncryptionKey.
type encryption struct {
	key         awskms.IKey
	arn         *string
	spec        string // empty: CDK's default, or not known of an imported key
	imported    bool
	alias       bool
	environment environment
}

func newEncryption(props *RedisCacheProps, n naming) encryption {
	if props.EncryptionKey == nil {
		return encryption{}
	}
	e := encryption{key: props.EncryptionKey, arn: props.EncryptionKey.KeyArn()}
	e.environment = n.environmentOf(*e.arn, e.key)
	switch child := e.key.Node().DefaultChild().(type) {
	case awskms.CfnKey:
		e.spec = ptr.Value(child.KeySpec())
	case awskms.CfnAlias:
		e.alias = true
	default:
		e.imported = true
		e.alias = strings.Contains(*e.arn, ":alias/")
	}
	return e
}

const symmetricKeySpec = "SYMMETRIC_DEFAULT"

// check: ElastiCache, Secrets Manager and CloudWatch Logs accept symmetric encryption keys only.
func (e encryption) check(r *check.Report, n naming) {
	if e.key == nil {
		return
	}
	if own := n.environment; differ(own.region, e.environment.region) {
		r.Add("EncryptionKey", nil, "is in %s and the cache in %s; use a key of the cache's region", e.environment, own)
	}
	if e.alias {
		r.Add("EncryptionKey", nil, "is a key alias, which cannot be used in a grant; pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)")
	}
	r.Text("EncryptionKey", e.spec).When(e.spec != "" && e.spec != symmetricKeySpec,
		"is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT")
}

func (e encryption) warn(w *warnings) {
	w.when(e.imported, "importedKey",
		"EncryptionKey is imported, so its policy is not changed here: unless its policy allows logs.<region>.amazonaws.com, creating the log groups fails")
}

// apply always sets encryption at rest: its default differs between Redis and Valkey.
func (e encryption) apply(g *awselasticache.CfnReplicationGroupProps) {
	g.AtRestEncryptionEnabled = true
	g.KmsKeyId = e.arn
}
