package rediscache

import (
	"testing"

	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/kmskey"
)

func TestEncryptionKeyRules(t *testing.T) {
	key := func(name string, key kmskey.Key, want ...string) ruleCase {
		key.Key = fakeKey{}
		return ruleCase{name: name, settings: func(s *settings) { s.encryption = encryption{key} }, want: want}
	}
	spec := " is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT"
	runRules(t, []ruleCase{
		key("a symmetric key is accepted", kmskey.Key{Spec: "SYMMETRIC_DEFAULT"}),
		key("a key of an unknown spec is accepted", kmskey.Key{Imported: true}),
		key("an RSA key is refused", kmskey.Key{Spec: "RSA_2048"}, `EncryptionKey: "RSA_2048"`+spec),
		key("an HMAC key is refused", kmskey.Key{Spec: "HMAC_256"}, `EncryptionKey: "HMAC_256"`+spec),
		key("an alias is refused", kmskey.Key{Alias: true}, "EncryptionKey: is a key alias, which cannot be used in a grant; "+
			"pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)"),
		key("a key of the region is accepted", kmskey.Key{
			Environment: environment.Environment{Account: "123456789012", Region: "eu-central-1"},
		}),
	})
}
