package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
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
		r.Add("options.User", *given.UserName(), "is a user, but the cache has no user group; create it with Authentication_Iam or Authentication_UserGroup, or leave the user out")
	}
}

// warnOfMissingRules warns of rules that CDK does not add, because a security group is immutable.
func (c *redisCache) warnOfMissingRules(missing []connect.MissingRule) {
	w := warnings{c}
	for _, m := range missing {
		w.when(true, "immutableSecurityGroup",
			"%s is imported with Mutable false, so CDK adds no rule to it; its owner has to add %s", m.Group, m.Rule)
	}
}

// warnOfOtherVpc warns of a client in another VPC.
func (c *redisCache) warnOfOtherVpc(client awsec2.IConnectable) {
	w := warnings{c}
	path := connect.OtherVpc(client, c.securityGroups)
	w.when(path != "", "otherVpc",
		"%s is in another VPC than the cache: it needs a peering connection or a transit gateway, and routes both ways", path)
}
