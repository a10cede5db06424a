package login

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// There are two secrets for each login, because one cannot work: the cache needs the token or the user's password to be
// created, and its endpoint, which applications need beside it, exists only afterwards.

// TokenKey is the JSON key of the token, or of a user's password, in both secrets.
const TokenKey = "auth_token"

// Secrets are what the secrets of a cache have in common.
type Secrets struct {
	// Name is the start of every secret's name; nil where CloudFormation generates it.
	Name *string
	// Title names the cache in descriptions.
	Title         string
	Key           awskms.IKey // nil: the AWS managed key
	RemovalPolicy awscdk.RemovalPolicy
}

func (s Secrets) name(suffix string) *string {
	if s.Name == nil {
		return nil
	}
	return ptr.To(*s.Name + suffix)
}

// Generated holds 32 letters and digits: ElastiCache accepts 16 to 128 characters and few special ones.
func (s Secrets) Generated(scope constructs.Construct, id, suffix, description string) awssecretsmanager.ISecret {
	return awssecretsmanager.NewSecret(scope, &id, &awssecretsmanager.SecretProps{
		SecretName:    s.name(suffix),
		Description:   &description,
		EncryptionKey: s.Key,
		RemovalPolicy: s.RemovalPolicy,
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: ptr.To("{}"),
			GenerateStringKey:    ptr.To(TokenKey),
			PasswordLength:       ptr.To(32.0),
			ExcludePunctuation:   ptr.To(true),
			IncludeSpace:         ptr.To(false),
		},
	})
}

// Text holds a text whose secret parts are references that CloudFormation resolves, so it is not plain text.
func (s Secrets) Text(scope constructs.Construct, id, suffix, description, text string) awssecretsmanager.ISecret {
	return awssecretsmanager.NewSecret(scope, &id, &awssecretsmanager.SecretProps{
		SecretName:        s.name(suffix),
		Description:       &description,
		EncryptionKey:     s.Key,
		RemovalPolicy:     s.RemovalPolicy,
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(&text),
	})
}

// Password makes the secrets of a user with a password: the password itself, and what applications read.
func (s Secrets) Password(user constructs.Construct, id string, e Endpoint) (password, connection awssecretsmanager.ISecret) {
	title := "user " + id + " of " + s.Title
	password = s.Generated(user, "Password", "/redis/"+id+"/password",
		"Password of "+title+"; applications read the connection secret")
	connection = s.Text(user, "Connection", "/redis/"+id+"/connection",
		"Host, port, user name and password of "+title, e.JSON(&id, SecretReference(password)))
	return password, connection
}

// SecretReference is what CloudFormation resolves to the token in a generated secret.
func SecretReference(secret awssecretsmanager.ISecret) *string {
	return ptr.To("{{resolve:secretsmanager:" + *secret.SecretArn() + ":SecretString:" + TokenKey + "::}}")
}

// Endpoint is where an application connects.
type Endpoint struct {
	Host string
	Port string
	// Reader is the host for reads; nil where there is none.
	Reader *string
}

// JSON is written by hand because every value is a reference: the port stays a number, and the keys keep the order in which
// people look for them. Nothing needs escaping: hosts, a number, a user name of letters, digits and hyphens, and a token
// without quotes or backslashes.
func (e Endpoint) JSON(username, token *string) string {
	text := `{"host":"` + e.Host + `","port":` + e.Port
	if username != nil {
		text += `,"username":"` + *username + `"`
	}
	text += `,"` + TokenKey + `":"` + *token + `"`
	if e.Reader != nil {
		text += `,"reader_host":"` + *e.Reader + `"`
	}
	return text + "}"
}
