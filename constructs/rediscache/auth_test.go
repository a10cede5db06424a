package rediscache_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// connectionText is the JSON of a connection secret, with what CloudFormation resolves as <Ref ...> and <GetAtt ...>.
func connectionText(t *testing.T, secret resource) string {
	t.Helper()
	joined := secret.Properties["SecretString"].(object)["Fn::Join"].(list)
	require.Equal(t, "", joined[0])
	var text strings.Builder
	for _, part := range joined[1].(list) {
		switch part := part.(type) {
		case string:
			text.WriteString(part)
		case object:
			if ref, ok := part["Ref"]; ok {
				text.WriteString("<Ref " + ref.(string) + ">")
				continue
			}
			attribute := part["Fn::GetAtt"].(list)
			text.WriteString("<" + attribute[0].(string) + "." + attribute[1].(string) + ">")
		}
	}
	return text.String()
}

// ownToken logs in with a token of the caller; store may be nil.
func ownToken(token awscdk.SecretValue, store *bool) func(p *props) {
	return func(p *props) {
		p.Authentication = rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: store})
	}
}

func secretsManagerValue(secretID, field string) awscdk.SecretValue {
	return awscdk.SecretValue_SecretsManager(&secretID, &awscdk.SecretsManagerSecretOptions{JsonField: &field})
}

func TestTokenIsGeneratedFrom32LettersAndDigits(t *testing.T) {
	assert.Equal(t, object{
		"SecretStringTemplate": "{}", "GenerateStringKey": "auth_token",
		"PasswordLength": 32.0, "ExcludePunctuation": true, "IncludeSpace": false,
	}, templateOf(t, nil).named(t, "CacheAuthToken").Properties["GenerateSecretString"])
}

func TestConnectionSecretHasHostsPortAndToken(t *testing.T) {
	t.Run("with replicas, the host of the reader too", func(t *testing.T) {
		tpl := templateOf(t, nil)
		group := tpl.idOf(t, "CacheReplicationGroup")
		text := connectionText(t, tpl.named(t, "CacheConnection"))
		assert.Equal(t, `{"host":"<`+group+`.PrimaryEndPoint.Address>","port":6379,`+
			`"auth_token":"{{resolve:secretsmanager:<Ref `+tpl.idOf(t, "CacheAuthToken")+`>:SecretString:auth_token::}}",`+
			`"reader_host":"<`+group+`.ReaderEndPoint.Address>"}`, text)
		var parsed struct {
			Port json.Number `json:"port"`
		}
		require.NoError(t, json.Unmarshal([]byte(text), &parsed), "the port is a number")
	})
	t.Run("without replicas there is no reader", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(func(p *props) { p.NumCacheNodes = jsii.Number(1) })
		assert.NotContains(t, connectionText(t, synthesize(t, f.stack).named(t, "CacheConnection")), "reader_host")
		assert.Nil(t, cache.ReaderEndpointAddress())
	})
	t.Run("a port that is a token stays a number", func(t *testing.T) {
		f := newFixture()
		parameter := awscdk.NewCfnParameter(f.stack, jsii.String("Port"), &awscdk.CfnParameterProps{Type: jsii.String("Number"), Default: 6380})
		cache := f.cache(func(p *props) { p.Port = parameter.ValueAsNumber() })
		tpl := synthesize(t, f.stack)
		assert.Contains(t, connectionText(t, tpl.named(t, "CacheConnection")), `"port":<Ref Port>,`)
		assert.Equal(t, object{"Ref": "Port"}, tpl.one(t, replicationGroup).Properties["Port"])
		assert.Equal(t, join("rediss://", tpl.getAtt(t, "CacheReplicationGroup", "PrimaryEndPoint.Address"), ":", object{"Ref": "Port"}),
			f.stack.Resolve(cache.ConnectionString()))
	})
}

func TestTokenOfTheCallerIsReferredTo(t *testing.T) {
	t.Run("from Secrets Manager, in the group and in the connection secret", func(t *testing.T) {
		tpl := templateOf(t, ownToken(secretsManagerValue("legacy/redis", "token"), nil))
		reference := "{{resolve:secretsmanager:legacy/redis:SecretString:token::}}"
		assert.Contains(t, connectionText(t, tpl.one(t, secret)), `"auth_token":"`+reference+`"`)
		assert.Equal(t, reference, tpl.one(t, replicationGroup).Properties["AuthToken"])
	})
	t.Run("from a NoEcho parameter", func(t *testing.T) {
		f := newFixture()
		parameter := awscdk.NewCfnParameter(f.stack, jsii.String("Token"), &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)})
		f.cache(ownToken(awscdk.SecretValue_CfnParameter(parameter), nil))
		assert.Equal(t, object{"Ref": "Token"}, synthesize(t, f.stack).one(t, replicationGroup).Properties["AuthToken"])
	})
	t.Run("without a connection secret where it is not stored", func(t *testing.T) {
		f := newFixture()
		cache := f.cache(ownToken(awscdk.SecretValue_SsmSecure(jsii.String("/redis/token"), jsii.String("1")), jsii.Bool(false)))
		tpl := synthesize(t, f.stack)
		assert.Empty(t, tpl.allOf(secret))
		assert.Nil(t, cache.ConnectionSecret())
		assert.Nil(t, cache.AuthTokenSecret())
		assert.Equal(t, "{{resolve:ssm-secure:/redis/token:1}}", tpl.one(t, replicationGroup).Properties["AuthToken"])
	})
}

func TestWithoutALoginThereIsNoSecret(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_None() })
	assert.Empty(t, synthesize(t, f.stack).allOf(secret))
	assert.Nil(t, cache.ConnectionSecret())
	assert.Nil(t, cache.AuthTokenSecret())
}

func TestTokenThatCannotBeKeptSecretIsRefusedWithoutShowingIt(t *testing.T) {
	f := newFixture()
	plain := func(text string) awscdk.SecretValue { return awscdk.SecretValue_UnsafePlainText(&text) }
	secure := func(name *string) awscdk.SecretValue { return awscdk.SecretValue_SsmSecure(name, nil) }
	plainText := "Authentication: has a token in plain text, which anyone could read in the template; " +
		"use awscdk.SecretValue_SecretsManager(secretId, options)"
	notStored := "Authentication: has a token from an SSM secure string, which CloudFormation cannot put into the connection secret; " +
		"keep it in Secrets Manager, or set Store to false"
	for name, test := range map[string]struct {
		token awscdk.SecretValue
		want  string
	}{
		"plain text":                           {plain("sesame-open-now-1"), plainText},
		"plain text before a token":            {plain("SuperSecretToken12345" + *awscdk.Aws_REGION()), plainText},
		"plain text after a reference":         {plain("{{resolve:secretsmanager:x:SecretString:t::}}plainSuffix1234"), plainText},
		"an SSM secure string":                 {secure(jsii.String("/redis/token")), notStored},
		"an SSM secure string by a token name": {secure(awscdk.NewCfnParameter(f.stack, jsii.String("P"), nil).ValueAsString()), notStored},
	} {
		t.Run(name, func(t *testing.T) {
			err := validationError(t, func() { f.cache(ownToken(test.token, nil)) })
			assert.EqualError(t, err, invalid("Test/Cache", test.want))
		})
	}
}
