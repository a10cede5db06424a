package rediscache

import (
	"github.com/securebase/cdk-redis-cache/internal/check"
)

// checkUserOption wants a user where only the caller knows the users, and one of this cache.
func (c *redisCache) checkUserOption(r *check.Report, given CacheUser) {
	own, _ := given.(*cacheUser)
	switch {
	case given == nil && c.needsUser():
		r.Add("options.User", nil, "is required, because the user group is yours; pass one of its users (CacheUser_FromUserAttributes)")
	case given == nil:
	case own != nil && own.cache != nil && own.cache != c:
		r.Add("options.User", own.id, "is a user of %s; use one of this cache", *own.cache.Node().Path())
	case c.settings != nil && c.users == nil && !c.needsUser():
		r.Add("options.User", *given.UserName(), "is a user, but the cache has no user group; create it with Authentication_Iam or "+
			"Authentication_UserGroup, or leave the user out")
	case c.users != nil && (own == nil || own.cache == nil):
		r.Add("options.User", *given.UserName(), "is not a user of this cache; use one of AddUser")
	}
}
