// Package replacement knows when CloudFormation replaces a resource instead of updating it, for the types that the
// constructs and stacks of this module create.
package replacement

import (
	"reflect"
	"slices"
	"strings"
)

// Type is what an update does to the resources of a type.
type Type struct {
	// Name such as "AWS::ElastiCache::ReplicationGroup".
	Name string
	// CreateOnly properties replace the resource when they change. A slash leads into a property: "DnsOptions/PrivateDnsPreference".
	CreateOnly []string
	// Conditional properties may replace it. The schemas do not say when; see Replaces.
	Conditional []string
	// PhysicalName is the property with the name that no two resources can have at a time, so that a resource with such a
	// name cannot be replaced without another one. Empty where CloudFormation always generates the name.
	PhysicalName string
}

// Find returns the type of this name; false for a type that is not in the table.
func Find(name string) (Type, bool) {
	i := slices.IndexFunc(types, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}

// Types returns all types of the table.
func Types() []Type { return slices.Clone(types) }

// changesInPlace is the one conditional property of which the condition is known: ElastiCache applies another token with
// ROTATE, but cannot turn authentication on or off by CloudFormation (coverage roadmap, issue 2356).
const changesInPlace = "AuthToken"

// Replaces returns the first property for which an update from the properties before to those after replaces the
// resource, or may replace it; empty where the update is in place.
func (t Type) Replaces(before, after map[string]any) (property string) {
	for _, property := range t.CreateOnly {
		if !reflect.DeepEqual(valueAt(before, property), valueAt(after, property)) {
			return property
		}
	}
	for _, property := range t.Conditional {
		old, now := valueAt(before, property), valueAt(after, property)
		if (old == nil) != (now == nil) || property != changesInPlace && !reflect.DeepEqual(old, now) {
			return property
		}
	}
	return ""
}

// valueAt is the value at a path of properties, or nil.
func valueAt(properties map[string]any, path string) any {
	name, rest, nested := strings.Cut(path, "/")
	if !nested {
		return properties[name]
	}
	inner, _ := properties[name].(map[string]any)
	return valueAt(inner, rest)
}
