package stacks

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// otherMistakes are those that the cache finds in an environment whose keys have problems: it is built once more, in an app of
// its own, without the settings that have one.
func otherMistakes(e environment) error {
	id := e.StackId()
	repair(e)
	app := awscdk.NewApp(&awscdk.AppProps{AutoSynth: ptr.To(false), AnalyticsReporting: ptr.To(false)})
	err := validationError(func() { e.newStack(app) })
	var found *rediscache.ValidationError
	if errors.As(err, &found) {
		found.Path = strings.Replace(found.Path, e.StackId(), id, 1)
	}
	return err
}

// repair leaves out the settings that have a problem of their own. It ends when there is no problem, or none that leaving out
// a setting takes away.
func repair(e environment) {
	var before []check.Problem
	for {
		var r check.Report
		e.check(&r)
		if slices.Equal(r.Problems(), before) {
			return
		}
		before = r.Problems()
		for _, problem := range r.Problems() {
			e.reset(check.Root(problem.Property))
		}
	}
}

func (e *Environment) reset(key string) { reset(e, &e.Name, &e.RedisCacheProps.Name, key) }
func (e *ServerlessEnvironment) reset(key string) {
	reset(e, &e.Name, &e.ServerlessCacheProps.Name, key)
}

// reset leaves out the setting of a key.
func reset(environment any, name *string, cacheName **string, key string) {
	fields := reflect.ValueOf(environment).Elem()
	switch key {
	case "name":
		*name = "x" // which no rule refuses: without a name there is no stack
	case "project":
		fields.FieldByName("Project").SetZero()
	case "Name":
		*cacheName = nil
	default:
		if field, exists := keysOf(fields.Type())[key]; exists {
			fields.FieldByIndex(field.Index).SetZero()
		}
	}
}
