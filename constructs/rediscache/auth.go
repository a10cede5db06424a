package rediscache

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Authentication is how clients log in: one of the Authentication_* functions. None of them panics; NewRedisCache reports
// what cannot be deployed.
type Authentication interface {
	choice() auth
}

// auth is Authentication.
type auth struct {
	kind  loginKind
	store bool // in the connection secret
	token givenToken

	rotationOptions *RotationOptions
	rotation        rotation

	accessString *string // of the user that functions share
	userGroup    interfacesawselasticache.IUserGroupRef
}

type loginKind int

const (
	generatedToken loginKind = iota
	ownToken
	iamLogin
	givenUserGroup
	noLogin
)

func (a auth) choice() auth { return a }

// Authentication_GeneratedToken has Secrets Manager generate an AUTH token of 32 letters and digits. Applications read it
// from the connection secret.
func Authentication_GeneratedToken(options *GeneratedTokenOptions) Authentication {
	return auth{kind: generatedToken, store: true, rotationOptions: ptr.Value(options).Rotation}
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

// Authentication_Iam has clients log in with IAM: no secret, nothing to rotate. It creates a user group with one user, which
// functions share, and the locked default user that ElastiCache wants; AddUser adds users that may do less. It needs Redis
// 7.0 or Valkey 7.2.
func Authentication_Iam(options *IamOptions) Authentication {
	return auth{kind: iamLogin, accessString: ptr.Copy(ptr.Value(options).AccessString)}
}

// Authentication_UserGroup attaches a user group that you manage. Connect clients as one of its users, see
// [CacheUser_FromUserAttributes].
func Authentication_UserGroup(group interfacesawselasticache.IUserGroupRef) Authentication {
	return auth{kind: givenUserGroup, userGroup: group}
}

// Authentication_None lets in any client that reaches the port. It adds a warning.
func Authentication_None() Authentication { return auth{kind: noLogin} }

// GeneratedTokenOptions are the options of Authentication_GeneratedToken.
type GeneratedTokenOptions struct {
	// Rotation changes the token on a schedule, without an outage for applications that read the connection secret again
	// when their token is refused. It creates three small functions and two alarms.
	//
	// Default: the token never changes.
	Rotation *RotationOptions `field:"optional" json:"rotation" yaml:"rotation"`
}

// TokenOptions are the options of Authentication_Token.
type TokenOptions struct {
	// Store creates the connection secret, which holds the token with host and port. Without it, ConnectionSecret() is
	// nil and GrantConnect is refused: you grant access to the token yourself.
	//
	// Default: true.
	Store *bool `field:"optional" json:"store" yaml:"store"`
}

// IamOptions are the options of Authentication_Iam.
type IamOptions struct {
	// AccessString is what the user that functions share may do, as an ACL rule of Redis. It has to start with "on" and
	// must not hold a password.
	//
	// Default: "on ~* +@all -@dangerous".
	AccessString *string `field:"optional" json:"accessString" yaml:"accessString"`
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
	a.rotation = newRotation(a.rotationOptions, props)
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
func (a auth) check(r *check.Report, e engine) {
	switch a.kind {
	case generatedToken:
		a.rotation.check(r)
	case ownToken:
		a.checkToken(r)
	case iamLogin:
		known, _ := e.version.lookup()
		if known.Name != "" && !known.Iam {
			r.Add("Authentication", nil, "is IAM, which needs Redis 7.0 or Valkey 7.2 or newer, not %s; use a newer Engine or Authentication_GeneratedToken", e.version)
		}
		login.CheckAccessString(r, "Authentication.AccessString", a.accessString)
	case givenUserGroup:
		login.CheckGroup(r, a.userGroup, e.version.engine)
	}
}

func (a auth) checkToken(r *check.Report) {
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
	w.when(a.kind == noLogin, "noAuth", "Authentication: none lets any client that reaches the port read and write; "+
		"adding a token to a deployed replication group, or removing it, replaces the group or fails (docs/replacement.md)")
}

// tokenReference is what CloudFormation resolves to the token; nil where there is none.
func (a auth) tokenReference(generated awssecretsmanager.ISecret) *string {
	switch a.kind {
	case generatedToken:
		return login.SecretReference(generated)
	case ownToken:
		return &a.token.reference
	}
	return nil
}

func (a auth) apply(g *awselasticache.CfnReplicationGroupProps, token *string, userGroup awselasticache.CfnUserGroup) {
	g.TransitEncryptionEnabled = true
	g.AuthToken = token
	switch {
	case userGroup != nil:
		g.UserGroupIds = &[]*string{userGroup.Ref()}
	case a.userGroup != nil:
		g.UserGroupIds = &[]*string{a.userGroup.UserGroupRef().UserGroupId}
	}
}
