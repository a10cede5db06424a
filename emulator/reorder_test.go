package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// reorder has the emulator create what then selects in the orders as early as the template allows: right after what it
// depends on. It is deleted as late. CloudFormation may do the same, because it is free in the order of what does not depend
// on each other; so a missing dependency shows: what first selects comes too late.
//
// The emulator takes the order of the alphabet where it is free, so the resources get logical ids in the order wanted.
func reorder(orders ...order) func(emulator.Template) {
	return func(template emulator.Template) {
		resources := template["Resources"].(map[string]any)
		var ids []string
		for _, o := range orders {
			for _, id := range slices.Sorted(maps.Keys(resources)) {
				kind := resources[id].(map[string]any)["Type"].(string)
				if newPart(&id, &kind, &id, "").is(o.then) {
					ids = appendWithDependencies(ids, id, resources)
				}
			}
		}
		var pairs []string
		for i, id := range ids {
			pairs = append(pairs, `"`+id+`"`, fmt.Sprintf(`"%s%03d%s"`, early, i, id))
		}
		for id := range resources {
			if !slices.Contains(ids, id) {
				pairs = append(pairs, `"`+id+`"`, `"`+late+id+`"`)
			}
		}
		text := strings.NewReplacer(pairs...).Replace(textOf(template))
		clear(template)
		if err := json.Unmarshal([]byte(text), &template); err != nil {
			panic(err)
		}
	}
}

// What logical ids begin with, in this order.
const early, late = "A", "B000"

var reordered = regexp.MustCompile(`^(A\d{3}|B000)`)

// appendWithDependencies appends id after all that it depends on, as far as that is not there yet.
func appendWithDependencies(ids []string, id string, resources map[string]any) []string {
	if slices.Contains(ids, id) {
		return ids
	}
	text := textOf(resources[id])
	for _, other := range slices.Sorted(maps.Keys(resources)) {
		if other != id && strings.Contains(text, `"`+other+`"`) {
			ids = appendWithDependencies(ids, other, resources)
		}
	}
	return append(ids, id)
}

func textOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
