// Package login makes ElastiCache's users and user groups, the secrets of those with a password, and the grants that a login
// needs.
package login

import (
	"regexp"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/accessstring"
	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Engine of users and their group is redis also for Valkey: such a group can be attached to both engines, and it survives an
// upgrade from Redis to Valkey and the way back from Valkey 7.2 (user guide, "Role-Based Access Control").
const Engine = "redis"

// DefaultAccess lets a user do everything with every key, except what could harm the cache itself.
const DefaultAccess = "on ~* +@all -@dangerous"

// LongestUserID: a user id has 1 to 40 lower-case letters, digits and hyphens and starts with a letter (CreateUser, API
// reference).
const LongestUserID = 40

var (
	userIDPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	hyphens       = regexp.MustCompile(`[^a-z0-9]+`)
)

// UserID makes a user id of parts, in lower case and with hyphens for everything that an id cannot have.
func UserID(parts ...string) string {
	text := strings.ToLower(strings.Join(parts, "-"))
	return strings.Trim(hyphens.ReplaceAllString(text, "-"), "-")
}

// CheckUserID wants an id that ElastiCache accepts.
func CheckUserID(r *check.Report, property, id string) {
	r.Text(property, id).
		When(id == "default", "is reserved: the default user of ElastiCache needs no password; choose another name").
		When(len(id) > LongestUserID, "has %d characters; use at most %d", len(id), LongestUserID).
		Matches(userIDPattern, "must contain only lower-case letters, digits and hyphens and start with a letter")
}

// CheckAccessString never shows the value, which may hold a password. The value may be nil.
func CheckAccessString(r *check.Report, property string, value *string) {
	if value == nil || check.IsToken(*value) {
		return
	}
	if problem := accessstring.Problem(*value); problem != "" {
		r.Add(property, nil, "%s", problem)
	}
}
