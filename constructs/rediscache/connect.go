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
type connection struct{ cache *redisCache }

func (c *redisCache) ConnectFunction(fn awslambda.Function, options *ConnectFunctionOptions) {
	prefix := ptr.Or(ptr.Value(options).EnvironmentPrefix, "REDIS")
	wanted, key := connection{c}, functionPrefix{fn, prefix}
	if fn != nil && connectionsOf[key] == wanted {
		return
	}
	variables := c.variables(prefix)
	var r check.Report
	c.checkFunction(&r, fn, prefix, variables)
	panicIfInvalid(&r, c, nil)

	connectionsOf[key] = wanted
	c.allowFrom(fn)
	if c.connectionSecret != nil {
		c.GrantConnect(fn)
	}
	for _, v := range variables {
		fn.AddEnvironment(&v.name, v.value, nil)
	}
}

func (c *redisCache) ConnectClient(client awsec2.IConnectable, grantee awsiam.IGrantable) {
	var r check.Report
	if r.Required("client", client != nil, "pass what connects, such as an ECS service") {
		c.checkEnvironment(&r, "client", client)
	}
	r.Required("grantee", grantee != nil, "pass what logs in, such as the task role of an ECS service")
	panicIfInvalid(&r, c, nil)

	c.warnOfOtherVpc(client)
	c.allowFrom(client)
	if c.hasLogin() {
		c.GrantConnect(grantee)
	}
}

// variable is an environment variable of a function.
type variable struct {
	name  string
	value *string
}

// variables are what a function needs to find the cache and to log in.
func (c *redisCache) variables(prefix string) []variable {
	all := []variable{{prefix + "_HOST", c.endpoints.primary}, {prefix + "_PORT", ptr.To(c.endpoints.portText())}}
	if c.endpoints.reader != nil {
		all = append(all, variable{prefix + "_READER_HOST", c.endpoints.reader})
	}
	if c.connectionSecret != nil {
		all = append(all, variable{prefix + "_AUTH_SECRET", c.connectionSecret.SecretArn()})
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
