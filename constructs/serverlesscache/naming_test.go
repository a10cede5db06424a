package serverlesscache_test

import (
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
)

// User, UserGroup and ServerlessCache have ids of up to 40 characters.
func TestTheLongestNameMakesNoIdThatIsTooLong(t *testing.T) {
	f := newFixture()
	f.cache(func(p *props) { p.Name = jsii.String(strings.Repeat("a", 25)) })
	var lengths []int
	for id, r := range synthesize(t, f.stack).Resources {
		for _, property := range []string{"ServerlessCacheName", "UserId", "UserGroupId"} {
			if name, written := r.Properties[property].(string); written {
				lengths = append(lengths, len(name))
				assert.LessOrEqual(t, len(name), 40, "%s: %s", id, name)
			}
		}
	}
	assert.Len(t, lengths, 4, "the cache, two users and their group")
	assert.Contains(t, lengths, 40, "the limit of the Name is no stricter than it has to be")
}
