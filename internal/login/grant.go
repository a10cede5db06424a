package login

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
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

// WarnOfImmutableRole warns of what the owner of an immutable role must allow: CDK adds no policy to it, and calls the grant a
// success. A role that takes policies has one as its child by now, or is made in this app and has a resource there.
func WarnOfImmutableRole(w warning.Target, grantee awsiam.IGrantable, given awsiam.Grant) {
	role, isRole := grantee.GrantPrincipal().(awsiam.IRole)
	if !isRole || len(*role.Node().Children()) > 0 {
		return
	}
	var missing []string
	for _, statement := range *given.PrincipalStatements() {
		actions, resources := ptr.Strings(statement.Actions()), ptr.Strings(statement.Resources())
		missing = append(missing, strings.Join(actions, ", ")+" on "+readable(strings.Join(resources, ", ")))
	}
	w.Warn("immutableRole", "%s is an immutable role, so CDK adds no policy to it; its owner must allow %s",
		*role.Node().Path(), strings.Join(missing, " and "))
}

var tokens = regexp.MustCompile(`\$\{Token\[([^\]]*)\.\d+\]\}`)

// readable has the pseudo parameter or the path of the construct in the place of a token, which a warning cannot show.
func readable(text string) string {
	return tokens.ReplaceAllStringFunc(text, func(token string) string {
		hint := tokens.FindStringSubmatch(token)[1]
		reference, isReference := awscdk.Tokenization_ReverseString(&token).FirstToken().(awscdk.Reference)
		if isReference && !strings.HasPrefix(hint, "AWS") {
			return *reference.Target().Node().Path()
		}
		return "${" + strings.ReplaceAll(hint, ".", "::") + "}"
	})
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
