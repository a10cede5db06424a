// Package kmskey judges the KMS key that encrypts a cache.
package kmskey

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Key is EncryptionKey, and what the rules need to know about it. The zero value is no key.
type Key struct {
	Key awskms.IKey
	Arn *string
	// Spec is empty for CDK's default, and where it is not known because the key is imported.
	Spec     string
	Imported bool
	Alias    bool
	// Environment of the key.
	Environment environment.Environment
}

// Of reads a key, which may be nil, for a cache in the stack and its environment.
func Of(key awskms.IKey, stack awscdk.Stack, own environment.Environment) Key {
	if key == nil {
		return Key{}
	}
	k := Key{Key: key, Arn: key.KeyArn()}
	k.Environment = environment.OfResource(*k.Arn, key, stack, own)
	switch child := key.Node().DefaultChild().(type) {
	case awskms.CfnKey:
		k.Spec = ptr.Value(child.KeySpec())
	case awskms.CfnAlias:
		k.Alias = true
	default:
		k.Imported = true
		k.Alias = strings.Contains(*k.Arn, ":alias/")
	}
	return k
}

const symmetricKeySpec = "SYMMETRIC_DEFAULT"

// Check wants what ElastiCache, Secrets Manager and CloudWatch Logs accept: a symmetric encryption key of the same region.
func (k Key) Check(r *check.Report, own environment.Environment) {
	if k.Key == nil {
		return
	}
	if environment.Differ(own.Region, k.Environment.Region) {
		r.Add("EncryptionKey", nil, "is in %s and the cache in %s; use a key of the cache's region", k.Environment, own)
	}
	if k.Alias {
		r.Add("EncryptionKey", nil, "is a key alias, which cannot be used in a grant; pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)")
	}
	r.Text("EncryptionKey", k.Spec).When(k.Spec != "" && k.Spec != symmetricKeySpec,
		"is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT")
}
