package deploy

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// AWSOnly are the parameters that ElastiCache has beside its engines', and what they are for. The servers do not get them.
var AWSOnly = map[string]string{
	"close-on-replica-write":  "ElastiCache closes clients of a primary that becomes a replica",
	"rename-commands":         "ElastiCache's one-string form of rename-command, a directive without CONFIG GET",
	"replica-allow-chaining":  "ElastiCache's own topology rule; it cannot be changed",
	"reserved-memory":         "ElastiCache lowers maxmemory by it",
	"reserved-memory-percent": "ElastiCache lowers maxmemory by it",
}

// ElastiCache splits one directive of the engine, client-output-buffer-limit, into nine parameters. This is the order
// of the engine's three numbers.
var bufferLimitParts = []string{"hard-limit", "soft-limit", "soft-seconds"}

// bufferLimit tells which number of which client class a parameter is.
func bufferLimit(name string) (class string, part int, ok bool) {
	rest, ok := strings.CutPrefix(name, "client-output-buffer-limit-")
	if !ok {
		return "", 0, false
	}
	class, suffix, _ := strings.Cut(rest, "-")
	part = slices.Index(bufferLimitParts, suffix)
	return class, part, part >= 0
}

// GetParameter asks the engine for a parameter by its ElastiCache name; false when the engine has none of that name.
func GetParameter(t testing.TB, client *redis.Client, name string) (string, bool) {
	t.Helper()
	class, part, isLimit := bufferLimit(name)
	if !isLimit {
		value, ok := engines.Must(client.ConfigGet(context.Background(), name).Result())(t)[name]
		return value, ok
	}
	return bufferLimits(t, client)[class][part], true
}

// bufferLimits are the engine's three numbers by class. It still reports the class replica by its old name.
func bufferLimits(t testing.TB, client *redis.Client) map[string][]string {
	t.Helper()
	const directive = "client-output-buffer-limit"
	words := strings.Fields(engines.Must(client.ConfigGet(context.Background(), directive).Result())(t)[directive])
	limits := map[string][]string{}
	for four := range slices.Chunk(words, 4) {
		limits[strings.Replace(four[0], "slave", "replica", 1)] = four[1:]
	}
	return limits
}

// SetParameter sets a parameter by its ElastiCache name on a running engine.
func SetParameter(t testing.TB, client *redis.Client, name, value string) error {
	t.Helper()
	class, part, isLimit := bufferLimit(name)
	if isLimit {
		numbers := bufferLimits(t, client)[class]
		numbers[part] = value
		name, value = "client-output-buffer-limit", class+" "+strings.Join(numbers, " ")
	}
	return client.ConfigSet(context.Background(), name, value).Err()
}

// setParameters adds a parameter group's parameters to a configuration file. A class's three buffer limits share a
// line; a part that the group leaves out keeps the engine's default.
func setParameters(c *engines.Config, parameters map[string]string) {
	limits := map[string][]string{
		"normal":  {"0", "0", "0"},
		"replica": {"256mb", "64mb", "60"},
		"pubsub":  {"32mb", "8mb", "60"},
	}
	changed := map[string]bool{}
	for _, name := range engines.Keys(parameters) {
		class, part, isLimit := bufferLimit(name)
		switch {
		case isLimit:
			limits[class][part] = parameters[name]
			changed[class] = true
		case AWSOnly[name] == "":
			c.Set(name, parameters[name])
		}
	}
	for _, class := range engines.Keys(changed) {
		c.Set("client-output-buffer-limit", append([]string{class}, limits[class]...)...)
	}
}

// SameValue compares a value as it was set with the engine's report of it: event classes come back in another order.
func SameValue(name, set, reported string) bool {
	if name == "notify-keyspace-events" {
		return sortedLetters(set) == sortedLetters(reported)
	}
	return set == reported
}

func sortedLetters(text string) string {
	letters := strings.Split(text, "")
	slices.Sort(letters)
	return strings.Join(letters, "")
}

// mapParameters restates the template's parameter group for another family, as someone does who moves from Redis to
// Valkey: same names and values, without those that the table does not have for that family.
func mapParameters(tmpl *Template, family string) (mapped map[string]string, dropped []string) {
	mapped = map[string]string{}
	for name, value := range tmpl.Parameters {
		if _, known := catalog.FindParameter(family, name); known {
			mapped[name] = value
		} else {
			dropped = append(dropped, name)
		}
	}
	slices.Sort(dropped)
	return mapped, dropped
}
