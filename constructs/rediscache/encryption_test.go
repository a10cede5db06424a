package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestKeyEncryptsEverythingAndAllowsTheLogs(t *testing.T) {
	f := newFixture()
	key := awskms.NewKey(f.stack, jsii.String("Key"), nil)
	f.cache(func(p *props) { p.Name, p.EncryptionKey = jsii.String("securebase-prod"), key })
	tpl := synthesize(t, f.stack)

	arn := tpl.getAtt(t, "Key", "Arn")
	assert.Equal(t, arn, tpl.one(t, replicationGroup).Properties["KmsKeyId"])
	for _, resourceType := range []string{secret, logGroup} {
		assert.Len(t, tpl.allOf(resourceType), 2)
		for id, r := range tpl.allOf(resourceType) {
			assert.Equal(t, arn, r.Properties["KmsKeyId"], id)
		}
	}
	logs := "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/elasticache/securebase-prod/redis/*"
	assert.Contains(t, tpl.one(t, "AWS::KMS::Key").Properties["KeyPolicy"].(object)["Statement"], object{
		"Effect":    "Allow",
		"Principal": object{"Service": join("logs.", object{"Ref": "AWS::Region"}, ".amazonaws.com")},
		"Action":    list{"kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		"Resource":  "*",
		"Condition": object{"ArnLike": object{"kms:EncryptionContext:aws:logs:arn": object{"Fn::Sub": logs}}},
	})
}

func TestKeyThatCannotEncryptIsRefused(t *testing.T) {
	f := newFixture()
	rsa := awskms.NewKey(f.stack, jsii.String("Rsa"), &awskms.KeyProps{
		KeySpec: awskms.KeySpec_RSA_2048, KeyUsage: awskms.KeyUsage_ENCRYPT_DECRYPT,
	})
	alias := "is a key alias, which cannot be used in a grant; pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)"
	for name, test := range map[string]struct {
		key  awskms.IKey
		want rediscache.Problem
	}{
		"an asymmetric key": {rsa, rediscache.Problem{Property: "EncryptionKey", Value: `"RSA_2048"`,
			Message: "is the spec of a key that cannot encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT"}},
		"an imported alias": {awskms.Alias_FromAliasName(f.stack, jsii.String("Imported"), jsii.String("alias/cache")),
			rediscache.Problem{Property: "EncryptionKey", Message: alias}},
		"an alias of this app": {awskms.NewKey(f.stack, jsii.String("Key"), nil).AddAlias(jsii.String("alias/own")),
			rediscache.Problem{Property: "EncryptionKey", Message: alias}},
	} {
		t.Run(name, func(t *testing.T) {
			err := validationError(t, func() { f.cache(func(p *props) { p.EncryptionKey = test.key }) })
			assert.Equal(t, []rediscache.Problem{test.want}, err.Problems)
		})
	}
}

func TestKeyOfAnotherRegionIsRefused(t *testing.T) {
	stack := newStackIn(newApp(), "Test", "123456789012", "eu-central-1")
	f := fixture{stack, newVpc(stack)}
	imported := func(arn string) func(p *props) {
		key := awskms.Key_FromKeyArn(stack, jsii.String("Key"+arn[12:18]), &arn)
		return func(p *props) { p.EncryptionKey = key }
	}
	err := validationError(t, func() { f.cache(imported("arn:aws:kms:us-east-1:123456789012:key/k")) })
	assert.EqualError(t, err, invalid("Test/Cache", "EncryptionKey: is in aws://123456789012/us-east-1 "+
		"and the cache in aws://123456789012/eu-central-1; use a key of the cache's region"))
	f.cache(imported("arn:aws:kms:eu-central-1:210987654321:key/k")) // another account may share its key
}
