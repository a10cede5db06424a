package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Template is a CloudFormation template.
type Template map[string]any

// resource is a resource of a Template.
type resource map[string]any

// resources by logical id.
func (t Template) resources() map[string]resource {
	found := map[string]resource{}
	all, _ := t["Resources"].(map[string]any)
	for id, r := range all {
		found[id] = r.(map[string]any)
	}
	return found
}

func (r resource) is(resourceType string) bool { return r["Type"] == resourceType }

// properties of the resource; nil if it has none.
func (r resource) properties() map[string]any {
	properties, _ := r["Properties"].(map[string]any)
	return properties
}

// Reorder gives the resources other logical ids, which sort in the opposite order. CloudFormation is free in the order of
// what does not depend on each other, and the emulator takes the alphabet's: with both orders, a missing dependency shows.
func Reorder(t Template) {
	ids := slices.Sorted(maps.Keys(t.resources()))
	var pairs []string
	for i, id := range ids {
		pairs = append(pairs, `"`+id+`"`, fmt.Sprintf(`"%s%03d%s"`, reordered, len(ids)-i, id))
	}
	text, err := json.Marshal(t)
	if err == nil {
		clear(t)
		err = json.Unmarshal([]byte(strings.NewReplacer(pairs...).Replace(string(text))), &t)
	}
	if err != nil {
		panic(err) // a template that was read as JSON is JSON
	}
}

const reordered = "Reordered"

// OriginalId is the logical id that a resource had before Reorder, or still has.
func OriginalId(id string) string {
	if rest, is := strings.CutPrefix(id, reordered); is {
		return rest[len("000"):]
	}
	return id
}
