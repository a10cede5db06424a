package rediscache

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
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

	grant := grantRead(c.connectionSecret, grantee)
	if !*grant.Success() {
		found.add("grantee", nil, "has no policy of its own that could get the rights; pass a role, user, group or function of this account")
	}
	found.panicIfAny(c, nil)
	return grant
}

// grantRead is Secret.grantRead, but in the grantee's own policy only: CDK names the grantee in the key's policy too, so
// that the key's stack would depend on the function's. The key trusts its account, which makes the one policy enough.
func grantRead(secret awssecretsmanager.ISecret, grantee awsiam.IGrantable) awsiam.Grant {
	secretArn := secret.SecretFullArn()
	if secretArn == nil { // imported without the six characters that Secrets Manager adds
		secretArn = ptr(*secret.SecretArn() + "-??????")
	}
	read := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr("secretsmanager:GetSecretValue"), ptr("secretsmanager:DescribeSecret")},
		ResourceArns: &[]*string{secretArn},
	})
	key := secret.EncryptionKey()
	if key == nil {
		return read
	}
	return read.Combine(awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr("kms:Decrypt")},
		ResourceArns: &[]*string{key.KeyArn()},
		Conditions: &map[string]*map[string]any{"StringEquals": {
			"kms:ViaService": "secretsmanager." + *awscdk.Aws_REGION() + ".amazonaws.com",
		}},
	}))
}

// connected are the caches that functions have in their REDIS_* variables, of which there is one set.
var connected = map[awslambda.Function]*redisCache{}

func (c *redisCache) ConnectFunction(fn awslambda.Function) {
	var found problems
	switch {
	case fn == nil:
		found.add("fn", nil, "is required")
	case connected[fn] != nil && connected[fn] != c:
		found.add("fn", *fn.Node().Path(), "has %s in REDIS_HOST, REDIS_PORT and REDIS_AUTH_SECRET; connect it to this one by Connections(), GrantConnect and variables of your own", *connected[fn].Node().Path())
	case !*fn.IsBoundToVpc():
		found.add("fn", *fn.Node().Path(), "is not in a VPC, so it cannot reach the cache; give it the cache's Vpc, with a route to Secrets Manager")
	}
	found.panicIfAny(c, nil)

	connected[fn] = c
	for _, client := range *fn.Connections().SecurityGroups() {
		c.admit(client)
	}
	fn.AddEnvironment(ptr("REDIS_HOST"), c.endpoint.primary, nil)
	fn.AddEnvironment(ptr("REDIS_PORT"), ptr(c.endpoint.portText()), nil)
	if c.connectionSecret != nil {
		c.GrantConnect(fn)
		fn.AddEnvironment(ptr("REDIS_AUTH_SECRET"), c.connectionSecret.SecretArn(), nil)
	}
}

// admit opens the way from a client to the cache. The rules are in the client's stack, so that the cache's stack never
// depends on it; and a client that may go anywhere gets no rule of its own, which CDK would warn of.
func (c *redisCache) admit(client awsec2.ISecurityGroup) {
	port := awsec2.Port_Tcp(&c.endpoint.port)
	id := askOnce(client, securityGroupIdOf)
	for _, own := range c.securityGroups {
		if id == "" || !slices.Contains(c.admitted, id) {
			own.AddIngressRule(client, port, ptr("Redis client"), ptr(true))
		}
		if !*client.AllowAllOutbound() {
			client.AddEgressRule(own, port, ptr("Redis cache"), nil)
		}
	}
}
