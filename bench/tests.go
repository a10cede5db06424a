package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// testEvent is a line of go test -json.
type testEvent struct {
	Action, Package, Test string
	Elapsed               float64
}

// tests compares make test, with the test binaries compiled, with the least that a synth of the app can take.
func (b *bench) tests() error {
	tested := filepath.Join(b.work, "tested")
	if err := b.checkout(tested); err != nil {
		return err
	}
	if err := b.execute(tested, []string{offline}, "go", "build", "-o", "bin/cdk-redis-cache", "."); err != nil {
		return err
	}
	var events []testEvent
	var failed []string
	medians, err := interleaved(b.runs,
		contender{name: "make test", measure: func() (err error) {
			if events, err = b.testEvents(tested); err != nil {
				return err
			}
			for _, event := range events {
				if event.Action == "fail" && event.Test != "" {
					failed = append(failed, event.Test)
				}
			}
			return nil
		}},
		contender{name: "app", measure: b.app(tested)},
	)
	if err != nil {
		return err
	}
	b.table.compare("make test, compiled, against one synth of both stacks with validation", medians["make test"], medians["app"], 3)

	if len(failed) > 0 {
		b.note("Tests", "**Failed meanwhile:** %s.", strings.Join(failed, ", "))
	}
	cases := 0
	var packages, slow []testEvent
	for _, event := range events {
		switch {
		case event.Action != "pass":
		case event.Test == "" && event.Elapsed >= 0.1:
			packages = append(packages, event)
		case event.Test != "":
			cases++
			if !strings.Contains(event.Test, "/") && event.Elapsed >= 0.5 {
				slow = append(slow, event)
			}
		}
	}
	byTime := func(a, b testEvent) int { return int(1000*b.Elapsed) - int(1000*a.Elapsed) }
	slices.SortFunc(packages, byTime)
	slices.SortFunc(slow, byTime)
	say := func(events []testEvent, name func(testEvent) string) string {
		var all []string
		for _, event := range events {
			all = append(all, fmt.Sprintf("%s %.1f s", name(event), event.Elapsed))
		}
		return strings.Join(all, ", ")
	}
	b.note("Tests", "%d cases in %s, %.0f ms a case. Packages run beside each other, each with one kernel, and of the last run took: %s.",
		cases, seconds(medians["make test"]), milliseconds(medians["make test"])/float64(cases),
		say(packages, func(e testEvent) string { return strings.TrimPrefix(e.Package, "github.com/securebase/") }))
	b.note("Tests", "Tests of half a second or more: %s.", say(slow, func(e testEvent) string { return e.Test }))
	return nil
}

// testEvents are what make test tells, also of tests that fail.
func (b *bench) testEvents(dir string) ([]testEvent, error) {
	said, failure := b.output(dir, []string{offline, "GOFLAGS=-modcacherw -count=1 -json"}, "make", "--silent", "test")
	var events []testEvent
	for line := range strings.Lines(said) {
		var event testEvent
		if json.Unmarshal([]byte(line), &event) == nil {
			events = append(events, event)
		}
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("make test says nothing of its cases: %w", failure)
	}
	return events, nil
}
