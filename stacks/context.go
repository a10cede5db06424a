package stacks

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// The keys of the context in cdk.json.
const (
	environmentsKey = "environments"
	projectKey      = "project"
)

// NewRedisCacheStacks adds the stack of each environment of the context, dev and prod first and the others by name: a
// RedisCacheStack, or a ServerlessCacheStack for an environment with "kind": "serverless"; see [EnvironmentsFromContext]. It
// panics with every mistake at once: those of the context, and those that the caches find in any environment.
func NewRedisCacheStacks(scope constructs.Construct) []CacheStack {
	readings, failure := readContext(scope)
	failures := []error{failure}
	var made []CacheStack
	for _, reading := range readings {
		if reading.err != nil {
			failures = append(failures, reading.err, otherMistakes(reading.environment))
			continue
		}
		failures = append(failures, validationError(func() { made = append(made, reading.newStack(scope)) }))
	}
	if err := errors.Join(failures...); err != nil {
		panic(err)
	}
	return made
}

// EnvironmentsFromContext reads the environments of the context that have a replication group, dev and prod first and the
// others by name. "environments" has an object for each environment, whose keys win over the defaults: the json tags of
// [Environment], and for the properties that JSON has no value for, engine, engineVersion, parameterGroupFamily,
// slowLogThresholdMilliseconds, logRetentionDays, authentication, authTokenSecretArn and storeAuthToken. An environment
// other than dev and prod starts as DevEnvironment, or with "basedOn": "prod" as ProdEnvironment. A list or an object,
// such as tags, replaces the default as a whole. "project" is the Project of all environments. Without "environments",
// there are dev and prod with their defaults. An environment with "kind": "serverless" is left out; see
// [ServerlessEnvironmentsFromContext].
//
// An unknown key, a value of a wrong type and settings that contradict each other are a *rediscache.ValidationError for
// each environment of either kind, joined.
func EnvironmentsFromContext(scope constructs.Construct) ([]Environment, error) {
	return environmentsOfKind[Environment](scope)
}

// ServerlessEnvironmentsFromContext reads the environments with "kind": "serverless" as [EnvironmentsFromContext] reads the
// others. Their keys are the json tags of [ServerlessEnvironment], authentication and logRetentionDays; they start as
// DevServerlessEnvironment or ProdServerlessEnvironment.
func ServerlessEnvironmentsFromContext(scope constructs.Construct) ([]ServerlessEnvironment, error) {
	return environmentsOfKind[ServerlessEnvironment](scope)
}

func environmentsOfKind[E any](scope constructs.Construct) (found []E, err error) {
	readings, failure := readContext(scope)
	failures := []error{failure}
	for _, reading := range readings {
		failures = append(failures, reading.err)
		if of, is := any(reading.environment).(*E); is {
			found = append(found, *of)
		}
	}
	return found, errors.Join(failures...)
}

// environment is an *Environment or a *ServerlessEnvironment.
type environment interface {
	StackId() string
	check(r *check.Report)
	reset(key string)
	newStack(scope constructs.Construct) CacheStack
}

// reading is an environment and what is wrong with its keys.
type reading struct {
	environment
	err error
}

// readContext reads all environments; the error is about the context itself.
func readContext(scope constructs.Construct) (readings []reading, err error) {
	var r check.Report
	checkKeys(&r, scope)
	project := projectOf(&r, scope.Node().TryGetContext(ptr.To(projectKey)))
	environments := environmentsOf(&r, scope.Node().TryGetContext(ptr.To(environmentsKey)))
	for _, name := range sortedNames(environments) {
		readings = append(readings, read(project, name, environments[name]))
	}
	return readings, asError("", "context", &r)
}

// read reads an environment of either kind.
func read(project, name string, given any) reading {
	var r check.Report
	path := environmentsKey + "." + name
	overrides, isObject := given.(map[string]any)
	if !isObject {
		r.Add(name, given, "is not an object; write {} for the defaults, or settings such as {\"nodeType\": \"cache.r7g.large\"}")
	}
	switch kindOf(overrides) {
	case replicationGroup:
		e := newEnvironment(project, name, overrides, &r)
		return reading{e, asError("", path, &r)}
	case serverless:
		e := newServerlessEnvironment(project, name, overrides, &r)
		return reading{e, asError(serverlessCache, path, &r)}
	}
	checkKind(&r, overrides["kind"])
	return reading{newEnvironment(project, name, nil, &r), asError("", path, &r)}
}

// checkKeys looks for keys that are meant to be one of this app's: what is not found is not used, without a word.
func checkKeys(r *check.Report, scope constructs.Construct) {
	context, _ := scope.Node().GetAllContext(nil).(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(context)) {
		for _, own := range []string{environmentsKey, projectKey} {
			if key != own && check.Near(key, own, len(own)/6) {
				r.Add(key, nil, "is not a key of this app; did you mean %q?", own)
			}
		}
	}
}

func projectOf(r *check.Report, given any) string {
	project := defaultProject
	if given != nil {
		decoder{report: r}.value(projectKey, given, reflect.ValueOf(&project).Elem())
	}
	if !checkProject(r, project) {
		return defaultProject
	}
	return project
}

// environmentsOf are the environments of the context by name, or the default ones.
func environmentsOf(r *check.Report, given any) map[string]any {
	if given == nil {
		return map[string]any{"dev": map[string]any{}, "prod": map[string]any{}}
	}
	if text, isText := given.(string); isText { // as `cdk -c environments='{...}'` passes it
		var parsed any
		if json.Unmarshal([]byte(text), &parsed) == nil {
			given = parsed
		}
	}
	environments, isObject := given.(map[string]any)
	if !isObject {
		r.Add(environmentsKey, given, "is not an object; write {\"dev\": {}, \"prod\": {\"nodeType\": \"cache.r7g.large\"}}")
		return nil
	}
	maps.DeleteFunc(environments, func(_ string, value any) bool { return value == nil }) // as CDK's context does
	if len(environments) == 0 {
		r.Add(environmentsKey, nil, "has no environment, so there is nothing to deploy (null counts as left out); "+
			"write {\"dev\": {}}, or leave \"environments\" out for dev and prod")
	}
	return environments
}

// sortedNames has dev and prod first.
func sortedNames(environments map[string]any) []string {
	others := maps.Clone(environments)
	var names []string
	for _, first := range []string{"dev", "prod"} {
		if _, is := others[first]; is {
			names = append(names, first)
			delete(others, first)
		}
	}
	return append(names, slices.Sorted(maps.Keys(others))...)
}
