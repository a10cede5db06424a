package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// UserOptions are the options of AddUser.
type UserOptions struct {
	// UserName is the name, and for IAM the id, of the user: 1 to 40 lower-case letters, digits and hyphens, starting with
	// a letter. It has to be a literal, unique in the account and region. Changing it replaces the user.
	//
	// Default: "<Name>-<id>"; without a Name, made from the address of the construct.
	UserName *string `field:"optional" json:"userName" yaml:"userName"`

	// AccessString is what the user may do, as an ACL rule of Redis: "on ~reports:* +@read" reads the keys of one prefix.
	// It has to start with "on" and must not hold a password.
	//
	// Default: "on ~* +@all -@dangerous".
	AccessString *string `field:"optional" json:"accessString" yaml:"accessString"`

	// Password has Secrets Manager generate a password, for a client that cannot log in with IAM.
	//
	// Default: false, which means IAM.
	Password *bool `field:"optional" json:"password" yaml:"password"`
}

// users are the user group of a cache with IAM authentication, and the user that functions share.
type users struct {
	*login.Group
	shared *cacheUser
}

// newUsers creates the group and a user for functions to share; nil without IAM authentication.
func newUsers(c *redisCache, s *settings) *users {
	if s.auth.kind != iamLogin {
		return nil
	}
	u := &users{Group: login.NewGroup(c, login.Prefix(c, s.naming.name), "redis")}
	u.shared = newCacheUser(c, "User", u.SharedUserID())
	u.Create(u.shared, u.shared.id, ptr.Or(s.auth.accessString, login.DefaultAccess), nil)
	return u
}

func newCacheUser(c *redisCache, constructID, id string) *cacheUser {
	user := &cacheUser{id: id, cache: c}
	constructs.NewConstruct_Override(user, c, &constructID)
	return user
}

func (c *redisCache) AddUser(id *string, options *UserOptions) CacheUser {
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
	if ptr.Value(id) != "" && c.Node().TryFindChild(id) != nil {
		r.Add("id", *id, "is the id of something else in the cache; use another, such as %q", *id+"User")
	}
	c.users.CheckNew(&r, c.settings.naming.place, name, given.AccessString)
	panicIfInvalid(&r, c, nil)

	user := newCacheUser(c, *id, name)
	c.settings.naming.place.Register("UserName", &name, user)
	var password awssecretsmanager.ISecret
	if ptr.Or(given.Password, false) {
		password, user.secret = c.settings.secrets().Password(user, user.id, c.endpoints.login())
	}
	c.users.Create(user, user.id, ptr.Or(given.AccessString, login.DefaultAccess), password)
	return user
}
