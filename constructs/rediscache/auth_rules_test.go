package rediscache

import "testing"

func TestAuthenticationRules(t *testing.T) {
	choice := func(name string, choice Authentication, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Authentication = choice }, want...)
	}
	token := func(name string, token givenToken, store bool, want ...string) ruleCase {
		token.secret = fakeSecretValue{}
		return ruleCase{name: name, settings: func(s *settings) { s.auth = auth{kind: ownToken, store: store, token: token} }, want: want}
	}
	runRules(t, []ruleCase{
		choice("a generated token is accepted", Authentication_GeneratedToken(nil)),
		choice("no login is accepted", Authentication_None()),
		choice("a token that is nil is refused", Authentication_Token(nil, nil),
			"Authentication: has no token; pass awscdk.SecretValue_SecretsManager(secretId, options) to Authentication_Token"),
		token("a token from Secrets Manager is accepted", givenToken{}, true),
		token("a token of the caller need not be stored", givenToken{}, false),
		token("plain text is refused without showing it", givenToken{plainText: true, reference: "sesame-open-now-1"}, true,
			"Authentication: has a token in plain text, which anyone could read in the template; "+
				"use awscdk.SecretValue_SecretsManager(secretId, options)"),
		token("an SSM secure string cannot be stored", givenToken{ssmSecure: true}, true,
			"Authentication: has a token from an SSM secure string, which CloudFormation cannot put into the connection secret; "+
				"keep it in Secrets Manager, or set Store to false"),
		token("an SSM secure string is accepted if it is not stored", givenToken{ssmSecure: true}, false),
	})
}
