package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// users are the user group of a cache with IAM authentication, and the user that functions share.
type users struct {
	*login.Group
	shared *cacheUser
}

// newUsers creates the group and a user for functions to share; nil without IAM authentication.
func newUsers(c *serverlessCache, s *settings) *users {
	if s.auth.kind != iamLogin {
		return nil
	}
	u := &users{Group: login.NewGroup(c, login.Prefix(c, s.naming.prefix()), "all")}
	u.shared = newCacheUser(c, "User", u.SharedUserID())
	u.Create(u.shared, u.shared.id, ptr.Or(s.auth.accessString, login.DefaultAccess), nil)
	return u
}

// group is nil without IAM authentication.
func (u *users) group() *login.Group {
	if u == nil {
		return nil
	}
	return u.Group
}

func (c *serverlessCache) AddUser(id *string, options *rediscache.UserOptions) rediscache.CacheUser {
	given := ptr.Value(options)
	var r check.Report
	name := c.users.group().CheckNew(&r, c, c.settings.naming.namespace, id, given.UserName, given.AccessString)
	panicIfRefused(&r, c, "AddUser")

	user := newCacheUser(c, *id, name)
	c.settings.naming.namespace.Register("UserName", &name, user)
	var password awssecretsmanager.ISecret
	if ptr.Or(given.Password, false) {
		password, user.secret = c.secrets().Password(user, user.id, login.Endpoint{Host: *c.address, Port: portText})
	}
	c.users.Create(user, user.id, ptr.Or(given.AccessString, login.DefaultAccess), password)
	return user
}

// secrets are what the secrets of users with a password have in common.
func (c *serverlessCache) secrets() login.Secrets {
	s := c.settings
	return login.Secrets{Name: s.naming.prefix(), Title: s.naming.title(), Key: s.encryption.Key.Key, RemovalPolicy: s.backup.removalPolicy}
}

// cacheUser is a user with IAM authentication, or with a password where it has a secret.
type cacheUser struct {
	constructs.Construct
	id     string // the name too
	cache  *serverlessCache
	secret awssecretsmanager.ISecret
}

func newCacheUser(c *serverlessCache, constructID, id string) *cacheUser {
	user := &cacheUser{id: id, cache: c}
	constructs.NewConstruct_Override(user, c, &constructID)
	return user
}

func (u *cacheUser) UserName() *string                 { return &u.id }
func (u *cacheUser) Secret() awssecretsmanager.ISecret { return u.secret }

func (u *cacheUser) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var r check.Report
	checkGrantee(&r, grantee, u)
	panicIfRefused(&r, u, "GrantConnect")
	return u.cache.grant("GrantConnect", grantee, u)
}

func checkGrantee(r *check.Report, grantee awsiam.IGrantable, of constructs.IConstruct) {
	if r.Required("grantee", grantee != nil, "pass a role, user, group or function of this account") {
		connect.CheckEnvironment(r, "grantee", grantee, of)
	}
}

// grant grants the login as the user. The cache is known here, also for a user that the caller manages.
func (c *serverlessCache) grant(method string, grantee awsiam.IGrantable, user rediscache.CacheUser) awsiam.Grant {
	var granted awsiam.Grant
	if secret := user.Secret(); secret != nil {
		granted = login.GrantRead(secret, grantee)
	} else {
		stack := awscdk.Stack_Of(c)
		cache := login.Arn(stack, "serverlesscache", c.name)
		granted = login.GrantIam(grantee, []*string{cache}, login.Arn(stack, "user", *user.UserName()))
	}
	var r check.Report
	login.CheckGranted(&r, granted)
	panicIfRefused(&r, c, method)
	login.WarnOfImmutableRole(warning.On(c), grantee, granted)
	return granted
}
