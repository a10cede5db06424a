package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/login"
)

func (c *redisCache) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var r check.Report
	c.checkGrant(&r, grantee)
	panicIfInvalid(&r, c, nil)
	return c.grant(grantee, c.user)
}

func (c *redisCache) checkGrant(r *check.Report, grantee awsiam.IGrantable) {
	switch {
	case c.connectionSecret != nil || c.user != nil:
	case c.needsUser():
		r.Add("GrantConnect", nil, "needs to know the user, because the user group is yours; call GrantConnect of a CacheUser (CacheUser_FromUserAttributes)")
	default:
		r.Add("GrantConnect", nil, "has nothing to grant: the cache has no login, or its token is not stored and you grant access to it yourself")
	}
	if r.Required("grantee", grantee != nil, "pass a role, user, group or function of this account") {
		connect.CheckEnvironment(r, "grantee", grantee, c)
	}
}

// needsUser reports whether clients log in as users that only the caller knows.
func (c *redisCache) needsUser() bool {
	return c.settings != nil && c.settings.auth.kind == givenUserGroup
}

// grant grants the login as the user, or with the token.
func (c *redisCache) grant(grantee awsiam.IGrantable, user CacheUser) awsiam.Grant {
	return mustGrant(c, grantee, func(grantee awsiam.IGrantable) awsiam.Grant {
		switch own, is := user.(*cacheUser); {
		case user == nil:
			return login.GrantRead(c.connectionSecret, grantee)
		case is && own.secret == nil: // the cache is known here, also for a user that the caller manages
			stack := awscdk.Stack_Of(c)
			return login.GrantIam(grantee, []*string{login.Arn(stack, "replicationgroup", c.cacheName)}, login.Arn(stack, "user", own.id))
		}
		return user.GrantConnect(grantee)
	})
}

// mustGrant panics with a *ValidationError where the grant finds no policy to add its statement to, and warns of a role that
// is immutable.
func mustGrant(scope constructs.IConstruct, grantee awsiam.IGrantable, grant func(awsiam.IGrantable) awsiam.Grant) awsiam.Grant {
	var r check.Report
	given := grant(grantee)
	login.CheckGranted(&r, given)
	panicIfInvalid(&r, scope, nil)
	w := warnings{scope}
	role, actions := login.MissingActions(grantee, given)
	w.when(role != "", "immutableRole", "%s is an immutable role, so CDK adds no policy to it; its owner has to allow it %s", role, actions)
	return given
}
