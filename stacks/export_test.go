package stacks

import (
	"maps"
	"reflect"
	"slices"
)

// Keys are the keys of an environment in cdk.json.
func Keys() []string {
	return slices.Sorted(maps.Keys(keysOf(reflect.TypeFor[settings]())))
}
