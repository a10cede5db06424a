package stacks

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// The keys of the context in cdk.json.
const (
	environmentsKey = "environments"
	projectKey      = "project"
)

// NewRedisCacheStacks adds a RedisCacheStack for each environment of the context; see [EnvironmentsFromContext]. It
// panics with every mistake at once: those of the context, and those that RedisCache finds in any environment.
func NewRedisCacheStacks(scope constructs.Construct) []RedisCacheStack {
	readings, failure := readContext(scope)
	failures := []error{failure}
	var made []RedisCacheStack
	for _, reading := range readings {
		if reading.err != nil {
			failures = append(failures, reading.err, otherMistakes(reading.Environment))
			continue
		}
		failures = append(failures, validationError(func() {
			props := &RedisCacheStackProps{Environment: reading.Environment}
			made = append(made, NewRedisCacheStack(scope, reading.StackId(), props))
		}))
	}
	if err := errors.Join(failures...); err != nil {
		panic(err)
	}
	return made
}

// EnvironmentsFromContext reads the environments of the context, dev and prod first and the others by name.
// "environments" has an object for each environment, whose keys win over the defaults: the json tags of [Environment],
// and for the properties that JSON has no value for, engine, engineVersion, parameterGroupFamily,
// slowLogThresholdMilliseconds, logRetentionDays, authentication, authTokenSecretArn and storeAuthToken. An environment
// other than dev and prod starts as DevEnvironment, or with "basedOn": "prod" as ProdEnvironment. A list or an object,
// such as tags, replaces the default as a whole. "project" is the Project of all environments. Without "environments",
// there are dev and prod with their defaults.
//
// An unknown key, a value of a wrong type and settings that contradict each other are a *rediscache.ValidationError for
// each environment, joined.
func EnvironmentsFromContext(scope constructs.Construct) ([]Environment, error) {
	readings, failure := readContext(scope)
	failures := []error{failure}
	var environments []Environment
	for _, reading := range readings {
		failures = append(failures, reading.err)
		environments = append(environments, reading.Environment)
	}
	return environments, errors.Join(failures...)
}

// reading is an environment and what is wrong with its keys.
type reading struct {
	Environment
	err error
}

// readContext reads all environments; the error is about the context itself.
func readContext(scope constructs.Construct) (readings []reading, err error) {
	var r check.Report
	checkKeys(&r, scope)
	project := projectOf(&r, scope.Node().TryGetContext(ptr.To(projectKey)))
	environments := environmentsOf(&r, scope.Node().TryGetContext(ptr.To(environmentsKey)))
	for _, name := range sortedNames(environments) {
		var r check.Report
		environment := newEnvironment(project, name, environments[name], &r)
		readings = append(readings, reading{environment, asError(environmentsKey+"."+name, &r)})
	}
	return readings, asError("context", &r)
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

// otherMistakes are those that RedisCache finds in an environment whose keys have problems: it is built once more, in an
// app of its own, without the settings that have one.
func otherMistakes(e Environment) error {
	repaired := e.repaired()
	app := awscdk.NewApp(&awscdk.AppProps{AutoSynth: ptr.To(false), AnalyticsReporting: ptr.To(false)})
	err := validationError(func() {
		NewRedisCacheStack(app, repaired.StackId(), &RedisCacheStackProps{Environment: repaired})
	})
	var found *rediscache.ValidationError
	if errors.As(err, &found) {
		found.Path = strings.Replace(found.Path, repaired.StackId(), e.StackId(), 1)
	}
	return err
}

// repaired is the environment without the settings that have a problem of their own.
func (e Environment) repaired() Environment {
	for {
		var r check.Report
		e.check(&r)
		if len(r.Problems()) == 0 {
			return e
		}
		for _, problem := range r.Problems() {
			e.reset(check.Root(problem.Property))
		}
	}
}

// reset leaves out the setting of a key.
func (e *Environment) reset(key string) {
	switch key {
	case "name":
		e.Name = "x"
	case "project":
		e.Project = nil
	case "Name":
		e.RedisCacheProps.Name = nil
	default:
		field := keysOf(reflect.TypeFor[Environment]())[key]
		reflect.ValueOf(e).Elem().FieldByIndex(field.Index).SetZero()
	}
}

// validationError is the ValidationError that f panics with, or nil; any other panic goes on.
func validationError(f func()) (err error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *rediscache.ValidationError:
			err = failure
		default:
			panic(failure)
		}
	}()
	f()
	return nil
}

// asError is nil for a report without problems.
func asError(path string, r *check.Report) error {
	if len(r.Problems()) == 0 {
		return nil
	}
	err := &rediscache.ValidationError{Path: path}
	for _, problem := range r.Problems() {
		err.Problems = append(err.Problems, rediscache.Problem(problem))
	}
	return err
}
