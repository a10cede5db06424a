package connect

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// warnOfMissingRule warns of a rule that an immutable security group swallows, so that its owner has to add it.
func warnOfMissingRule(
	w warning.Target, immutable bool, group awsec2.ISecurityGroup, rule string, port awsec2.Port, peer awsec2.ISecurityGroup,
) {
	if immutable {
		w.Warn("immutableSecurityGroup", "%s is imported with Mutable false, so CDK adds no rule to it; its owner must add %s",
			nameOf(group), fmt.Sprintf(rule, "TCP "+*port.ToString(), nameOf(peer)))
	}
}

// immutables tells of each group whether it is immutable.
func immutables(groups []awsec2.ISecurityGroup) []bool {
	each := make([]bool, len(groups))
	for i, group := range groups {
		each[i] = immutable(group)
	}
	return each
}

const (
	ingressRule = "ingress of %s from %s"
	egressRule  = "egress of %s to %s"
)

// immutable reports whether CDK adds no rule to a group, because it is imported with Mutable false. CDK has no getter for
// that; but a rule between two stacks becomes a child of the other group, which here is in a stack outside the app.
func immutable(group awsec2.ISecurityGroup) bool {
	if _, ours := group.Node().DefaultChild().(awsec2.CfnSecurityGroup); ours {
		return false
	}
	outside := awscdk.NewStack(nil, ptr.To("SecurityGroups"), nil)
	other := awsec2.SecurityGroup_FromSecurityGroupId(outside, ptr.To("Other"), ptr.To("sg-00000000"), nil)
	group.AddIngressRule(other, awsec2.Port_AllTcp(), nil, ptr.To(true))
	return len(*other.Node().Children()) == 0
}

// nameOf is the id of a group, or its path where only CloudFormation knows the id.
func nameOf(group awsec2.ISecurityGroup) string {
	if id := SecurityGroupID(group); id != "" {
		return id
	}
	return *group.Node().Path()
}
