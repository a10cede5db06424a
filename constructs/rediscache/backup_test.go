package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
)

func TestWhatTheGroupNeedsIsKeptWithIt(t *testing.T) {
	tests := []struct {
		policy awscdk.RemovalPolicy
		// The deletion policies of the group, of secrets and logs, and of groups that hold no data.
		group, supporting, groups string
	}{
		{awscdk.RemovalPolicy_SNAPSHOT, "Snapshot", "Delete", ""},
		{awscdk.RemovalPolicy_DESTROY, "Delete", "Delete", ""},
		{awscdk.RemovalPolicy_RETAIN, "Retain", "Retain", "Retain"},
		{awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, "RetainExceptOnCreate", "RetainExceptOnCreate", "RetainExceptOnCreate"},
	}
	for _, test := range tests {
		t.Run(string(test.policy), func(t *testing.T) {
			tpl := templateOf(t, func(p *props) { p.RemovalPolicy = test.policy })
			assert.Equal(t, test.group, tpl.one(t, replicationGroup).DeletionPolicy)
			for _, resourceType := range []string{parameterGroup, subnetGroup, securityGroup} {
				assert.Equal(t, test.groups, tpl.one(t, resourceType).DeletionPolicy, resourceType)
			}
			for _, resourceType := range []string{secret, logGroup} {
				for id, r := range tpl.allOf(resourceType) {
					assert.Equal(t, test.supporting, r.DeletionPolicy, id)
				}
			}
			for id, r := range tpl.allOf(alarm) {
				assert.Empty(t, r.DeletionPolicy, id)
			}
		})
	}
}
