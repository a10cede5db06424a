// Package names judges what a caller names: ids, tags, and names that two caches of an account and region cannot share.
package names

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Pattern is an id of ElastiCache as it stores it: lower-case letters, digits and single hyphens, the first a letter and the
// last no hyphen (CreateReplicationGroup, API reference).
var Pattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Check judges the characters of an id, or of a Name that becomes one. watched is what alarms would watch in vain.
func Check(text check.Text, id, watched string) {
	lower := strings.ToLower(id)
	text.
		When(id != lower && Pattern.MatchString(lower),
			"has upper-case letters, which ElastiCache stores in lower case, so that alarms would watch %s that does not exist; use %q", watched, lower).
		Matches(Pattern, "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen")
}

// A resource has at most 50 tags, with keys of 1 to 128 and values of up to 256 characters; "aws:" is reserved (tagging,
// ElastiCache user guide).
const (
	mostTags        = 50
	longestTagKey   = 128
	longestTagValue = 256
	tagCharacters   = "letters, digits, spaces and _ . : / = + - @"
)

var tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// CheckTags judges keys and values.
func CheckTags(r *check.Report, tags map[string]*string) {
	if len(tags) > mostTags {
		r.Add("Tags", nil, "has %d tags; a resource takes at most %d", len(tags), mostTags)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		property := check.Key("Tags", key)
		length := utf8.RuneCountInString(key)
		r.Text(property, key).
			WhenHidden(length < 1 || length > longestTagKey, "has a key of %d characters; use 1 to %d", length, longestTagKey).
			WhenHidden(strings.HasPrefix(strings.ToLower(key), "aws:"), "has a key that starts with \"aws:\", which AWS reserves; use another").
			WhenHidden(!tagPattern.MatchString(key), "has a key with other characters than "+tagCharacters)
		if tags[key] == nil {
			r.Add(property, nil, "has no value; use \"\" for an empty one")
			continue
		}
		value := *tags[key]
		length = utf8.RuneCountInString(value)
		r.Text(property, value).
			WhenHidden(length > longestTagValue, "has a value of %d characters; use at most %d", length, longestTagValue).
			Matches(tagPattern, "has other characters than "+tagCharacters)
	}
}
