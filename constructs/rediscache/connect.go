package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
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
	key := c.connectionSecret.EncryptionKey()
	if key == nil {
		return c.connectionSecret.GrantRead(grantee, nil)
	}
	return grantReadWithKey(c, c.connectionSecret, key, grantee)
}

// grantReadWithKey is Secret.grantRead, but for the key's policy: CDK names the grantee there, so that the key's stack
// would depend on the function's. The key trusts its account, so that the grantee's own policy is enough.
func grantReadWithKey(scope constructs.Construct, secret awssecretsmanager.ISecret, key awskms.IKey, grantee awsiam.IGrantable) awsiam.Grant {
	secretArn := secret.SecretFullArn()
	if secretArn == nil { // imported without the six characters that Secrets Manager adds
		secretArn = ptr(*secret.SecretArn() + "-??????")
	}
	read := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr("secretsmanager:GetSecretValue"), ptr("secretsmanager:DescribeSecret")},
		ResourceArns: &[]*string{secretArn},
		Scope:        scope,
	})
	decrypt := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr("kms:Decrypt")},
		ResourceArns: &[]*string{key.KeyArn()},
		Conditions: &map[string]*map[string]any{"StringEquals": {
			"kms:ViaService": "secretsmanager." + *awscdk.Aws_REGION() + ".amazonaws.com",
		}},
		Scope: scope,
	})
	return read.Combine(decrypt)
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
