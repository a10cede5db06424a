package stacks

import (
	"maps"
	"reflect"

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
	r.Text("kind", text).OneOf("a kind of cache", replicationGroup, serverless)
}

const noToken = `"authentication": "iam", because a serverless cache has no token`

// keysOfNodes are the keys that only a cache of nodes has, and what to do about them in a serverless environment.
var keysOfNodes = foreign[settings, serverlessSettings]("belongs to a cache of nodes; ",
	`leave it out, or take out "kind": "serverless"`,
	map[string]string{
		"authTokenSecretArn": noToken,
		"engineVersion":      "majorEngineVersion",
		"replicationGroupId": "serverlessCacheName",
		"snapshotArns":       "snapshotArnsToRestore",
		"snapshotName":       "snapshotArnsToRestore",
		"snapshotWindow":     "dailySnapshotTime",
		"tokenRotationDays":  noToken,
	})

// keysOfServerless are the keys that only a serverless cache has, and what to do about them in an environment of nodes.
var keysOfServerless = foreign[serverlessSettings, settings]("belongs to a serverless cache; ",
	`leave it out, or write "kind": "serverless"`,
	map[string]string{
		"dailySnapshotTime":     "snapshotWindow",
		"finalSnapshotName":     `"removalPolicy": "SNAPSHOT"`,
		"majorEngineVersion":    "engineVersion",
		"serverlessCacheName":   "replicationGroupId",
		"snapshotArnsToRestore": "snapshotArns or snapshotName",
	})

// foreign are the keys of one kind that the other does not have, each with a message: to use the counterpart if there is
// one, or else the remedy.
func foreign[Kind, Other any](belongs, remedy string, counterparts map[string]string) map[string]string {
	messages := map[string]string{}
	for key := range keysOf(reflect.TypeFor[Kind]()) {
		messages[key] = belongs + remedy
		if counterpart := counterparts[key]; counterpart != "" {
			messages[key] = belongs + "use " + counterpart
		}
	}
	own := keysOf(reflect.TypeFor[Other]())
	maps.DeleteFunc(messages, func(key, _ string) bool { _, shared := own[key]; return shared })
	return messages
}
