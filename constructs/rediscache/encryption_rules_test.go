package rediscache

import "testing"

func TestEncryptionKeyRules(t *testing.T) {
	key := func(name string, e encryption, want ...string) ruleCase {
		e.key = fakeKey{}
		return ruleCase{name: name, settings: func(s *settings) { s.encryption = e }, want: want}
	}
	spec := " is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT"
	runRules(t, []ruleCase{
		key("a symmetric key is accepted", encryption{spec: "SYMMETRIC_DEFAULT"}),
		key("a key of an unknown spec is accepted", encryption{imported: true}),
		key("an RSA key is refused", encryption{spec: "RSA_2048"}, `EncryptionKey: "RSA_2048"`+spec),
		key("an HMAC key is refused", encryption{spec: "HMAC_256"}, `EncryptionKey: "HMAC_256"`+spec),
		key("an alias is refused", encryption{alias: true}, "EncryptionKey: is a key alias, which cannot be used in a grant; "+
			"pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)"),
		key("a key of the region is accepted", encryption{environment: environment{"123456789012", "eu-central-1"}}),
	})
}
