package main

import "path/filepath"

// withoutNode are the packages whose tests start no kernel: those that a developer runs at every save.
var withoutNode = []string{"./internal/accessstring", "./internal/catalog", "./internal/check", "./internal/window"}

// tests compares make test, with the test binaries compiled, with the least that a synth of the app can take.
func (b *bench) tests() error {
	tested := filepath.Join(b.work, "tested")
	if err := b.checkout(tested); err != nil {
		return err
	}
	if err := b.execute(tested, []string{offline}, "go", "build", "-o", "bin/cdk-redis-cache", "."); err != nil {
		return err
	}
	env := []string{offline, "GOFLAGS=-modcacherw -count=1"}
	medians, err := interleaved(b.runs,
		contender{name: "make test", measure: func() error { return b.execute(tested, env, "make", "test") }},
		contender{name: "app", measure: b.app(tested)},
		contender{name: "without Node", measure: func() error {
			return b.execute(tested, env, "go", append([]string{"test"}, withoutNode...)...)
		}},
	)
	if err != nil {
		return err
	}
	b.compare("`make test`, compiled", medians["make test"], "the app", medians["app"], 4)
	b.add("Tests of the rules, which need no Node", seconds(medians["without Node"]))
	return nil
}
