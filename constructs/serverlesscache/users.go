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
	"github.com/securebase/cdk-redis-cache/internal/tree"
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
	u := &users{Group: login.NewGroup(c, login.Prefix(c, s.naming.prefix()), "users")}
	u.shared = newCacheUser(c, "User", u.SharedUserID())
	u.Create(u.shared, u.shared.id, ptr.Or(s.auth.accessString, login.DefaultAccess), nil)
	return u
}

func (c *serverlessCache) AddUser(id *string, options *rediscache.UserOptions) rediscache.CacheUser {
	given := ptr.Value(options)
	var r check.Report
	if c.users == nil {
		r.Add("AddUser", nil, "has no user group to add to; create the cache with Authentication_Iam")
		panicIfInvalid(&r, c, nil)
	}
	tree.CheckID(&r, id, "use one that is unique in the cache, such as \"Reports\"")
	name := ptr.Value(given.UserName)
	if given.UserName == nil {
		name = c.users.NewUserID(c, ptr.Value(id))
	}
	c.users.CheckNew(&r, c.settings.naming.place, name, given.AccessString)
	panicIfInvalid(&r, c, nil)

	user := newCacheUser(c, *id, name)
	c.settings.naming.place.Register("UserName", &name, user)
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
	panicIfInvalid(&r, u, nil)
	return u.cache.grant(grantee, u)
}

func checkGrantee(r *check.Report, grantee awsiam.IGrantable, of constructs.IConstruct) {
	if r.Required("grantee", grantee != nil, "pass a role, user, group or function of this account") {
		connect.CheckEnvironment(r, "grantee", grantee, of)
	}
}

// grant grants the login as the user. The cache is known here, also for a user that the caller manages.
func (c *serverlessCache) grant(grantee awsiam.IGrantable, user rediscache.CacheUser) awsiam.Grant {
	var granted awsiam.Grant
	if secret := user.Secret(); secret != nil {
		granted = login.GrantRead(secret, grantee)
	} else {
		stack := awscdk.Stack_Of(c)
		granted = login.GrantIam(grantee, []*string{login.Arn(stack, "serverlesscache", c.name)}, login.Arn(stack, "user", *user.UserName()))
	}
	var r check.Report
	login.CheckGranted(&r, granted)
	panicIfInvalid(&r, c, nil)
	w := warnings{c}
	role, actions := login.MissingActions(grantee, granted)
	w.when(role != "", "immutableRole", "%s is an immutable role, so CDK adds no policy to it; its owner has to allow it %s", role, actions)
	return granted
}
