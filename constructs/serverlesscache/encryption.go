package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/kmskey"
)

// encryption is EncryptionKey. A serverless cache is always encrypted at rest.
type encryption struct{ kmskey.Key }

func newEncryption(props *ServerlessCacheProps, n naming) encryption {
	return encryption{kmskey.Of(props.EncryptionKey, n.stack, n.environment)}
}

func (e encryption) check(r *check.Report, n naming) { e.Check(r, n.environment) }

func (e encryption) apply(p *awselasticache.CfnServerlessCacheProps) {
	if e.Arn != nil {
		p.KmsKeyId = e.Arn
	}
}
