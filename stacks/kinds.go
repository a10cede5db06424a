package stacks

import (
	"maps"
	"reflect"
	"slices"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Values of "kind": what an environment deploys, by the name of its CloudFormation resource, as AWS's own tools say it.
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
		r.Add("kind", given, "is not a string; write \"%s\" or \"%s\"", replicationGroup, serverless)
		return
	}
	r.Text("kind", text).OneOf("a kind of cache", replicationGroup, serverless)
}

// The keys of the one kind that the other does not have, and what to do about them there.
var (
	keysOfServerless = foreignKeys(reflect.TypeFor[serverlessSettings](), reflect.TypeFor[settings](),
		`belongs to a serverless cache; leave it out, or write "kind": "serverless"`, map[string]string{
			"dailySnapshotTime":     "snapshotWindow",
			"finalSnapshotName":     `"removalPolicy": "SNAPSHOT"`,
			"majorEngineVersion":    "engineVersion",
			"serverlessCacheName":   "replicationGroupId",
			"snapshotArnsToRestore": "snapshotArns or snapshotName",
		}, "belongs to a serverless cache; use ")
	keysOfNodes = foreignKeys(reflect.TypeFor[settings](), reflect.TypeFor[serverlessSettings](),
		`belongs to a cache of nodes; leave it out, or take out "kind": "serverless"`, map[string]string{
			"authTokenSecretArn": `"authentication": "iam", because a serverless cache has no token`,
			"engineVersion":      "majorEngineVersion",
			"replicationGroupId": "serverlessCacheName",
			"snapshotArns":       "snapshotArnsToRestore",
			"snapshotName":       "snapshotArnsToRestore",
			"snapshotWindow":     "dailySnapshotTime",
			"tokenRotationDays":  `"authentication": "iam", because a serverless cache has no token`,
		}, "belongs to a cache of nodes; use ")
)

func foreignKeys(of, to reflect.Type, otherwise string, counterparts map[string]string, use string) map[string]string {
	foreign, own := map[string]string{}, keysOf(to)
	for _, key := range slices.Sorted(maps.Keys(keysOf(of))) {
		if _, shared := own[key]; shared {
			continue
		}
		foreign[key] = otherwise
		if counterpart, has := counterparts[key]; has {
			foreign[key] = use + counterpart
		}
	}
	return foreign
}
