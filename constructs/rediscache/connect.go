package rediscache

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func (c *redisCache) Connections() awsec2.Connections {
	if c.connections == nil {
		c.connections = awsec2.NewConnections(&awsec2.ConnectionsProps{
			SecurityGroups: &c.securityGroups,
			DefaultPort:    awsec2.Port_Tcp(&c.endpoints.port),
		})
	}
	return c.connections
}

// connection is what a function has in the variables of one prefix.
type connection struct {
	cache *redisCache
	user  CacheUser
}

func (c *redisCache) ConnectFunction(fn awslambda.Function, options *ConnectFunctionOptions) {
	given := ptr.Value(options)
	prefix := ptr.Or(given.EnvironmentPrefix, "REDIS")
	wanted, key := connection{c, ptr.OrDefault(given.User, c.user)}, functionPrefix{fn, prefix}
	if fn != nil && connectionsOf[key] == wanted {
		return
	}
	variables := c.variables(prefix, wanted.user)
	var r check.Report
	c.checkUserOption(&r, given.User)
	c.checkFunction(&r, fn, prefix, variables)
	panicIfInvalid(&r, c, nil)

	connectionsOf[key] = wanted
	c.allowFrom(fn)
	if wanted.user != nil || c.connectionSecret != nil {
		c.grant(fn, wanted.user)
	}
	for _, v := range variables {
		fn.AddEnvironment(&v.name, v.value, nil)
	}
}

func (c *redisCache) ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable) {
	var r check.Report
	if r.Required("client", client != nil, "pass what connects, such as an ECS service") {
		checkEnvironment(&r, "client", client, c)
	}
	hasLogin := c.connectionSecret != nil || c.user != nil
	if grantee != nil && (hasLogin || c.needsUser()) {
		c.checkGrant(&r, grantee)
	}
	panicIfInvalid(&r, c, nil)

	c.warnOfOtherVpc(client)
	c.allowFrom(client)
	if grantee != nil && hasLogin {
		c.grant(grantee, c.user)
	}
}

// variable is an environment variable of a function.
type variable struct {
	name  string
	value *string
}

// variables are what a function needs to find the cache and to log in.
func (c *redisCache) variables(prefix string, user CacheUser) []variable {
	all := []variable{{prefix + "_HOST", c.endpoints.host()}, {prefix + "_PORT", ptr.To(c.endpoints.portText())}}
	if c.endpoints.reader != nil {
		all = append(all, variable{prefix + "_READER_HOST", c.endpoints.reader})
	}
	if c.endpoints.configuration != nil {
		all = append(all, variable{prefix + "_CLUSTER_MODE", ptr.To("true")})
	}
	secret := c.connectionSecret
	if user != nil {
		all = append(all, variable{prefix + "_USER", user.UserName()})
		if secret = user.Secret(); secret == nil {
			all = append(all, variable{prefix + "_CACHE_NAME", &c.cacheName})
		}
	}
	if secret != nil {
		all = append(all, variable{prefix + "_AUTH_SECRET", secret.SecretArn()})
	}
	return all
}

// allowFrom adds the ingress and egress rules between a client and the cache. The rules are in the client's stack, so that
// the cache's stack never depends on it. A client without restrictions on egress gets no egress rule, which CDK would warn
// of.
func (c *redisCache) allowFrom(client awsec2.IConnectable) {
	port := awsec2.Port_Tcp(&c.endpoints.port)
	for _, group := range *client.Connections().SecurityGroups() {
		id := securityGroupID(group)
		for _, own := range c.securityGroups {
			if id == "" || !slices.Contains(c.allowedIDs, id) {
				own.AddIngressRule(group, port, ptr.To("Redis client"), ptr.To(true))
			}
			if !*group.AllowAllOutbound() {
				group.AddEgressRule(own, port, ptr.To("Redis cache"), nil)
			}
		}
	}
}
