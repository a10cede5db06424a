package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// hasten has the emulator create the resources that then selects in the orders as early as the template allows, each right
// after what it depends on, and delete them as late. CloudFormation may do the same, because it is free in the order of what
// does not depend on each other. So a dependency that is missing shows: what first selects comes too late.
//
// The emulator takes the order of the alphabet where it is free, so the resources get logical ids in the order wanted.
func hasten(orders ...order) func(emulator.Template) {
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
			pairs = append(pairs, `"`+id+`"`, fmt.Sprintf(`"%s%03d%s"`, hastened, i, id))
		}
		for id := range resources {
			if !slices.Contains(ids, id) {
				pairs = append(pairs, `"`+id+`"`, `"`+unhurried+id+`"`)
			}
		}
		text := strings.NewReplacer(pairs...).Replace(textOf(template))
		clear(template)
		if err := json.Unmarshal([]byte(text), &template); err != nil {
			panic(err)
		}
	}
}

// What ids begin with, in this order.
const hastened, unhurried = "A", "B000"

// originalID is the logical id that a resource had before it was hastened or not.
func originalID(id string) string {
	if len(id) > len(unhurried) && (id[0] == 'A' || id[0] == 'B') && strings.Trim(id[1:4], "0123456789") == "" {
		return id[len(unhurried):]
	}
	return id
}

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
