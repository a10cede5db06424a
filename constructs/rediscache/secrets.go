package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
)

// Two secrets, because one cannot work: the replication group needs the token to be made, and its endpoint, which
// applications need with the token, exists only after it.

// authTokenKey is the JSON key of the token in both secrets.
const authTokenKey = "auth_token"

// newAuthToken is the reference that the replication group reads its token by: to the caller's secret, or to a
// generated one; nil where AUTH is off.
func newAuthToken(scope constructs.Construct, s *settings) *string {
	switch {
	case !s.authEnabled:
		return nil
	case s.authToken.given:
		return &s.authToken.reference
	}
	secret := awssecretsmanager.NewSecret(scope, ptr("AuthToken"), &awssecretsmanager.SecretProps{
		SecretName:    s.physicalName("/redis/auth-token"),
		Description:   ptr("AUTH token of " + s.title() + "; applications read the connection secret"),
		EncryptionKey: s.encryptionKey,
		RemovalPolicy: s.supportingRemovalPolicy(),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: ptr("{}"),
			GenerateStringKey:    ptr(authTokenKey),
			// ElastiCache takes 16 to 128 characters and few specials.
			PasswordLength:     ptr(32.0),
			ExcludePunctuation: ptr(true),
			IncludeSpace:       ptr(false),
		},
	})
	return ptr("{{resolve:secretsmanager:" + *secret.SecretArn() + ":SecretString:" + authTokenKey + "::}}")
}

// newConnectionSecret is the one that applications read; nil where no token is stored.
func newConnectionSecret(scope constructs.Construct, s *settings, token *string, e endpoint) awssecretsmanager.ISecret {
	if !s.storesAuthToken() {
		return nil
	}
	return awssecretsmanager.NewSecret(scope, ptr("Connection"), &awssecretsmanager.SecretProps{
		SecretName:    s.physicalName("/redis/connection"),
		Description:   ptr("Host, port and AUTH token of " + s.title()),
		EncryptionKey: s.encryptionKey,
		RemovalPolicy: s.supportingRemovalPolicy(),
		// Not plain text: token and hosts are references that CloudFormation resolves.
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(ptr(connectionJson(token, e))),
	})
}

// connectionJson is written by hand where a value is a reference, so that the port stays a number and the keys stay in
// the order in which people look for them. None of the values can need escaping: hosts, a number, and a token without
// quotes or backslashes.
func connectionJson(token *string, e endpoint) string {
	text := `{"host":"` + *e.primary + `","port":` + e.portText() + `,"` + authTokenKey + `":"` + *token + `"`
	if e.reader != nil {
		text += `,"reader_host":"` + *e.reader + `"`
	}
	return text + "}"
}
