package rediscache_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// update is what a change makes of a template.
type update struct{ before, after template }

var (
	fixedName = jsii.String("securebase-prod")
	// made are the updates of a cache with this Name, which several tests look at.
	made = map[*string][]update{}
)

// updates are those of all changes, in their order, of a cache with this Name; nil lets CloudFormation name it.
func updates(t testing.TB, name *string) []update {
	t.Helper()
	if made[name] == nil {
		before := synthesizeChanges(t, name, func(c change) (propsChange, methodCall) { return c.before, c.calledBefore })
		after := synthesizeChanges(t, name, func(c change) (propsChange, methodCall) { return c.after, c.call })
		for i := range before {
			made[name] = append(made[name], update{before[i], after[i]})
		}
	}
	return made[name]
}

type methodCall = func(f fixture, cache rediscache.RedisCache)

// synthesizeChanges makes one app with a stack for each change, because an app for each takes twice as long. A change has the
// same stack before and after, because user ids are made from the path.
func synthesizeChanges(t testing.TB, name *string, of func(c change) (propsChange, methodCall)) (templates []template) {
	t.Helper()
	app := newApp()
	stackOf := func(id string, change propsChange, call methodCall) {
		stack := newStack(app, id)
		f := fixture{stack, importedVpc(stack)}
		cache := f.cache(func(p *props) {
			p.Name = name
			if change != nil {
				change(f, p)
			}
		})
		if call != nil {
			call(f, cache)
		}
	}
	const unchanged = "Unchanged"
	stackOf(unchanged, nil, nil)
	var stacks []string
	for i, c := range changes() {
		id := unchanged
		if change, call := of(c); change != nil || call != nil {
			id = fmt.Sprint("Change", i)
			stackOf(id, change, call)
		}
		stacks = append(stacks, id)
	}
	directory := *app.Synth(nil).Directory()
	for _, id := range stacks {
		text, err := os.ReadFile(filepath.Join(directory, id+".template.json"))
		require.NoError(t, err)
		var parsed template
		require.NoError(t, json.Unmarshal(text, &parsed))
		templates = append(templates, parsed)
	}
	return templates
}
