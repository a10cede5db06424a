package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// loop is what a developer waits for: one property is edited, and the templates are made.
func (b *bench) loop() error {
	ours, stock := filepath.Join(b.work, "ours"), filepath.Join(b.work, "stock")
	initial, older := filepath.Join(b.work, "typescript"), filepath.Join(b.work, "ts-node")
	if err := b.checkout(ours); err != nil {
		return err
	}
	if err := b.checkout(stock); err != nil {
		return err
	}
	if err := rewrite(filepath.Join(stock, "cdk.json"), appOrBuild, func(key string) string {
		if key == "app" {
			return `"app": "go mod download && go run .",`
		}
		return ""
	}); err != nil {
		return err
	}
	if err := b.typescript(initial, "npx tsc && npx tsx bin/app.ts"); err != nil {
		return err
	}
	if err := b.typescript(older, "npx ts-node --prefer-ts-exts bin/app.ts"); err != nil {
		return err
	}

	env := []string{offline, "TS_NODE_COMPILER=typescript5"}
	goEdit, tsEdit := "stacks/environment.go", "lib/environment.ts"
	edited := func(name, dir, file string, command ...string) contender {
		return contender{
			name:    name,
			prepare: func(run int) error { return edit(filepath.Join(dir, file), run) },
			measure: func() error { return b.execute(dir, env, command[0], command[1:]...) },
			check:   func(run int) error { return hasRetention(filepath.Join(dir, "cdk.out"), run) },
		}
	}
	settings, err := b.cdkJson()
	if err != nil {
		return err
	}
	build := edited("go build", ours, goEdit, "sh", "-c", settings.Build)
	build.prepare = func(run int) error { return edit(filepath.Join(ours, goEdit), run+1000) } // make synth has built run's
	build.check = nil
	// Go's downloads are not offline the first time.
	if err := b.execute(stock, nil, "go", "mod", "download"); err != nil {
		return err
	}
	cdk := "node_modules/.bin/cdk"
	medians, err := interleaved(b.runs,
		edited("make synth", ours, goEdit, "make", "synth"),
		edited("cdk init", initial, tsEdit, cdk, "synth", "--quiet"),
		edited("ts-node", older, tsEdit, cdk, "synth", "--quiet"),
		edited("stock Go", stock, goEdit, cdk, "synth", "--quiet"),
		build,
		contender{name: "app", measure: b.app(ours)},
	)
	if err != nil {
		return err
	}
	for _, other := range []string{initial, older, stock} {
		if err := sameTemplates(filepath.Join(ours, "cdk.out"), filepath.Join(other, "cdk.out")); err != nil {
			return err
		}
	}
	synth := medians["make synth"]
	b.table.compare("Edit and make synth against the TypeScript app of `cdk init` (tsc and tsx)", synth, medians["cdk init"], 1)
	b.table.compare("Edit and make synth against a TypeScript app with ts-node", synth, medians["ts-node"], 1)
	b.table.compare("Edit and make synth against the stock Go layout (go mod download && go run .)", synth, medians["stock Go"], 1)
	b.note("The loop", "Of the %s of `make synth` after an edit, `go build` with its link takes %s and the app %s, most of it "+
		"CloudFormation's validator, which is in the kernel and so in every contender. The rest is the CDK CLI and make.",
		seconds(synth), seconds(medians["go build"]), seconds(medians["app"]))
	return nil
}

// checkout is a copy of the project's tracked files, as they are in the working tree, with the CDK CLI.
func (b *bench) checkout(to string) error {
	files, err := b.output(b.root, nil, "git", "ls-files")
	if err != nil {
		return err
	}
	for _, file := range strings.Split(files, "\n") {
		if err := copyFile(filepath.Join(b.root, file), filepath.Join(to, file)); err != nil {
			return err
		}
	}
	return b.withCli(to, b.root)
}

// withCli gives a directory the packages of another. make takes what is older than the lock file to be out of date.
func (b *bench) withCli(to, from string) error {
	if _, err := os.Stat(filepath.Join(to, "package-lock.json")); err == nil {
		past := time.Unix(0, 0)
		if err := os.Chtimes(filepath.Join(to, "package-lock.json"), past, past); err != nil {
			return err
		}
	}
	return os.Symlink(filepath.Join(from, "node_modules"), filepath.Join(to, "node_modules"))
}

// typescript is the same app in TypeScript, with the context of cdk.json.
func (b *bench) typescript(to, app string) error {
	files, err := filepath.Glob(filepath.Join(b.dir, "typescript/*/*.ts"))
	if err != nil {
		return err
	}
	for _, file := range append(files, filepath.Join(b.dir, "typescript/tsconfig.json")) {
		path, err := filepath.Rel(filepath.Join(b.dir, "typescript"), file)
		if err != nil {
			return err
		}
		if err := copyFile(file, filepath.Join(to, path)); err != nil {
			return err
		}
	}
	if err := copyFile(filepath.Join(b.root, "cdk.json"), filepath.Join(to, "cdk.json")); err != nil {
		return err
	}
	if err := rewrite(filepath.Join(to, "cdk.json"), appOrBuild, func(key string) string {
		if key == "app" {
			return fmt.Sprintf("%q: %q,", key, app)
		}
		return ""
	}); err != nil {
		return err
	}
	return b.withCli(to, b.dir)
}

// appOrBuild are the lines of cdk.json that say how to run the app.
var appOrBuild = regexp.MustCompile(`"(app|build)": "[^"]*",`)

// retention is the property that is edited, in Go and in TypeScript: the last one of the file is prod's.
var retention = regexp.MustCompile(`(?i)(snapshotRetentionLimit: *(?:ptr\()?)\d+`)

// edit gives the property a value that it never had before, so that no cache knows the result.
func edit(file string, run int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	all := retention.FindAllIndex(text, -1)
	if len(all) != 2 {
		return fmt.Errorf("%s: want the property of dev and prod, found %d", file, len(all))
	}
	before, prod := text[:all[1][0]], text[all[1][0]:]
	edited := retention.ReplaceAll(prod, fmt.Appendf(nil, "${1}%d", retentionOf(run)))
	return os.WriteFile(file, slices.Concat(before, edited), 0o644)
}

func retentionOf(run int) int { return 10 + run }

func hasRetention(assembly string, run int) error {
	all, err := templates(assembly)
	if err != nil {
		return err
	}
	for _, each := range all["securebase-prod-redis.template.json"]["Resources"].(object) {
		resource := each.(object)
		if resource["Type"] == "AWS::ElastiCache::ReplicationGroup" && resource["Properties"].(object)["SnapshotRetentionLimit"] == float64(retentionOf(run)) {
			return nil
		}
	}
	return fmt.Errorf("%s does not have the edit", assembly)
}

// app runs the built app of a checkout once, with the validator: one kernel, both stacks.
func (b *bench) app(checkout string) func() error {
	return func() error {
		settings, err := b.cdkJson()
		if err != nil {
			return err
		}
		return b.execute(checkout, []string{"CDK_CONTEXT_JSON=" + string(settings.Context), "CDK_OUTDIR=" + filepath.Join(b.work, "cdk.out.app")}, "bin/cdk-redis-cache")
	}
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode())
}

// rewrite replaces each match by what is said of its first group.
func rewrite(file string, pattern *regexp.Regexp, by func(group string) string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	replaced := pattern.ReplaceAllStringFunc(string(text), func(match string) string {
		return by(pattern.FindStringSubmatch(match)[1])
	})
	return os.WriteFile(file, []byte(replaced), 0o644)
}
