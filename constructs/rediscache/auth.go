package rediscache

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Authentication is how clients log in: one of the Authentication_* functions. None of them panics; NewRedisCache reports
// what cannot be deployed.
type Authentication interface {
	choice() auth
}

// auth is Authentication.
type auth struct {
	kind  login
	store bool // in the connection secret
	token givenToken
}

type login int

const (
	generatedToken login = iota
	ownToken
	noLogin
)

func (a auth) choice() auth { return a }

// Authentication_GeneratedToken has Secrets Manager generate an AUTH token of 32 letters and digits. Applications read it
// from the connection secret.
func Authentication_GeneratedToken(options *GeneratedTokenOptions) Authentication {
	return auth{kind: generatedToken, store: true}
}

// Authentication_Token uses an AUTH token of your own: 16 to 128 printable ASCII characters, of the special ones only ! &
// # $ ^ < > and -. It has to come from Secrets Manager, SSM or a NoEcho parameter; a SecretValue of plain text is refused,
// because anyone could read it in the template.
func Authentication_Token(token awscdk.SecretValue, options *TokenOptions) Authentication {
	if options == nil {
		options = &TokenOptions{}
	}
	return auth{kind: ownToken, store: ptr.Or(options.Store, true), token: givenToken{secret: token}}
}

// Authentication_None lets in any client that reaches the port. It adds a warning.
func Authentication_None() Authentication { return auth{kind: noLogin} }

// GeneratedTokenOptions are the options of Authentication_GeneratedToken.
type GeneratedTokenOptions struct{}

// TokenOptions are the options of Authentication_Token.
type TokenOptions struct {
	// Store creates the connection secret, which holds the token with host and port. Without it, ConnectionSecret() is
	// nil and GrantConnect is refused: you grant access to the token yourself.
	//
	// Default: true.
	Store *bool `field:"optional" json:"store" yaml:"store"`
}

// givenToken is a token of the caller, as CloudFormation sees it.
type givenToken struct {
	secret    awscdk.SecretValue
	reference string // what CloudFormation resolves to the token
	plainText bool   // it could be read in the template
	ssmSecure bool   // CloudFormation resolves ssm-secure for the replication group, not for a secret
}

func newAuth(stack awscdk.Stack, props *RedisCacheProps) auth {
	a := ptr.OrDefault(props.Authentication, Authentication_GeneratedToken(nil)).choice()
	if a.token.secret == nil {
		return a
	}
	a.token.reference = *a.token.secret.UnsafeUnwrap()
	if text, hasText := literalParts(stack.Resolve(a.token.reference)); hasText {
		a.token.plainText = !dynamicReference.MatchString(text)
		a.token.ssmSecure = strings.HasPrefix(text, "{{resolve:ssm-secure:")
	}
	return a
}

// dynamicReference is one reference and nothing beside it.
var dynamicReference = regexp.MustCompile(`^\{\{resolve:[^{}]+\}\}$`)

// literalParts is the literal text of a resolved value, with a dot for each part that only CloudFormation knows.
func literalParts(resolved any) (text string, hasText bool) {
	switch resolved := resolved.(type) {
	case string:
		return resolved, true
	case map[string]any:
		join, isJoin := resolved["Fn::Join"].([]any)
		if !isJoin || len(join) != 2 {
			return "", false
		}
		parts, _ := join[1].([]any)
		for _, part := range parts {
			literal, isText := part.(string)
			if !isText {
				literal = "."
			}
			text += literal
		}
		return text, true
	}
	return "", false
}

// hasToken reports whether clients log in with an AUTH token.
func (a auth) hasToken() bool { return a.kind == generatedToken || a.kind == ownToken }

