package rediscache_test

import (
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// User, UserGroup and ReplicationGroup have ids of up to 40 characters.
func TestTheLongestNameMakesNoIdThatIsTooLong(t *testing.T) {
	tpl := templateOf(t, func(p *props) {
		p.Name, p.Authentication = jsii.String(strings.Repeat("a", 34)), rediscache.Authentication_Iam(nil)
	})
	var lengths []int
	for id, r := range tpl.Resources {
		for _, property := range []string{"ReplicationGroupId", "UserId", "UserGroupId"} {
			if name, written := r.Properties[property].(string); written {
				lengths = append(lengths, len(name))
				assert.LessOrEqual(t, len(name), 40, "%s: %s", id, name)
			}
		}
	}
	assert.Len(t, lengths, 4, "the group, two users and their group")
	assert.Contains(t, lengths, 40, "the limit of the Name is no stricter than it has to be")
}
