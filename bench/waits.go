package main

import (
	"encoding/json"
	"fmt"
)

// checkout makes a copy of the tracked files, as they are in the working tree, with the CDK CLI. make would take packages
// that are older than their lock file to be out of date.
const checkout = `
	checkout() {
		mkdir "$1"
		git -C "$ROOT" ls-files -z | tar -C "$ROOT" --null -cf - -T - | tar -xf - -C "$1"
		ln -s "$ROOT/node_modules" "$1"
		touch -t 200001010000 "$1/package-lock.json"
	}
`

// nodeOptions are the Makefile's, for what it does not start.
const nodeOptions = `export NODE_OPTIONS="$(sed -n 's/^export NODE_OPTIONS ?= //p' "$ROOT/Makefile")"; test -n "$NODE_OPTIONS"; `

// context is what the CDK CLI tells an app.
const context = `export CDK_OUTDIR="$WORK/cdk.out" CDK_CONTEXT_JSON="$(cat "$WORK/context.json")"; `

// app runs the built app once, with the validator: one kernel, both stacks.
const app = context + nodeOptions + `bin/cdk-redis-cache`

// loop is what a developer waits for: one file is edited, and the templates are made. Each edit is new, so that no cache
// knows the result.
func (b *bench) loop() error {
	if _, err := b.command("loop", checkout+`
		checkout "$WORK/loop"
		cp -r "$ROOT/bench/typescript" "$WORK/typescript"
		ln -s "$ROOT/bench/node_modules" "$ROOT/testdata" "$WORK/typescript"
		node -p 'JSON.stringify(require("'$ROOT'/cdk.json").context)' > "$WORK/context.json"
		node -p 'const cdk = require("'$ROOT'/cdk.json"); delete cdk.build
			JSON.stringify({...cdk, app: "npx tsc && npx tsx app.ts"})' > "$WORK/typescript/cdk.json"`); err != nil {
		return err
	}
	const (
		edit  = `cd "$WORK/loop"; sed -i -E "s/(SnapshotRetentionLimit: *ptr.To\()[0-9]+/\1$((OFFSET + 2 * RUN))/" stacks/environment.go`
		synth = `cd "$WORK/loop"; GOPROXY=off make synth
			grep -q "\"SnapshotRetentionLimit\": $((8 + 2 * RUN))" cdk.out/securebase-prod-redis.template.json`
		editTypeScript  = `cd "$WORK/typescript"; sed -i -E "s/(snapshotRetentionLimit = )[0-9]+/\1$((OFFSET + 2 * RUN))/" app.ts`
		synthTypeScript = `cd "$WORK/typescript"; "$ROOT/node_modules/.bin/cdk" synth --quiet
			grep -q "\"SnapshotRetentionLimit\": $((OFFSET + 2 * RUN))" cdk.out/securebase-prod-redis.template.json`
	)
	contenders := []contender{
		{"Edit and `make synth`", `OFFSET=8; ` + edit, synth},
		{"the TypeScript app", `OFFSET=8; ` + editTypeScript, `OFFSET=8; ` + synthTypeScript},
		{"the TypeScript app with the Makefile's NODE_OPTIONS", `OFFSET=9; ` + editTypeScript, `OFFSET=9; ` + nodeOptions + synthTypeScript},
		{"of which `go build`", `OFFSET=9; ` + edit, `cd "$WORK/loop"; go build -ldflags=-w -o bin/cdk-redis-cache .`},
		{"of which the CDK CLI", ``, `cd "$WORK/loop"; "$ROOT/node_modules/.bin/cdk" synth --quiet --app cdk.out`},
		{"of which the app", ``, `cd "$WORK/loop"; ` + app},
		{"the app without CDK's validator", ``, `cd "$WORK/loop"; export CDK_VALIDATION=false; ` + app},
		{"the app without NODE_OPTIONS", ``, `cd "$WORK/loop"; ` + context + `bin/cdk-redis-cache`},
	}
	m, err := b.interleaved(0, b.runs, contenders...)
	if err != nil {
		return err
	}
	b.page.ratio(m, contenders[0].name, contenders[1].name, 0.9)
	b.page.ratio(m, contenders[0].name, contenders[2].name, 0)
	for _, c := range contenders[3:] {
		b.page.took(m, c.name, "")
	}
	return nil
}

