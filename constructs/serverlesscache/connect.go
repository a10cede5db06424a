package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func (c *serverlessCache) Connections() awsec2.Connections {
	if c.connections == nil {
		c.connections = awsec2.NewConnections(&awsec2.ConnectionsProps{SecurityGroups: &c.securityGroups, DefaultPort: ports()})
	}
	return c.connections
}

func (c *serverlessCache) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var r check.Report
	c.checkGrant(&r, grantee)
	panicIfInvalid(&r, c, nil)
	return c.grant(grantee, c.user)
}

func (c *serverlessCache) checkGrant(r *check.Report, grantee awsiam.IGrantable) {
	switch {
	case c.user != nil:
	case c.needsUser():
		r.Add("GrantConnect", nil, "needs to know the user, because the user group is yours; call GrantConnect of a CacheUser "+
			"(rediscache.CacheUser_FromUserAttributes)")
	default:
		r.Add("GrantConnect", nil, "has nothing to grant, because the cache has no login")
	}
	checkGrantee(r, grantee, c)
}

// needsUser reports whether clients log in as users that only the caller knows.
func (c *serverlessCache) needsUser() bool {
	return c.settings != nil && c.settings.auth.kind == givenUserGroup
}

func (c *serverlessCache) ConnectFunction(fn awslambda.Function, options *rediscache.ConnectFunctionOptions) {
	given := ptr.Value(options)
	prefix := ptr.Or(given.EnvironmentPrefix, "REDIS")
	user := ptr.OrDefault(given.User, c.user)
	wanted, own := connect.Connection{Cache: c, User: user}, connect.Variables{Function: fn, Prefix: prefix}
	if own.Has(wanted) {
		return
	}
	variables := c.variables(prefix, user)
	var r check.Report
	c.checkUserOption(&r, given.User)
	own.Check(&r, c, variables)
	panicIfInvalid(&r, c, nil)

	own.Set(wanted)
	c.allowFrom(fn)
	if user != nil {
		c.grant(fn, user)
	}
	for _, v := range variables {
		fn.AddEnvironment(&v.Name, v.Value, nil)
	}
}

// checkUserOption wants a user where only the caller knows the users, and one of this cache.
func (c *serverlessCache) checkUserOption(r *check.Report, given rediscache.CacheUser) {
	own, _ := given.(*cacheUser)
	switch {
	case given == nil && c.needsUser():
		r.Add("options.User", nil, "is required, because the user group is yours; pass one of its users "+
			"(rediscache.CacheUser_FromUserAttributes)")
	case given == nil:
	case own != nil && own.cache != c:
		r.Add("options.User", own.id, "is a user of %s; use one of this cache", *own.cache.Node().Path())
	case own == nil && c.users != nil:
		r.Add("options.User", *given.UserName(), "is not a user of this cache; use one of AddUser")
	case c.settings != nil && c.settings.auth.kind == noLogin:
		r.Add("options.User", *given.UserName(), "is a user, but the cache has no user group; create it with Authentication_Iam or "+
			"Authentication_UserGroup, or leave the user out")
	}
}

// variables are what a function needs to find the cache and to log in. A client of a serverless cache speaks the cluster
// protocol, and signs an IAM login for a serverless cache in another way than for a replication group.
func (c *serverlessCache) variables(prefix string, user rediscache.CacheUser) []connect.Variable {
	all := []connect.Variable{
		{Name: prefix + "_HOST", Value: c.address},
		{Name: prefix + "_PORT", Value: ptr.To(portText)},
		{Name: prefix + "_CLUSTER_MODE", Value: ptr.To("true")},
		{Name: prefix + "_SERVERLESS", Value: ptr.To("true")},
	}
	if user == nil {
		return all
	}
	all = append(all, connect.Variable{Name: prefix + "_USER", Value: user.UserName()})
	if secret := user.Secret(); secret != nil {
		return append(all, connect.Variable{Name: prefix + "_AUTH_SECRET", Value: secret.SecretArn()})
	}
	return append(all, connect.Variable{Name: prefix + "_CACHE_NAME", Value: &c.name})
}

func (c *serverlessCache) ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable) {
	var r check.Report
	if r.Required("client", client != nil, "pass what connects, such as an ECS service") {
		connect.CheckEnvironment(&r, "client", client, c)
	}
	if grantee != nil && (c.user != nil || c.needsUser()) {
		c.checkGrant(&r, grantee)
	}
	panicIfInvalid(&r, c, nil)

	c.allowFrom(client)
	if grantee != nil && c.user != nil {
		c.grant(grantee, c.user)
	}
}

// allowFrom opens the network, with a warning for a client in another VPC.
func (c *serverlessCache) allowFrom(client awsec2.IConnectable) {
	w := warnings{c}
	path := connect.OtherVpc(client, c.securityGroups)
	w.when(path != "", "otherVpc",
		"%s is in another VPC than the cache: it needs a peering connection or a transit gateway, and routes both ways", path)
	c.warnOfMissingRules(connect.AllowFrom(client, c.securityGroups, c.allowedIDs, ports()))
}

// warnOfMissingRules warns of rules that CDK does not add, because a security group is immutable.
func (c *serverlessCache) warnOfMissingRules(missing []connect.MissingRule) {
	w := warnings{c}
	for _, m := range missing {
		w.when(true, "immutableSecurityGroup",
			"%s is imported with Mutable false, so CDK adds no rule to it; its owner has to add %s", m.Group, m.Rule)
	}
}
