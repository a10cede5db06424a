package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// hasLogin reports whether there is something to grant.
func (c *redisCache) hasLogin() bool { return c.connectionSecret != nil }

func (c *redisCache) GrantConnect(grantee awsiam.IGrantable) awsiam.Grant {
	var r check.Report
	if !c.hasLogin() {
		r.Add("GrantConnect", nil, "has nothing to grant: the cache has no login, or its token is not stored and you grant access to it yourself")
	}
	if r.Required("grantee", grantee != nil, "pass a role, user, group or function of this account") {
		c.checkEnvironment(&r, "grantee", grantee)
	}
	panicIfInvalid(&r, c, nil)

	grant := grantRead(c.connectionSecret, grantee)
	if !*grant.Success() {
		r.Add("grantee", nil, "has no policy of its own to add the statement to; pass a role, user, group or function of this account")
	}
	panicIfInvalid(&r, c, nil)
	return grant
}

// grantRead is Secret.grantRead, but in the grantee's own policy only: CDK names the grantee in the key's policy too, so
// the key's stack would depend on the function's. The key trusts its account, which makes the one policy enough.
func grantRead(secret awssecretsmanager.ISecret, grantee awsiam.IGrantable) awsiam.Grant {
	secretArn := secret.SecretFullArn()
	if secretArn == nil { // imported without the six characters that Secrets Manager adds
		secretArn = ptr.To(*secret.SecretArn() + "-??????")
	}
	read := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr.To("secretsmanager:GetSecretValue"), ptr.To("secretsmanager:DescribeSecret")},
		ResourceArns: &[]*string{secretArn},
	})
	key := secret.EncryptionKey()
	if key == nil {
		return read
	}
	return read.Combine(awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr.To("kms:Decrypt")},
		ResourceArns: &[]*string{key.KeyArn()},
		Conditions: &map[string]*map[string]any{"StringEquals": {
			"kms:ViaService": "secretsmanager." + *awscdk.Aws_REGION() + ".amazonaws.com",
		}},
	}))
}