// manyCaches shows whether time and memory grow linearly with the caches of an app.
func (b *bench) manyCaches() error {
	if _, err := b.command("caches", `cd "$ROOT/bench"; go build -o "$WORK/caches" ./caches`); err != nil {
		return err
	}
	var all []contender
	for _, env := range []string{"", " CDK_VALIDATION=false"} {
		for _, count := range []int{1, 10, 50, 100} {
			command := fmt.Sprintf(`%s%s "$WORK/caches" -caches %d`, context+nodeOptions, env, count)
			all = append(all, contender{fmt.Sprintf("Synth of caches: %d%s", count, env), "", command})
		}
	}
	m, err := b.interleaved(0, b.runs, all...)
	if err != nil {
		return err
	}
	for _, c := range all {
		b.page.took(m, c.name, "")
	}
	return nil
}

// tests compares make test, with everything compiled, with one run of the app. Packages without a kernel are what a
// developer runs at every save.
func (b *bench) tests() error {
	if _, err := b.command("tests", checkout+`checkout "$WORK/tested"
		cd "$WORK/tested"; go build -o bin/cdk-redis-cache .`); err != nil {
		return err
	}
	const in = `cd "$WORK/tested"; export GOPROXY=off GOFLAGS="-modcacherw -count=1"; `
	const ours, theirs, rules = "`make test`, compiled", "one synth of both stacks", "Tests of the rules, which need no Node"
	m, err := b.interleaved(0, min(b.runs, 2),
		contender{ours, ``, in + `make test`},
		contender{theirs, ``, `cd "$WORK/tested"; ` + app},
		contender{rules, ``, in + `go test ./internal/accessstring ./internal/catalog ./internal/check ./internal/window`},
	)
	if err != nil {
		return err
	}
	b.page.ratio(m, ours, theirs, 4)
	b.page.took(m, rules, "about a second")
	return nil
}

// hits compares a hit through the example clients with a bare GET and decode, in turn, in one process.
func (b *bench) hits() error {
	said, err := b.command("hits", fmt.Sprintf(`cd "$ROOT/examples/lambda-python"
		PYTHONPATH=. .venv/bin/python -B "$ROOT/bench/hit.py" %d`, b.runs))
	if err != nil {
		return err
	}
	var rows []struct {
		What, Hit, Bare string
		Ratio, Goal     float64
	}
	if err := json.Unmarshal([]byte(said.output), &rows); err != nil {
		return fmt.Errorf("hits: %w: %s", err, said.output)
	}
	for _, r := range rows {
		b.page.add(r.What, r.Hit, comparison(r.Ratio, "a bare GET and decode, "+r.Bare, r.Goal))
	}
	return nil
}

// nothing begins with empty caches: a clone of the project against a plain app with the same CDK packages, which is as fast
// as Go can be with them. The CDK CLI and the modules, which are the same, are there already for both.
func (b *bench) nothing() error {
	const clean = `rm -rf "$WORK/nothing" "$WORK/clone"; mkdir "$WORK/nothing"; `
	const empty = `cd "$WORK"; export GOCACHE="$WORK/nothing/build" GOPROXY=off ` +
		`JSII_RUNTIME_PACKAGE_CACHE_ROOT="$WORK/nothing/jsii"; `
	// The plain app imports each package of CDK that this project does.
	const plain = `mkdir "$WORK/nothing/plain"; cd "$ROOT"
		cp go.mod go.sum cdk.json bench/plain/main.go "$WORK/nothing/plain"
		ln -s "$ROOT/node_modules" "$WORK/nothing/plain"
		go list -deps -f '{{with .Module}}{{if .Main}}{{join $.Imports "\n"}}{{end}}{{end}}' . | grep '/awscdk/v2/' | sort -u |
			sed 's/.*/import _ "&"/; 1s/^/package main\n/' > "$WORK/nothing/plain/imports.go"`
	const ours, theirs = "From nothing: clone and `make synth`", "a plain app with the same CDK packages"
	m, err := b.interleaved(1, b.runs,
		contender{theirs, clean + plain, empty + `cd nothing/plain; ` + nodeOptions + `node_modules/.bin/cdk synth --quiet`},
		contender{ours, clean, empty + `git clone --quiet "$ROOT" clone; ln -s "$ROOT/node_modules" clone
			touch -t 200001010000 clone/package-lock.json; make --silent -C clone synth`},
	)
	if err != nil {
		return err
	}
	b.page.ratio(m, ours, theirs, 1.1)
	return nil
}
