package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
)

// contextKey is where cdk.json has the overrides.
const contextKey = "environments"

// EnvironmentsFromContext are dev and prod, and those that the context adds, in the order of their names: dev and prod
// first. The context "environments" has an object for each environment; what it says wins over the defaults. An
// environment of another name begins as DevEnvironment, or as ProdEnvironment with "basedOn": "prod", without what the
// context says of dev and prod.
//
// An unknown key, a value of a wrong type and settings that do not fit together are a *rediscache.ValidationError for
// each environment, joined.
func EnvironmentsFromContext(scope constructs.Construct) ([]Environment, error) {
	given := scope.Node().TryGetContext(ptr(contextKey))
	if given == nil {
		given = map[string]any{}
	}
	if text, is := given.(string); is { // as `cdk -c environments='{...}'` gives it
		var parsed any
		if json.Unmarshal([]byte(text), &parsed) == nil {
			given = parsed
		}
	}
	overrides, ok := given.(map[string]any)
	if !ok {
		return nil, invalid(contextKey, rediscache.Problem{Property: contextKey, Value: shown(given),
			Message: "is not an object; use {\"prod\": {\"nodeType\": \"cache.r7g.large\"}}"})
	}
	names := []string{"dev", "prod"}
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var environments []Environment
	var failures []error
	for _, name := range names {
		environment, problems := newEnvironment(name, overrides[name])
		if len(problems) > 0 {
			failures = append(failures, invalid(contextKey+"."+name, problems...))
		}
		environments = append(environments, environment)
	}
	return environments, errors.Join(failures...)
}

func invalid(path string, problems ...rediscache.Problem) error {
	return &rediscache.ValidationError{Path: path, Problems: problems}
}

// namePattern keeps "securebase-<name>-redis" a valid ReplicationGroupId, which has 40 characters.
var namePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const longestName = 40 - len("securebase-") - len("-redis")

// newEnvironment puts the overrides over the environment that they are based on.
func newEnvironment(name string, given any) (Environment, []rediscache.Problem) {
	d := &decoder{}
	overrides, ok := given.(map[string]any)
	if given != nil && !ok {
		d.problem(name, given, "is not an object; use {\"nodeType\": \"cache.r7g.large\"}")
	}
	environment := d.base(name, overrides)
	environment.Name = name
	d.object("", overrides, reflect.ValueOf(&environment).Elem())
	d.check(environment)
	return environment, d.problems
}

// base is the environment that the overrides are put over.
func (d *decoder) base(name string, overrides map[string]any) Environment {
	known := map[string]func() Environment{"dev": DevEnvironment, "prod": ProdEnvironment}
	basedOn, given := overrides[basedOnKey]
	if own, is := known[name]; is {
		if given {
			d.problem(basedOnKey, basedOn, "is for environments beside dev and prod; leave it out")
		}
		return own()
	}
	if !given {
		return DevEnvironment()
	}
	text, _ := basedOn.(string)
	if known[text] == nil {
		d.problem(basedOnKey, basedOn, "is not an environment to begin with; use \"dev\" or \"prod\"")
		return DevEnvironment()
	}
	return known[text]()
}

const basedOnKey = "basedOn"

// decoder puts JSON values into fields by their json tags, and collects what does not fit.
type decoder struct{ problems []rediscache.Problem }

func (d *decoder) problem(key string, value any, format string, args ...any) {
	d.problems = append(d.problems, rediscache.Problem{Property: key, Value: shown(value), Message: fmt.Sprintf(format, args...)})
}

// shown is a value as cdk.json would have it; nil is not shown.
func shown(value any) string {
	if value == nil {
		return ""
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(text.String())
}

func (d *decoder) object(path string, given map[string]any, target reflect.Value) {
	fields := map[string]reflect.Value{}
	for i := range target.NumField() {
		if key := target.Type().Field(i).Tag.Get("json"); key != "-" {
			fields[key] = target.Field(i)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		field, known := fields[key]
		switch {
		case known:
			d.value(path+key, given[key], field)
		case path == "" && key == basedOnKey: // read before
		default:
			d.problem(path+key, nil, "is not a key of an environment%s", check.DidYouMean(key, slices.Sorted(maps.Keys(fields))))
		}
	}
}

// value sets a field of one of the types that Environment has.
func (d *decoder) value(path string, given any, field reflect.Value) {
	if field.Kind() == reflect.Pointer {
		made := reflect.New(field.Type().Elem())
		d.value(path, given, made.Elem())
		field.Set(made)
		return
	}
	switch given := given.(type) {
	case string, bool, float64:
		if value := reflect.ValueOf(given); value.Type() == field.Type() {
			field.Set(value)
			return
		}
	case []any:
		if list, ok := textList(given); ok && field.Type() == reflect.TypeOf(list) {
			field.Set(reflect.ValueOf(list))
			return
		}
	case map[string]any:
		if field.Kind() == reflect.Struct {
			d.object(path+".", given, field)
			return
		}
		if texts, ok := textMap(given); ok && field.Type() == reflect.TypeOf(texts) {
			field.Set(reflect.ValueOf(texts))
			return
		}
	}
	d.problem(path, given, "is not %s", jsonType(field.Type()))
}

func textList(given []any) ([]string, bool) {
	list := make([]string, len(given))
	for i, element := range given {
		text, ok := element.(string)
		if !ok {
			return nil, false
		}
		list[i] = text
	}
	return list, true
}

func textMap(given map[string]any) (map[string]string, bool) {
	texts := make(map[string]string, len(given))
	for key, element := range given {
		text, ok := element.(string)
		if !ok {
			return nil, false
		}
		texts[key] = text
	}
	return texts, true
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list of strings"
	case reflect.Map:
		return "an object of strings"
	}
	return "an object"
}
