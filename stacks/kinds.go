package stacks

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Values of "kind": what an environment deploys, by the CloudFormation resource of the cache.
const (
	replicationGroup = "replicationGroup" // a cache of nodes, with cluster mode or without; the default
	serverless       = "serverless"
)

// kindOf is the kind of an environment. It is empty for one that does not exist, which checkKind judges.
func kindOf(overrides map[string]any) string {
	given, isGiven := overrides["kind"]
	switch {
	case !isGiven, given == replicationGroup:
		return replicationGroup
	case given == serverless:
		return serverless
	}
	return ""
}

// checkKind reports a kind that does not exist. What the other keys mean depends on it, so nothing is said about those.
func checkKind(r *check.Report, given any) {
	text, isText := given.(string)
	if !isText {
		r.Add("kind", given, "is not a string; write %q or %q", replicationGroup, serverless)
		return
	}
	r.Text("kind", text).
		When(strings.Contains(strings.ToLower(text), "cluster"),
			"is not a kind of cache; for shards, keep %q and set clusterMode", replicationGroup).
		OneOf("a kind of cache", replicationGroup, serverless)
}

// otherKind is the kind that an environment is not of, and what to do about its keys.
type otherKind struct {
	name         string
	settings     reflect.Type      // that have its keys
	remedy       string            // for a key without a counterpart
	counterparts map[string]string // what to use instead, by key
}

func (k otherKind) message(key string) string {
	remedy := k.remedy
	if counterpart := k.counterparts[key]; counterpart != "" {
		remedy = "use " + counterpart
	}
	return fmt.Sprintf("applies to \"kind\": %q only; %s", k.name, remedy)
}

const noToken = `"authentication": "iam", because a serverless cache has no token`

var notServerless = otherKind{
	name:     serverless,
	settings: reflect.TypeFor[serverlessSettings](),
	remedy:   `leave it out, or set "kind": "serverless"`,
	counterparts: map[string]string{
		"dailySnapshotTime":     "snapshotWindow",
		"finalSnapshotName":     `"removalPolicy": "SNAPSHOT"`,
		"majorEngineVersion":    "engineVersion",
		"serverlessCacheName":   "replicationGroupId",
		"snapshotArnsToRestore": "snapshotArns or snapshotName",
	},
}

var notNodes = otherKind{
	name:     replicationGroup,
	settings: reflect.TypeFor[settings](),
	remedy:   `leave it out, or remove "kind": "serverless"`,
	counterparts: map[string]string{
		"authTokenSecretArn": noToken,
		"engineVersion":      "majorEngineVersion",
		"replicationGroupId": "serverlessCacheName",
		"snapshotArns":       "snapshotArnsToRestore",
		"snapshotName":       "snapshotArnsToRestore",
		"snapshotWindow":     "dailySnapshotTime",
		"tokenRotationDays":  noToken,
	},
}
