package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/connect"
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

func (c *redisCache) ConnectFunction(fn awslambda.Function, options *ConnectFunctionOptions) {
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
	c.warnOfOtherVpc(fn)
	c.allowFrom(fn)
	if user != nil || c.connectionSecret != nil {
		c.grant(fn, user)
	}
	for _, v := range variables {
		fn.AddEnvironment(&v.Name, v.Value, nil)
	}
}

func (c *redisCache) ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable) {
	var r check.Report
	if r.Required("client", client != nil, "pass what connects, such as an ECS service") {
		connect.CheckEnvironment(&r, "client", client, c)
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

// variables are what a function needs to find the cache and to log in.
func (c *redisCache) variables(prefix string, user CacheUser) []connect.Variable {
	all := []connect.Variable{
		{Name: prefix + "_HOST", Value: c.endpoints.host()},
		{Name: prefix + "_PORT", Value: ptr.To(c.endpoints.portText())},
	}
	if c.endpoints.reader != nil {
		all = append(all, connect.Variable{Name: prefix + "_READER_HOST", Value: c.endpoints.reader})
	}
	if c.endpoints.configuration != nil {
		all = append(all, connect.Variable{Name: prefix + "_CLUSTER_MODE", Value: ptr.To("true")})
	}
	secret := c.connectionSecret
	if user != nil {
		all = append(all, connect.Variable{Name: prefix + "_USER", Value: user.UserName()})
		if secret = user.Secret(); secret == nil {
			all = append(all, connect.Variable{Name: prefix + "_CACHE_NAME", Value: &c.cacheName})
		}
	}
	if secret != nil {
		all = append(all, connect.Variable{Name: prefix + "_AUTH_SECRET", Value: secret.SecretArn()})
	}
	return all
}

func (c *redisCache) allowFrom(client awsec2.IConnectable) {
	c.warnOfMissingRules(connect.AllowFrom(client, c.securityGroups, c.allowedIDs, awsec2.Port_Tcp(&c.endpoints.port)))
}
