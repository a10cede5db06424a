package template

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Value is a value of a template with every intrinsic resolved that does not need an account. Scalars are text, as
// CloudFormation converts them: 6379, "6379" and true are "6379", "6379" and "true". What only CloudFormation knows stays in
// the text in the notation of Fn::Sub, so that the three ways to write a reference are one: "${Key.Arn}". A literal "${" is
// "${!", as in Fn::Sub.
type Value struct{ tree any } // nil, string, []any or map[string]any

// Text returns a value of literal text.
func Text(text string) Value { return Value{strings.ReplaceAll(text, "${", "${!")} }

// Exists reports whether the value is there: neither left out, null nor AWS::NoValue.
func (v Value) Exists() bool { return v.tree != nil }

// Equal reports whether CloudFormation sees the same value.
func (v Value) Equal(other Value) bool { return reflect.DeepEqual(v.tree, other.tree) }

// Literal returns the text of a scalar without unknown parts.
func (v Value) Literal() (string, bool) {
	text, isText := v.tree.(string)
	if !isText || unknownPart.MatchString(text) {
		return "", false
	}
	return strings.ReplaceAll(text, "${!", "${"), true
}

// unknownPart is "${" without the "!" of a literal one.
var unknownPart = regexp.MustCompile(`\$\{[^!]`)

// Elements returns the elements of a list; none for any other value.
func (v Value) Elements() (elements []Value) {
	list, _ := v.tree.([]any)
	for _, element := range list {
		elements = append(elements, Value{element})
	}
	return elements
}

// Entries returns the entries of a map; none for any other value.
func (v Value) Entries() map[string]Value {
	entries := map[string]Value{}
	object, _ := v.tree.(map[string]any)
	for key, element := range object {
		entries[key] = Value{element}
	}
	return entries
}

// String shows the value: text in quotes, lists and maps as JSON, and "none" for a value that does not exist.
func (v Value) String() string {
	if v.tree == nil {
		return "none"
	}
	return encode(v.tree)
}

// References returns the logical ids that the value refers to, sorted.
func (v Value) References() []string {
	var ids []string
	for _, match := range reference.FindAllStringSubmatch(v.String(), -1) {
		ids = append(ids, match[1])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// reference is a Ref or a Fn::GetAtt; a logical id has letters and digits only.
var reference = regexp.MustCompile(`\$\{([A-Za-z0-9]+)(?:\.[^{}]*)?\}`)

// encode is JSON with sorted keys, and with <, > and & as they are.
func encode(tree any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		panic(err) // trees are made of text, lists and maps
	}
	return strings.TrimSpace(text.String())
}
