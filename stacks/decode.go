package stacks

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// decoder puts JSON values into the fields of a struct by their json tags, and reports every value that does not fit.
// The standard decoder stops at the first one, and knows no other message than Go's.
type decoder struct {
	report *check.Report
	hints  map[string]string // what to do about keys that do not exist, by key
	other  otherKind         // the kind that the environment is not of
}

// object sets the fields that the object has keys for.
func (d decoder) object(path string, given map[string]any, target reflect.Value) {
	fields := keysOf(target.Type())
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if field, exists := fields[key]; exists {
			d.value(path+key, given[key], target.FieldByIndex(field.Index))
		} else {
			d.unknown(path, key, target.Type())
		}
	}
}

// unknown reports a key that the object does not have.
func (d decoder) unknown(path, key string, object reflect.Type) {
	switch {
	case hasKey(d.other.settings, path+key):
		d.report.Add(path+key, nil, "%s", d.other.message(key))
	case path == "" && d.hints[key] != "":
		d.report.Add(key, nil, "is not a key of an environment; %s", d.hints[key])
	default:
		d.report.Add(path+key, nil, "is not a key of %s%s", cmp.Or(strings.TrimSuffix(path, "."), "an environment"), suggestion(key, object))
	}
}

// suggestion says where the key belongs, or which key of the object is like it, or all keys where they are few.
func suggestion(key string, object reflect.Type) string {
	const few = 3
	keys := keysOf(object)
	names := slices.Sorted(maps.Keys(keys))
	var homes []string
	for _, name := range names {
		if hasKey(keys[name].Type, key) {
			homes = append(homes, name)
		}
	}
	if len(homes) > 0 && len(homes) <= few {
		return "; it belongs in " + check.Either(homes)
	}
	near := check.DidYouMean(key, names)
	if near == "" && len(names) <= few {
		return "; use " + check.Either(names)
	}
	return near
}

// hasKey reports whether a path of keys, such as "alarms.cpu", leads to a field.
func hasKey(t reflect.Type, path string) bool {
	for _, key := range strings.Split(path, ".") {
		field, exists := keysOf(t)[key]
		if !exists {
			return false
		}
		t = field.Type
	}
	return true
}

// keysOf are the fields that JSON has values for, by their keys; none of what is no struct. Like in Go, a field hides one of
// the same name in an embedded struct.
func keysOf(t reflect.Type) map[string]reflect.StructField {
	keys := map[string]reflect.StructField{}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return keys
	}
	for _, field := range reflect.VisibleFields(t) {
		if key := field.Tag.Get("json"); key != "" && key != "-" && fitsJson(field.Type) {
			keys[key] = field
		}
	}
	return keys
}

// fitsJson reports whether JSON has values for a type. It has none for constructs and CDK's other classes, which are
// interfaces in Go.
func fitsJson(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Float64, reflect.Bool:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return fitsJson(t.Elem())
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(t) {
			if !fitsJson(field.Type) {
				return false
			}
		}
		return true
	}
	return false
}

// value sets a field, and reports whether it could.
func (d decoder) value(path string, given any, field reflect.Value) bool {
	if field.Kind() == reflect.Pointer {
		made := reflect.New(field.Type().Elem())
		ok := d.value(path, given, made.Elem())
		if ok {
			field.Set(made)
		}
		return ok
	}
	switch given := given.(type) {
	case string, bool, float64:
		if value := reflect.ValueOf(given); value.Kind() == field.Kind() {
			field.Set(value.Convert(field.Type()))
			return true
		}
	case []any:
		if field.Kind() == reflect.Slice {
			return d.list(path, given, field)
		}
	case map[string]any:
		switch field.Kind() {
		case reflect.Struct:
			d.object(path+".", given, field)
			return true
		case reflect.Map:
			return d.entries(path, given, field)
		}
	}
	return d.misfit(path, given, field)
}

func (d decoder) list(path string, given []any, field reflect.Value) bool {
	list, ok := reflect.MakeSlice(field.Type(), len(given), len(given)), true
	for i, element := range given {
		ok = d.value(check.Element(path, i), element, list.Index(i)) && ok
	}
	field.Set(list)
	return ok
}

func (d decoder) entries(path string, given map[string]any, field reflect.Value) bool {
	entries, ok := reflect.MakeMap(field.Type()), true
	for _, key := range slices.Sorted(maps.Keys(given)) {
		value := reflect.New(field.Type().Elem()).Elem()
		ok = d.value(check.Key(path, key), given[key], value) && ok
		entries.SetMapIndex(reflect.ValueOf(key), value)
	}
	field.Set(entries)
	return ok
}

// misfit reports a value of another type, and shows how to write it where that can be known. A number or a switch in
// quotes is used all the same, so that the other settings are judged beside what was meant.
func (d decoder) misfit(path string, given any, field reflect.Value) (used bool) {
	if given == nil {
		d.report.Add(path, nil, "is null; leave it out for the default")
		return false
	}
	meant := rewritten(given, field.Type())
	if meant == nil {
		d.report.Add(path, given, "is not %s", jsonName(field.Type()))
		return false
	}
	d.report.Add(path, given, "is not %s; write %s", jsonName(field.Type()), check.Quote(meant))
	if used = field.Kind() == reflect.Float64 || field.Kind() == reflect.Bool; used {
		field.Set(reflect.ValueOf(meant))
	}
	return used
}

// rewritten is what the value was most likely meant to be, or nil.
func rewritten(given any, wanted reflect.Type) any {
	text, isText := given.(string)
	number, isNumber := given.(float64)
	switch wanted.Kind() {
	case reflect.String:
		if value, isBool := given.(bool); isBool {
			return strconv.FormatBool(value)
		}
		if isNumber {
			return check.Quote(number)
		}
	case reflect.Float64:
		if parsed, err := strconv.ParseFloat(text, 64); isText && err == nil {
			return parsed
		}
	case reflect.Bool:
		if parsed, err := strconv.ParseBool(text); isText && err == nil {
			return parsed
		}
	case reflect.Slice:
		if isText {
			return []string{text}
		}
	case reflect.Struct:
		if _, has := keysOf(wanted)["threshold"]; has && isNumber {
			return json.RawMessage(`{"threshold": ` + check.Quote(number) + `}`)
		}
	}
	return nil
}

// jsonName is how JSON calls the type, to follow "is not".
func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}
