package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// loop is what a developer waits for: one Go file is edited, and the templates are made.
func (b *bench) loop() error {
	dir := filepath.Join(b.work, "loop")
	if err := b.checkout(dir); err != nil {
		return err
	}
	medians, err := interleaved(b.runs,
		contender{
			name:    "make synth",
			prepare: func(run int) error { return edit(dir, 2*run) },
			measure: func() error { return b.execute(dir, []string{offline}, "make", "synth") },
			check:   func(run int) error { return hasRetention(dir, 2*run) },
		},
		contender{
			name:    "go build",
			prepare: func(run int) error { return edit(dir, 2*run+1) }, // make synth has built the last one
			measure: func() error { return b.execute(dir, []string{offline}, "sh", "-c", b.cdk.Build) },
		},
		contender{name: "app", measure: b.app(dir)},
	)
	if err != nil {
		return err
	}
	b.add("Edit and `make synth`", seconds(medians["make synth"]))
	b.add("of which `go build`", seconds(medians["go build"]))
	b.add("of which the app", seconds(medians["app"]))
	return nil
}

// checkout is a copy of the project's tracked files, as they are in the working tree, with the CDK CLI. make would take
// packages that are older than their lock file to be out of date.
func (b *bench) checkout(to string) error {
	return b.execute(b.root, nil, "sh", "-ec", `mkdir "$1"
		git ls-files -z | tar --null -cf - -T - | tar -xf - -C "$1"
		ln -s "$PWD/node_modules" "$1"
		touch -t 200001010000 "$1/package-lock.json"`, "sh", to)
}

// retention is the property that is edited.
var retention = regexp.MustCompile(`(SnapshotRetentionLimit: *ptr\.To\()[\d.]+`)

// edit gives prod's property a value that it never had before, so that no cache knows the result.
func edit(checkout string, edit int) error {
	file := filepath.Join(checkout, "stacks/environment.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	all := retention.FindAllIndex(text, -1)
	if len(all) != 2 {
		return fmt.Errorf("%s: want SnapshotRetentionLimit of dev and prod, found %d", file, len(all))
	}
	before, prod := text[:all[1][0]], text[all[1][0]:]
	edited := retention.ReplaceAll(prod, fmt.Appendf(nil, "${1}%d.0", retentionOf(edit)))
	return os.WriteFile(file, slices.Concat(before, edited), 0o644)
}

// retentionOf is from 8 on, which no environment has, up to ElastiCache's limit of 35.
func retentionOf(edit int) int { return 8 + edit }

// hasRetention is an error where the template of prod does not have the edit.
func hasRetention(checkout string, edit int) error {
	file := filepath.Join(checkout, "cdk.out/securebase-prod-redis.template.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !regexp.MustCompile(fmt.Sprintf(`"SnapshotRetentionLimit": %d\b`, retentionOf(edit))).Match(text) {
		return fmt.Errorf("%s does not have the edit, SnapshotRetentionLimit %d", file, retentionOf(edit))
	}
	return nil
}

// app runs the built app of a checkout once, with the validator: one kernel, both stacks.
func (b *bench) app(checkout string) func() error {
	env := []string{"CDK_CONTEXT_JSON=" + string(b.cdk.Context), "CDK_OUTDIR=" + filepath.Join(b.work, "cdk.out.app")}
	return func() error { return b.execute(checkout, env, "bin/cdk-redis-cache") }
}
