package guard

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

// document is a template as JSON.
type document map[string]any

func deployed(t testing.TB) document {
	t.Helper()
	content, err := os.ReadFile("testdata/deployed.json")
	require.NoError(t, err)
	var root document
	require.NoError(t, json.Unmarshal(content, &root))
	return root
}

func (d document) parsed(t testing.TB) *template.Template {
	t.Helper()
	content, err := json.Marshal(d)
	require.NoError(t, err)
	parsed, err := template.Parse(content)
	require.NoError(t, err)
	return parsed
}

func (d document) resources() map[string]any { return d["Resources"].(map[string]any) }

func (d document) resource(id string) map[string]any { return d.resources()[id].(map[string]any) }

func (d document) properties(id string) map[string]any {
	return d.resource(id)["Properties"].(map[string]any)
}

type change = func(d document)

// set changes a property, or takes it away with nil.
func set(id, property string, value any) change {
	return func(d document) {
		if value == nil {
			delete(d.properties(id), property)
			return
		}
		d.properties(id)[property] = value
	}
}

func attribute(id, name string, value any) change {
	return func(d document) { d.resource(id)[name] = value }
}

func remove(ids ...string) change {
	return func(d document) {
		maps.DeleteFunc(d.resources(), func(id string, _ any) bool {
			for _, gone := range ids {
				if id == gone {
					return true
				}
			}
			return false
		})
	}
}

// rename moves a resource to another logical id, and every reference with it.
func rename(from, to string) change {
	return func(d document) {
		content, _ := json.Marshal(d.resources())
		text := strings.ReplaceAll(string(content), `"`+from+`"`, `"`+to+`"`)
		var resources map[string]any
		if err := json.Unmarshal([]byte(text), &resources); err != nil {
			panic(err)
		}
		d["Resources"] = resources
	}
}

// compare applies the first changes to both templates, and the last one to the next template only.
func compare(t testing.TB, changes ...change) []Finding {
	t.Helper()
	before, after := deployed(t), deployed(t)
	for i, change := range changes {
		if i < len(changes)-1 {
			change(before)
		}
		change(after)
	}
	return Compare(before.parsed(t), after.parsed(t))
}

// causes are the findings without their sentences.
func causes(findings []Finding) (list []string) {
	for _, f := range findings {
		list = append(list, strings.TrimSuffix(f.LogicalID+" "+string(f.Loss)+": "+f.Property, ": "))
	}
	return list
}
