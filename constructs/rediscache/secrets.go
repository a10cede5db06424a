package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// There are two secrets for each login, because one cannot work: the replication group needs the token to be created, and
// its endpoint, which applications need beside the token, exists only afterwards.

// authTokenKey is the JSON key of the token, or of a user's password, in both secrets.
const authTokenKey = "auth_token"

// newAuthToken is the secret of a generated token; nil for any other login.
func newAuthToken(scope constructs.Construct, s *settings) awssecretsmanager.ISecret {
	if s.auth.kind != generatedToken {
		return nil
	}
	return newGeneratedSecret(scope, s, "AuthToken", "/redis/auth-token",
		"AUTH token of "+s.naming.title()+"; applications read the connection secret")
}

// newConnectionSecret is the secret that applications read; nil where no token is stored.
func newConnectionSecret(scope constructs.Construct, s *settings, token *string, e endpoints) awssecretsmanager.ISecret {
	if !s.auth.hasToken() || !s.auth.store {
		return nil
	}
	return newTextSecret(scope, s, "Connection", "/redis/connection",
		"Host, port and AUTH token of "+s.naming.title(), connectionJSON(e, nil, token))
}

// newPasswordSecrets are the secrets of a user with a password.
func newPasswordSecrets(user *cacheUser, s *settings, e endpoints) (password, connection awssecretsmanager.ISecret) {
	title := "user " + user.id + " of " + s.naming.title()
	password = newGeneratedSecret(user, s, "Password", "/redis/"+user.id+"/password",
		"Password of "+title+"; applications read the connection secret")
	connection = newTextSecret(user, s, "Connection", "/redis/"+user.id+"/connection",
		"Host, port, user name and password of "+title, connectionJSON(e, &user.id, secretReference(password)))
	return password, connection
}

// newGeneratedSecret holds 32 letters and digits: ElastiCache accepts 16 to 128 characters and few special ones.
func newGeneratedSecret(scope constructs.Construct, s *settings, id, name, description string) awssecretsmanager.ISecret {
	return awssecretsmanager.NewSecret(scope, &id, &awssecretsmanager.SecretProps{
		SecretName:    s.naming.physicalName(name),
		Description:   &description,
		EncryptionKey: s.encryption.key,
		RemovalPolicy: s.backup.supportingRemovalPolicy(),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: ptr.To("{}"),
			GenerateStringKey:    ptr.To(authTokenKey),
			PasswordLength:       ptr.To(32.0),
			ExcludePunctuation:   ptr.To(true),
			IncludeSpace:         ptr.To(false),
		},
	})
}

// newTextSecret holds a text whose secret parts are references that CloudFormation resolves, so it is not plain text.
func newTextSecret(scope constructs.Construct, s *settings, id, name, description, text string) awssecretsmanager.ISecret {
	return awssecretsmanager.NewSecret(scope, &id, &awssecretsmanager.SecretProps{
		SecretName:        s.naming.physicalName(name),
		Description:       &description,
		EncryptionKey:     s.encryption.key,
		RemovalPolicy:     s.backup.supportingRemovalPolicy(),
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(&text),
	})
}

// secretReference is what CloudFormation resolves to the token in a generated secret.
func secretReference(secret awssecretsmanager.ISecret) *string {
	return ptr.To("{{resolve:secretsmanager:" + *secret.SecretArn() + ":SecretString:" + authTokenKey + "::}}")
}

// connectionJSON is written by hand because every value is a reference: the port stays a number, and the keys keep the
// order in which people look for them. Nothing needs escaping: hosts, a number, a user name of letters, digits and
// hyphens, and a token without quotes or backslashes.
func connectionJSON(e endpoints, username, token *string) string {
	text := `{"host":"` + *e.host() + `","port":` + e.portText()
	if username != nil {
		text += `,"username":"` + *username + `"`
	}
	text += `,"` + authTokenKey + `":"` + *token + `"`
	if e.reader != nil {
		text += `,"reader_host":"` + *e.reader + `"`
	}
	return text + "}"
}
