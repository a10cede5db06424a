// Package connect opens the network between a cache and its clients, and keeps the environment variables of a function
// apart.
package connect

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// AllowFrom adds the ingress and egress rules between a client and the security groups of a cache. The rules are in the
// client's stack, so that the cache's stack never depends on it. An imported group whose id is in allowedIDs has its rule
// already. A client without restrictions on egress gets no egress rule, which CDK would warn of. It returns the rules that
// an immutable group did not take.
func AllowFrom(client awsec2.IConnectable, cache []awsec2.ISecurityGroup, allowedIDs []string, port awsec2.Port) (missing []MissingRule) {
	for _, group := range *client.Connections().SecurityGroups() {
		id := SecurityGroupID(group)
		allowed := id != "" && slices.Contains(allowedIDs, id)
		restricted := !*group.AllowAllOutbound()
		for _, own := range cache {
			if !allowed {
				own.AddIngressRule(group, port, ptr.To("Redis client"), ptr.To(true))
				missing = append(missing, missingRule(own, ingressRule, port, group)...)
			}
			if restricted {
				group.AddEgressRule(own, port, ptr.To("Redis cache"), nil)
				missing = append(missing, missingRule(group, egressRule, port, own)...)
			}
		}
	}
	return missing
}

// SecurityGroupID is the id of an imported group, or empty.
func SecurityGroupID(group awsec2.ISecurityGroup) string {
	if group == nil {
		return ""
	}
	if id := *group.SecurityGroupId(); !check.IsToken(id) {
		return id
	}
	return ""
}

// CheckEnvironment refuses a client of another account or region than the cache: a security group rule and a grant reach
// neither.
func CheckEnvironment(r *check.Report, property string, client any, cache constructs.IConstruct) {
	construct, is := client.(constructs.IConstruct)
	if !is {
		return
	}
	stack := tree.StackOf(construct)
	if stack == nil {
		return
	}
	own, other := environment.OfStack(awscdk.Stack_Of(cache)), environment.OfStack(stack)
	if resource, is := client.(awscdk.IResource); is { // imported by an ARN, it may be in another one than its stack
		other = environment.Of(resource)
	}
	_, isIdentity := client.(awsiam.IIdentity) // which has an account and no region
	if environment.Differ(own.Account, other.Account) || !isIdentity && own.Differs(other) {
		r.Add(property, *construct.Node().Path(), "is in %s and the cache in %s; use a cache of its own account and region", other, own)
	}
}

// OtherVpc returns the path of a client in another VPC than the security groups of a cache, which needs a peering connection
// or a transit gateway; else it is empty. The VPC of a client is known from the security groups that this app creates.
func OtherVpc(client awsec2.IConnectable, cache []awsec2.ISecurityGroup) string {
	own, other := vpcOf(cache), vpcOf(*client.Connections().SecurityGroups())
	construct, is := client.(constructs.IConstruct)
	if !is || own == "" || other == "" || own == other {
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
