package connect

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// MissingRule is a rule that an immutable security group swallows, so that its owner has to add it.
type MissingRule struct {
	Group string // its id, or its path where only CloudFormation knows the id
	Rule  string // such as "ingress of TCP 6379 from sg-0123456789abcdef0"
}

// missingRule is the rule that a group did not take, or none.
func missingRule(group awsec2.ISecurityGroup, rule string, port awsec2.Port, peer awsec2.ISecurityGroup) []MissingRule {
	if !immutable(group) {
		return nil
	}
	return []MissingRule{{nameOf(group), fmt.Sprintf(rule, "TCP "+*port.ToString(), nameOf(peer))}}
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

func nameOf(group awsec2.ISecurityGroup) string {
	if id := SecurityGroupID(group); id != "" {
		return id
	}
	return *group.Node().Path()
}