// check never shows the token: messages end in build logs.
func (a auth) check(r *check.Report) {
	if a.kind != ownToken {
		return
	}
	switch {
	case a.token.secret == nil:
		r.Add("Authentication", nil, "has no token; pass awscdk.SecretValue_SecretsManager(secretId, options) to Authentication_Token")
	case a.token.plainText:
		r.Add("Authentication", nil, "has a token in plain text, which anyone could read in the template; use awscdk.SecretValue_SecretsManager(secretId, options)")
	case a.token.ssmSecure && a.store:
		r.Add("Authentication", nil, "has a token from an SSM secure string, which CloudFormation cannot put into the connection secret; keep it in Secrets Manager, or set Store to false")
	}
}

func (a auth) warn(w *warnings) {
	w.when(a.kind == noLogin, "noAuth",
		"Authentication: none lets any client that reaches the port read and write; adding a login to a deployed replication group, or taking it away, replaces the group or fails (docs/replacement.md)")
}

// There are two secrets because one cannot work: the replication group needs the token to be created, and its endpoint,
// which applications need beside the token, exists only afterwards.

// authTokenKey is the JSON key of the token in both secrets.
const authTokenKey = "auth_token"

// newAuthToken is the secret of a generated token; nil for any other login.
func newAuthToken(scope constructs.Construct, s *settings) awssecretsmanager.ISecret {
	if s.auth.kind != generatedToken {
		return nil
	}
	return awssecretsmanager.NewSecret(scope, ptr.To("AuthToken"), &awssecretsmanager.SecretProps{
		SecretName:    s.naming.physicalName("/redis/auth-token"),
		Description:   ptr.To("AUTH token of " + s.naming.title() + "; applications read the connection secret"),
		EncryptionKey: s.encryption.key,
		RemovalPolicy: s.backup.supportingRemovalPolicy(),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: ptr.To("{}"),
			GenerateStringKey:    ptr.To(authTokenKey),
			// ElastiCache accepts 16 to 128 characters and few special ones.
			PasswordLength:     ptr.To(32.0),
			ExcludePunctuation: ptr.To(true),
			IncludeSpace:       ptr.To(false),
		},
	})
}

// tokenReference is what CloudFormation resolves to the token; nil where there is none.
func (a auth) tokenReference(generated awssecretsmanager.ISecret) *string {
	switch a.kind {
	case generatedToken:
		return ptr.To("{{resolve:secretsmanager:" + *generated.SecretArn() + ":SecretString:" + authTokenKey + "::}}")
	case ownToken:
		return &a.token.reference
	}
	return nil
}

func (a auth) apply(g *awselasticache.CfnReplicationGroupProps, generated awssecretsmanager.ISecret) {
	g.TransitEncryptionEnabled = true
	g.AuthToken = a.tokenReference(generated)
}

// newConnectionSecret is the secret that applications read; nil where no token is stored.
func newConnectionSecret(scope constructs.Construct, s *settings, token *string, e endpoints) awssecretsmanager.ISecret {
	if !s.auth.hasToken() || !s.auth.store {
		return nil
	}
	return awssecretsmanager.NewSecret(scope, ptr.To("Connection"), &awssecretsmanager.SecretProps{
		SecretName:    s.naming.physicalName("/redis/connection"),
		Description:   ptr.To("Host, port and AUTH token of " + s.naming.title()),
		EncryptionKey: s.encryption.key,
		RemovalPolicy: s.backup.supportingRemovalPolicy(),
		// Not plain text: token and hosts are references that CloudFormation resolves.
		SecretStringValue: awscdk.SecretValue_UnsafePlainText(ptr.To(connectionJSON(token, e))),
	})
}

// connectionJSON is written by hand because every value is a reference: the port stays a number, and the keys keep the
// order in which people look for them. Nothing needs escaping: hosts, a number, and a token without quotes or
// backslashes.
func connectionJSON(token *string, e endpoints) string {
	text := `{"host":"` + *e.primary + `","port":` + e.portText() + `,"` + authTokenKey + `":"` + *token + `"`
	if e.reader != nil {
		text += `,"reader_host":"` + *e.reader + `"`
	}
	return text + "}"
}
