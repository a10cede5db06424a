package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// scalingRole is the role that the construct writes into the template.
const scalingRole = "arn:aws:iam::*:role/aws-service-role/elasticache.application-autoscaling.amazonaws.com/" +
	"AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG"

// Auto scaling has a policy of its own, because IAM has no room for it in the one for the stacks.
func TestTheScalingPolicyAllowsWhatTheHandlersCall(t *testing.T) {
	deploy, _ := deployPolicy(t)
	scaling, _ := policyOf(t, "scaling-policy")
	var needed []string
	for _, actions := range actionsIn(t, "scaling-actions.txt") {
		for _, action := range actions {
			service, name, _ := strings.Cut(action, ":")
			inDeployPolicy := deploy.allows(action, "*") ||
				strings.HasPrefix(name, "Describe") && deploy.allows(service+":Describe*", "*")
			if !inDeployPolicy {
				needed = append(needed, action)
			}
		}
	}
	var allowed []string
	for _, statement := range scaling.Statement {
		assert.Equal(t, "Allow", statement.Effect, statement.Sid)
		allowed = append(allowed, statement.Action...)
	}
	slices.Sort(needed)
	assert.ElementsMatch(t, slices.Compact(needed), allowed, "beside the policy for the stacks")
}

func TestTheScalingPolicyReachesNoRoleButThatOfAutoScaling(t *testing.T) {
	scaling, _ := policyOf(t, "scaling-policy")
	for _, action := range []string{"iam:CreateServiceLinkedRole", "iam:PassRole"} {
		assert.True(t, scaling.allows(action, scalingRole), action)
		assert.False(t, scaling.allows(action, "arn:aws:iam::*:role/Admin"), action)
	}
}
