package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// CacheUser is a user that clients log in as: one that AddUser creates, or one of a user group that the caller manages.
type CacheUser interface {
	constructs.IConstruct
	// UserName is the name that a client logs in with. For IAM, it is the id of the user too.
	UserName() *string
	// Secret of a user with a password: JSON with host, port, username and auth_token. It is nil for a user with IAM.
	Secret() awssecretsmanager.ISecret
	// GrantConnect grants whatever a login as this user needs: elasticache:Connect, or reading the secret. It does not
	// open the network; see ConnectClient. It panics with a *[ValidationError] for a grantee that has no policy, or of
	// another account.
	GrantConnect(grantee awsiam.IGrantable) awsiam.Grant
}

// CacheUserAttributes describe a user of a user group that the caller manages, for [CacheUser_FromUserAttributes].
type CacheUserAttributes struct {
	// UserId of the user. Required.
	UserId *string `field:"required" json:"userId" yaml:"userId"`

	// UserName of the user. A user with IAM has the same id and name.
	//
	// Default: the UserId.
	UserName *string `field:"optional" json:"userName" yaml:"userName"`
}

// CacheUser_FromUserAttributes is a user of a user group that the caller manages, with IAM authentication. Its GrantConnect
// names the user and any replication group or serverless cache of the account and region: which of them the user can log
// in to is up to their user groups. It panics with a *[ValidationError] for an id or a name that ElastiCache does not
// accept.
func CacheUser_FromUserAttributes(scope constructs.Construct, id *string, attrs *CacheUserAttributes) CacheUser {
	checkScope(scope, id)
	given := ptr.Value(attrs)
	var r check.Report
	if r.Required("UserId", ptr.Value(given.UserId) != "", "pass the id of an ElastiCache user") {
		login.CheckUserID(&r, "UserId", *given.UserId)
		name := ptr.Or(given.UserName, *given.UserId)
		r.Text("UserName", name).When(!check.IsToken(*given.UserId) && name != *given.UserId,
			"is not the UserId %q, but IAM authentication needs both to be the same", *given.UserId)
	}
	panicIfInvalid(&r, scope, id)

	user := &cacheUser{id: *given.UserId}
	constructs.NewConstruct_Override(user, scope, id)
	return user
}

// cacheUser is a user with IAM authentication, or with a password where it has a secret.
type cacheUser struct {
	constructs.Construct
	id     string      // the name too
	cache  *redisCache // nil for a user that the caller manages
	secret awssecretsmanager.ISecret
}

func (u *cacheUser) UserName() *string                 { return &u.id }
func (u *cacheUser) Secret() awssecretsmanager.ISecret { return u.secret }

func (u *cacheUser) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var r check.Report
	if r.Required("grantee", grantee != nil, "pass a role, user, group or function of this account") {
		connect.CheckEnvironment(&r, "grantee", grantee, u)
	}
	panicIfRefused(&r, u, "GrantConnect")
	return mustGrant(u, "GrantConnect", grantee, u.grant)
}

func (u *cacheUser) grant(grantee awsiam.IGrantable) awsiam.Grant {
	if u.secret != nil {
		return login.GrantRead(u.secret, grantee)
	}
	stack := awscdk.Stack_Of(u)
	caches := []*string{login.Arn(stack, "replicationgroup", "*"), login.Arn(stack, "serverlesscache", "*")}
	if u.cache != nil {
		caches = []*string{login.Arn(stack, "replicationgroup", u.cache.cacheName)}
	}
	return login.GrantIam(grantee, caches, login.Arn(stack, "user", u.id))
}
