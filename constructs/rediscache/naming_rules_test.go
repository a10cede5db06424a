package rediscache

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

const groupIDCharacters = "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen"

func TestNameRules(t *testing.T) {
	name := func(p *RedisCacheProps) **string { return &p.Name }
	line := func(value, message string) string { return fmt.Sprintf("Name: %q %s", value, message) }
	long := strings.Repeat("a", 35)
	runRules(t, []ruleCase{
		property("a name is accepted", name, "securebase-prod"),
		property("a name of one letter is accepted", name, "a"),
		property("a name of 34 characters is accepted", name, long[:34]),
		property("a name of 35 characters is too long", name, long,
			line(long, `has 35 characters; "-redis" makes it a ReplicationGroupId, which has at most 40, so use at most 34`)),
		property("an empty name is refused", name, "", line("", "is empty; leave Name out to let CloudFormation generate every name")),
		property("upper case is refused with the name to use", name, "SecureBase", line("SecureBase", "has upper-case letters, which "+
			`ElastiCache stores in lower case, so that alarms would watch a node that does not exist; use "securebase"`)),
		property("a name starts with a letter", name, "1base", line("1base", groupIDCharacters)),
		property("a name does not start with a hyphen", name, "-base", line("-base", groupIDCharacters)),
		property("a name does not end with a hyphen", name, "base-", line("base-", groupIDCharacters)),
		property("a name has no two hyphens in a row", name, "secure--base", line("secure--base", groupIDCharacters)),
		property("a name has no underscore", name, "secure_base", line("secure_base", groupIDCharacters)),
		property("a name has no umlaut", name, "büro", line("büro", groupIDCharacters)),
		property("a token is not judged", name, stringToken+"-prod"),
	})
}

func TestReplicationGroupIDRules(t *testing.T) {
	id := func(p *RedisCacheProps) **string { return &p.ReplicationGroupId }
	line := func(value, message string) string { return fmt.Sprintf("ReplicationGroupId: %q %s", value, message) }
	long := strings.Repeat("a", 41)
	runRules(t, []ruleCase{
		property("an id is accepted", id, "legacy-cache"),
		property("an id of 40 characters is accepted", id, long[:40]),
		property("an id of 41 characters is too long", id, long, line(long, "has 41 characters; use at most 40")),
		property("an empty id is refused", id, "", line("", "is empty; leave it out for <Name>-redis")),
		property("upper case is refused with the id to use", id, "Legacy", line("Legacy", "has upper-case letters, which "+
			`ElastiCache stores in lower case, so that alarms would watch a node that does not exist; use "legacy"`)),
		property("an id starts with a letter", id, "1legacy", line("1legacy", groupIDCharacters)),
		property("an id has no dot", id, "legacy.cache", line("legacy.cache", groupIDCharacters)),
		property("a token is not judged", id, stringToken),
		with("a name of 34 characters beside an id is accepted", func(p *RedisCacheProps) {
			p.Name, p.ReplicationGroupId = ptr.To(long[:34]), ptr.To("legacy")
		}),
	})
}

func TestDescriptionRules(t *testing.T) {
	description := func(p *RedisCacheProps) **string { return &p.Description }
	runRules(t, []ruleCase{
		property("255 characters are accepted", description, strings.Repeat("é", 255)),
		property("256 characters are too many", description, strings.Repeat("é", 256), "Description: has 256 characters; use 1 to 255"),
		property("an empty description is refused", description, "", "Description: has 0 characters; use 1 to 255"),
		property("a token is not judged", description, stringToken),
	})
}

func TestTagRules(t *testing.T) {
	tags := func(name string, tags map[string]*string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.Tags = &tags }, want...)
	}
	tag := func(name, key, value string, want ...string) ruleCase {
		return tags(name, map[string]*string{key: &value}, want...)
	}
	fifty := map[string]*string{}
	for i := range 50 {
		fifty[fmt.Sprint("key", i)] = ptr.To("v")
	}
	fiftyOne := maps.Clone(fifty)
	fiftyOne["one"] = ptr.To("more")
	long := strings.Repeat("k", 129)
	characters := "other characters than letters, digits, spaces and _ . : / = + - @"
	runRules(t, []ruleCase{
		tag("a tag is accepted", "Project", "SecureBase"),
		tag("an empty value is accepted", "Project", ""),
		tags("50 tags are the most", fifty),
		tags("51 tags are too many", fiftyOne, "Tags: has 51 tags; a resource takes at most 50"),
		tag("a key of 128 characters is accepted", long[:128], "v"),
		tag("a key of 129 characters is too long", long, "v", `Tags["`+long+`"]: has a key of 129 characters; use 1 to 128`),
		tag("an empty key is refused", "", "v", `Tags[""]: has a key of 0 characters; use 1 to 128`),
		tag("AWS reserves aws:", "AWS:name", "v", `Tags["AWS:name"]: has a key that starts with "aws:", which AWS reserves; use another`),
		tag("awsome is accepted", "awsome", "v"),
		tag("a key has no asterisk", "a*", "v", `Tags["a*"]: has a key with `+characters),
		tag("a value of 256 characters is accepted", "k", strings.Repeat("v", 256)),
		tag("a value of 257 characters is too long", "k", strings.Repeat("v", 257), `Tags["k"]: has a value of 257 characters; use at most 256`),
		tag("a value has no exclamation mark", "k", "v!", `Tags["k"]: "v!" has `+characters),
		tags("a nil value is refused", map[string]*string{"k": nil}, `Tags["k"]: has no value; use "" for an empty one`),
		tag("a token as value is not judged", "k", stringToken+"!"),
	})
}
