package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

func (c *redisCache) Connections() awsec2.Connections {
	if c.connections == nil {
		c.connections = awsec2.NewConnections(&awsec2.ConnectionsProps{
			SecurityGroups: &c.securityGroups,
			DefaultPort:    awsec2.Port_Tcp(&c.endpoint.port),
		})
	}
	return c.connections
}

func (c *redisCache) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var found problems
	if c.connectionSecret == nil {
		found.add("GrantConnect", nil, "there is no connection secret to read: AUTH is off, or StoreAuthToken is false and the token is the caller's own to grant")
	}
	if grantee == nil {
		found.add("grantee", nil, "is required")
	}
	found.panicIfAny(c, nil)
	return c.connectionSecret.GrantRead(grantee, nil)
}

func (c *redisCache) ConnectFunction(fn awslambda.Function) {
	var found problems
	switch {
	case fn == nil:
		found.add("fn", nil, "is required")
	case !*fn.IsBoundToVpc():
		found.add("fn", *fn.Node().Path(), "is not in a VPC, so it cannot reach the cache; give it the cache's Vpc, with a route to Secrets Manager")
	}
	found.panicIfAny(c, nil)

	// From the function's side, so that the rules are in its stack and the cache's stack never depends on it.
	fn.Connections().AllowToDefaultPort(c, ptr("Redis client"))
	fn.AddEnvironment(ptr("REDIS_HOST"), c.endpoint.primary, nil)
	fn.AddEnvironment(ptr("REDIS_PORT"), ptr(c.endpoint.portText()), nil)
	if c.connectionSecret != nil {
		c.GrantConnect(fn)
		fn.AddEnvironment(ptr("REDIS_AUTH_SECRET"), c.connectionSecret.SecretArn(), nil)
	}
}
