package login

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// GrantIam grants elasticache:Connect, which needs the cache and the user alike.
func GrantIam(grantee awsiam.IGrantable, caches []*string, user *string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      &[]*string{ptr.To("elasticache:Connect")},
		ResourceArns: ptr.To(append(caches, user)),
	})
}

// CheckGranted reports a grant that found no policy to add its statement to.
func CheckGranted(r *check.Report, given awsiam.Grant) {
	if !*given.Success() {
		r.Add("grantee", nil, "has no policy of its own to add the statement to; pass a role, user, group or function of this account")
	}
}

// MissingActions returns the role of the grantee and the actions that its owner has to allow: CDK adds no policy to an
// immutable role, and calls the grant a success. A role that takes policies has one as its child by now, or is made in this
// app and has a resource there.
func MissingActions(grantee awsiam.IGrantable, given awsiam.Grant) (role, actions string) {
	principal, isRole := grantee.GrantPrincipal().(awsiam.IRole)
	if !isRole || len(*principal.Node().Children()) > 0 {
		return "", ""
	}
	var all []string
	for _, statement := range *given.PrincipalStatements() {
		all = append(all, ptr.Strings(statement.Actions())...)
	}
	return *principal.Node().Path(), strings.Join(all, ", ")
}

// Arn is the ARN of a resource of ElastiCache in the stack's account and region.
func Arn(stack awscdk.Stack, resource, name string) *string {
	return stack.FormatArn(&awscdk.ArnComponents{
		Service:      ptr.To("elasticache"),
		Resource:     &resource,
		ResourceName: &name,
		ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}

// GrantRead is Secret.grantRead, but in the grantee's own policy only: CDK names the grantee in the key's policy too, so
// the key's stack would depend on the function's. The key trusts its account, which makes the one policy enough.
func GrantRead(secret awssecretsmanager.ISecret, grantee awsiam.IGrantable) awsiam.Grant {
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
