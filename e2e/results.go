package e2e

import (
	"fmt"
	"sync"
	"testing"
)

// forEachEngine runs a drill once for each engine.
func forEachEngine(t *testing.T, drill func(*testing.T, Engine)) {
	for _, engine := range Engines {
		t.Run(engine.Name, func(t *testing.T) { drill(t, engine) })
	}
}

// results collects what the drills measured: engine, then row.
var results = struct {
	sync.Mutex
	values map[string]map[string]string
}{values: map[string]map[string]string{}}

// record notes one number of a drill.
func record(t testing.TB, engine Engine, row, format string, args ...any) {
	t.Helper()
	results.Lock()
	defer results.Unlock()
	value := fmt.Sprintf(format, args...)
	if results.values[engine.Name] == nil {
		results.values[engine.Name] = map[string]string{}
	}
	results.values[engine.Name][row] = value
	t.Logf("%s: %s", row, value)
}
