// Package accessstring judges the access strings of ElastiCache users: what a user may do, in the language of Redis's ACL
// rules without passwords and resets, which ElastiCache refuses (CreateUser, API reference).
package accessstring

import (
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// categories of commands, as ACL CAT lists them in Redis 7 and Valkey 8; bloom, json and search come with the modules of
// Valkey on ElastiCache.
var categories = []string{
	"admin", "all", "bitmap", "blocking", "bloom", "connection", "dangerous", "fast", "geo", "hash", "hyperloglog", "json",
	"keyspace", "list", "pubsub", "read", "scripting", "search", "set", "slow", "sortedset", "stream", "string",
	"transaction", "write",
}

// keywords are the rules that are one word.
var keywords = []string{"on", "off", "allkeys", "allcommands", "nocommands", "allchannels"}

// refused are rules of Redis that ElastiCache does not accept, because passwords are a property of their own.
var refused = []string{"nopass", "reset", "resetpass", "resetkeys", "resetchannels", "clearselectors", "sanitize-payload", "skip-sanitize-payload"}

// Problem says why ElastiCache refuses the access string and what to do, or is empty. It never repeats a password.
func Problem(text string) string {
	on := false
	// A selector, such as "(+get ~sessions:*)", holds the same rules in parentheses.
	for _, rule := range strings.Fields(strings.NewReplacer("(", " ", ")", " ").Replace(text)) {
		if problem := problemOf(rule); problem != "" {
			return problem
		}
		on = on || rule == "on"
		if rule == "off" {
			return "switches the user off; write \"on\""
		}
	}
	if !on {
		return "does not switch the user on; start it with \"on\""
	}
	return ""
}

// problemOf judges one rule.
func problemOf(rule string) string {
	lower := strings.ToLower(rule)
	category, isCategory := strings.CutPrefix(strings.TrimLeft(lower, "+-"), "@")
	switch first := rule[0]; {
	case strings.ContainsRune("><#!", rune(first)):
		return "holds a password; leave it out: a user logs in by IAM, or with a generated password (Password: true)"
	case slices.Contains(refused, lower):
		return "has the rule " + check.Quote(lower) + ", which ElastiCache refuses; leave it out"
	case slices.Contains(keywords, rule):
		return ""
	case (first == '+' || first == '-') && isCategory:
		if !slices.Contains(categories, category) {
			return "has an unknown category of commands in " + check.Quote(rule) + check.DidYouMean(category, categories)
		}
		return ""
	case (first == '+' || first == '-' || first == '~' || first == '&') && len(rule) > 1:
		return ""
	case strings.HasPrefix(rule, "%R~"), strings.HasPrefix(rule, "%W~"), strings.HasPrefix(rule, "%RW~"):
		return ""
	}
	return "has " + check.Quote(rule) + ", which is not a rule; use on, ~keys, &channels, +command, -command, +@category or -@category"
}
