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
const nodeOptions = `NODE_OPTIONS=--v8-pool-size=1 `

// app runs the built app once, with the validator: one kernel, both stacks.
const app = nodeOptions + `bin/cdk-redis-cache`

// loop is what a developer waits for: one file is edited, and the templates are made. Each edit is new, so that no cache
// knows the result.
func (b *bench) loop() error {
	if _, err := b.command("loop", checkout+`
		checkout "$WORK/loop"
		cp -r "$ROOT/bench/typescript" "$WORK/typescript"
		ln -s "$ROOT/bench/node_modules" "$ROOT/testdata" "$WORK/typescript"
		node -p 'const cdk = require("'$ROOT'/cdk.json"); delete cdk.build
			JSON.stringify({...cdk, app: "npx tsc && npx tsx app.ts"})' > "$WORK/typescript/cdk.json"`); err != nil {
		return err
	}
	const (
		edit  = `cd "$WORK/loop"; sed -i -E "s/(SnapshotRetentionLimit: *ptr.To\()[0-9]+/\1$((OFFSET + 2 * RUN))/" stacks/environment.go`
		synth = `cd "$WORK/loop"; unset CDK_OUTDIR; GOPROXY=off make synth
			grep -q "\"SnapshotRetentionLimit\": $((8 + 2 * RUN))" cdk.out/securebase-prod-redis.template.json`
		editTypeScript  = `cd "$WORK/typescript"; sed -i -E "s/(snapshotRetentionLimit = )[0-9]+/\1$((OFFSET + 2 * RUN))/" app.ts`
		synthTypeScript = `cd "$WORK/typescript"; unset CDK_OUTDIR CDK_CONTEXT_JSON; "$ROOT/node_modules/.bin/cdk" synth --quiet
			grep -q "\"SnapshotRetentionLimit\": $((OFFSET + 2 * RUN))" cdk.out/securebase-prod-redis.template.json`
	)
	m, err := b.interleaved(b.runs, true,
		contender{"make synth", `OFFSET=8; ` + edit, synth},
		contender{"TypeScript", `OFFSET=8; ` + editTypeScript, `OFFSET=8; ` + synthTypeScript},
		contender{"TypeScript with the flag", `OFFSET=9; ` + editTypeScript, `OFFSET=9; export ` + nodeOptions + `; ` + synthTypeScript},
		contender{"go build", `OFFSET=9; ` + edit, `cd "$WORK/loop"; go build -ldflags=-w -o bin/cdk-redis-cache .`},
		contender{"app", ``, `cd "$WORK/loop"; ` + app},
		contender{"app without validator", ``, `cd "$WORK/loop"; CDK_VALIDATION=false ` + app},
		contender{"app with V8's own threads", ``, `cd "$WORK/loop"; bin/cdk-redis-cache`},
		contender{"CDK CLI", ``, `cd "$WORK/loop"; unset CDK_OUTDIR; "$ROOT/node_modules/.bin/cdk" synth --quiet --app cdk.out`},
	)
	if err != nil {
		return err
	}
	b.page.ratio(m, "Edit and `make synth`", "make synth", "TypeScript", "the TypeScript app", 0.9)
	b.page.ratio(m, "the same, with V8's flag in both", "make synth", "TypeScript with the flag", "the TypeScript app", 0)
	b.page.took("of which `go build`", m, "go build")
	b.page.took("of which the app", m, "app")
	b.page.took("the app without CDK's validator", m, "app without validator")
	b.page.took("the app with V8's own number of threads", m, "app with V8's own threads")
	b.page.took("of which the CDK CLI", m, "CDK CLI")
	return nil
}

// manyCaches shows whether time and memory grow linearly with the caches of an app.
func (b *bench) manyCaches() error {
	if _, err := b.command("caches", `cd "$ROOT/bench"; go build -o "$WORK/caches" ./caches`); err != nil {
		return err
	}
	var contenders []contender
	for _, validation := range []string{"", ", no validator"} {
		for _, count := range []int{1, 10, 50, 100} {
			env := nodeOptions
			if validation != "" {
				env += "CDK_VALIDATION=false "
			}
			contenders = append(contenders, contender{
				name: fmt.Sprintf("Synth of caches: %d%s", count, validation), command: fmt.Sprintf(`%s "$WORK/caches" %d`, env, count),
			})
		}
	}
	m, err := b.interleaved(b.runs, true, contenders...)
	if err != nil {
		return err
	}
	for _, c := range contenders {
		b.page.add(c.name, fmt.Sprintf("%.2f s, %.0f MiB", m.seconds(c.name), m.memory(c.name)), "")
	}
	return nil
}

