package rediscache

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// prefixPattern: Lambda accepts letters, digits and underscores, starting with a letter; by convention upper-case.
var prefixPattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// checkFunction judges what ConnectFunction would do to a function.
func (c *redisCache) checkFunction(r *check.Report, fn awslambda.Function, prefix string, variables []variable) {
	r.Text("options.EnvironmentPrefix", prefix).
		Matches(prefixPattern, "must contain only upper-case letters, digits and underscores and start with a letter").
		When(strings.HasSuffix(prefix, "_"), "ends with an underscore, which the variables add; use %q", strings.TrimRight(prefix, "_"))
	if !r.Required("fn", fn != nil, "pass a Lambda function in a VPC") {
		return
	}
	path := *fn.Node().Path()
	if other := connectionsOf[functionPrefix{fn, prefix}]; other.cache != nil {
		r.Add("fn", path, "is connected to %s in the variables %s_*; give this connection an EnvironmentPrefix of its own",
			*other.cache.Node().Path(), prefix)
		return
	}
	if !*fn.IsBoundToVpc() {
		r.Add("fn", path, "is not in a VPC, so it cannot reach the cache; give it the cache's Vpc, with a route to Secrets Manager")
	}
	checkEnvironment(r, "fn", fn, c)
	existing := environmentOf(fn)
	for _, v := range variables {
		if slices.Contains(existing, v.name) {
			r.Add("fn", path, "has an environment variable %s already; remove it, or use an EnvironmentPrefix", v.name)
		}
	}
	if len(r.Problems()) == 0 {
		c.warnOfOtherVpc(fn)
	}
}

// environmentOf are the names of a function's environment variables so far. From jsii-runtime-go 1.142 on, the property
// arrives as a struct without the variables that CDK adds late, which Resolve refuses: there only literal ones are known.
func environmentOf(fn awslambda.Function) []string {
	cfn, isCfn := fn.Node().DefaultChild().(awslambda.CfnFunction)
	if !isCfn {
		return nil
	}
	environment := cfn.Environment()
	if property, isStruct := environment.(*awslambda.CfnFunction_EnvironmentProperty); isStruct {
		environment = map[string]any{"variables": property.Variables}
	}
	resolved, _ := awscdk.Stack_Of(fn).Resolve(environment).(map[string]any)
	variables, _ := resolved["variables"].(map[string]any)
	return slices.Sorted(maps.Keys(variables))
}

// checkUserOption wants a user where only the caller knows the users, and one of this cache.
func (c *redisCache) checkUserOption(r *check.Report, given CacheUser) {
	own, _ := given.(*cacheUser)
	switch {
	case given == nil && c.needsUser():
		r.Add("options.User", nil, "is required, because the user group is yours; pass one of its users (CacheUser_FromUserAttributes)")
	case given == nil:
	case own != nil && own.cache != nil && own.cache != c:
		r.Add("options.User", own.id, "is a user of %s; use one of this cache", *own.cache.Node().Path())
	case c.settings != nil && c.users == nil && !c.needsUser():
		r.Add("options.User", *given.UserName(), "is a user, but the cache has no user group; create it with Authentication_Iam or Authentication_UserGroup, or leave the user out")
	}
}

// checkEnvironment refuses a client of another account or region: a security group rule and the grant reach neither.
func checkEnvironment(r *check.Report, property string, client any, of constructs.IConstruct) {
	construct, is := client.(constructs.IConstruct)
	if !is {
		return
	}
	stack := stackOf(construct)
	if stack == nil {
		return
	}
	own, other := environmentOfStack(awscdk.Stack_Of(of)), environmentOfStack(stack)
	_, isIdentity := client.(awsiam.IIdentity) // which has an account and no region
	if differ(own.account, other.account) || !isIdentity && own.differs(other) {
		r.Add(property, *construct.Node().Path(), "is in %s and the cache in %s; use a cache of its own account and region", other, own)
	}
}

// warnOfOtherVpc warns of a client in another VPC, which needs a peering connection or a transit gateway. The VPC of a
// client is known from the security groups that this app creates.
func (c *redisCache) warnOfOtherVpc(client awsec2.IConnectable) {
	own := vpcOf(c.securityGroups)
	other := vpcOf(*client.Connections().SecurityGroups())
	w := warnings{c}
	construct, is := client.(constructs.IConstruct)
	w.when(is && own != "" && other != "" && own != other, "otherVpc",
		"%s is in another VPC than the cache: it needs a peering connection or a transit gateway, and routes both ways", pathOf(construct))
}

func pathOf(construct constructs.IConstruct) string {
	if construct == nil {
		return ""
	}
	return *construct.Node().Path()
}

// vpcOf is the VPC id of the first group that knows it; a token names a VPC as well as an id does.
func vpcOf(groups []awsec2.ISecurityGroup) string {
	for _, group := range groups {
		if cfn, is := group.Node().DefaultChild().(awsec2.CfnSecurityGroup); is {
			return ptr.Value(cfn.VpcId())
		}
	}
	return ""
}