// tests compares make test, with everything compiled, with one run of the app. Packages without a kernel are what a
// developer runs at every save.
func (b *bench) tests() error {
	if _, err := b.command("tests", checkout+`checkout "$WORK/tested"; cd "$WORK/tested"; go build -o bin/cdk-redis-cache .`); err != nil {
		return err
	}
	const in = `cd "$WORK/tested"; export GOPROXY=off GOFLAGS="-modcacherw -count=1"; unset CDK_OUTDIR CDK_CONTEXT_JSON; `
	m, err := b.interleaved(min(b.runs, 2), true,
		contender{"make test", ``, in + `make test`},
		contender{"app", ``, `cd "$WORK/tested"; ` + app},
		contender{"without Node", ``, in + `go test ./internal/accessstring ./internal/catalog ./internal/check ./internal/window`},
	)
	if err != nil {
		return err
	}
	b.page.ratio(m, "`make test`, compiled", "make test", "app", "one synth of both stacks", 4)
	b.page.took("Tests of the rules, which need no Node; goal: about a second", m, "without Node")
	return nil
}

// hits compares a hit through the example clients with a bare GET and decode, in turn, in one process.
func (b *bench) hits() error {
	const script = `cd "$ROOT/examples/lambda-python"; PYTHONPATH=. .venv/bin/python -B "$ROOT/bench/hit.py" 5000`
	m, err := b.interleaved(b.runs, false, contender{name: "hits", command: script})
	if err != nil {
		return err
	}
	for _, language := range []string{"Go", "Python"} {
		figures := map[string][]float64{}
		for _, run := range m["hits"] {
			var said map[string]map[string]float64
			if err := json.Unmarshal([]byte(run.output), &said); err != nil {
				return fmt.Errorf("hits: %w: %s", err, run.output)
			}
			for name, value := range said[language] {
				figures[name] = append(figures[name], value)
			}
			for _, at := range []string{"p50", "p99"} {
				figures[at] = append(figures[at], said[language]["hit-"+at+"-µs"]/said[language]["bare-"+at+"-µs"])
			}
		}
		for _, at := range []string{"p50", "p99"} {
			hit, bare := median(figures["hit-"+at+"-µs"]), median(figures["bare-"+at+"-µs"])
			b.page.compare(fmt.Sprintf("A hit in %s, %s", language, at), fmt.Sprintf("%.0f µs", hit), median(figures[at]),
				fmt.Sprintf("a bare GET and decode, %.0f µs", bare), map[string]float64{"Go": 1.3, "Python": 1.5}[language])
		}
		if hit := figures["hit-allocs"]; hit != nil {
			b.page.add("Allocations of a hit in "+language, fmt.Sprintf("%.0f", median(hit)), fmt.Sprintf("%.0f of a bare GET", median(figures["bare-allocs"])))
		}
	}
	return nil
}

// nothing begins with empty caches: a clone of the project against a plain app with the same CDK packages, which is as fast
// as Go can be with them. The CDK CLI is there already for both.
func (b *bench) nothing() error {
	const clean = `rm -rf "$WORK/nothing" "$WORK/clone"; mkdir "$WORK/nothing"; `
	const empty = `cd "$WORK"; unset CDK_OUTDIR CDK_CONTEXT_JSON; export GOCACHE="$WORK/nothing/build" GOMODCACHE="$WORK/nothing/modules" ` +
		`JSII_RUNTIME_PACKAGE_CACHE_ROOT="$WORK/nothing/jsii"; `
	// The plain app imports each package of CDK that this project does.
	const plain = `mkdir "$WORK/nothing/plain"; cd "$ROOT"
		cp go.mod go.sum cdk.json bench/plain/main.go "$WORK/nothing/plain"
		ln -s "$ROOT/node_modules" "$WORK/nothing/plain"
		go list -deps -f '{{with .Module}}{{if .Main}}{{join $.Imports "\n"}}{{end}}{{end}}' . | grep '/awscdk/v2/' | sort -u |
			sed 's/.*/import _ "&"/; 1s/^/package main\n/' > "$WORK/nothing/plain/imports.go"`
	m, err := b.interleaved(min(b.runs, 2), false,
		contender{"plain", clean + plain, empty + `cd nothing/plain; export ` + nodeOptions + `; node_modules/.bin/cdk synth --quiet`},
		contender{"clone", clean, empty + `git clone --quiet "$ROOT" clone; ln -s "$ROOT/node_modules" clone
			touch -t 200001010000 clone/package-lock.json; make --silent -C clone synth`},
	)
	if err != nil {
		return err
	}
	b.page.ratio(m, "From nothing: clone and `make synth`", "clone", "plain", "a plain app with the same CDK packages", 1.1)
	return nil
}
