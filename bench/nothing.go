package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// awscdk is the module of CDK's packages.
const awscdk = "github.com/aws/aws-cdk-go/awscdk/v2"

// nothing begins with empty caches: a clone of the project against a plain app with the same CDK packages, which is as
// fast as Go can be with them. The CDK CLI is there already for both.
func (b *bench) nothing() error {
	clone, plain := filepath.Join(b.work, "clone"), filepath.Join(b.work, "plain")
	build, modules, jsii := filepath.Join(b.work, "gocache"), filepath.Join(b.work, "gomodcache"), filepath.Join(b.work, "jsii")
	env := []string{"GOCACHE=" + build, "GOMODCACHE=" + modules, "JSII_RUNTIME_PACKAGE_CACHE_ROOT=" + jsii}
	if err := b.plainApp(plain); err != nil {
		return err
	}
	all := []string{build, modules, jsii}
	synth := []string{"make", "--silent", "-C", clone, "synth"}
	taken := map[string][]time.Duration{}
	// One after the other: the last ones begin with what the clone has left. A single cache saves so much that one run
	// shows it.
	for run := range b.colds {
		for _, step := range []struct {
			name    string
			clear   []string
			command []string
		}{
			{"plain", all, []string{"sh", "-ec", `cd "$1"; node_modules/.bin/cdk synth --quiet`, "sh", plain}},
			{"clone", append([]string{clone}, all...), []string{"sh", "-ec", `git clone --quiet "$1" "$2"
				ln -s "$1/node_modules" "$2"
				touch -t 200001010000 "$2/package-lock.json"
				make --silent -C "$2" synth`, "sh", b.root, clone}},
			{"without jsii's cache", []string{jsii}, synth},
			{"without GOMODCACHE", []string{modules}, synth},
			{"without GOCACHE", []string{build}, synth},
			{"with all", nil, synth},
		} {
			if run > 0 && len(step.clear) < len(all) {
				continue
			}
			fmt.Fprintln(os.Stderr, "bench: from nothing:", step.name)
			for _, dir := range step.clear {
				if err := os.RemoveAll(dir); err != nil {
					return err
				}
			}
			start := time.Now()
			if err := b.execute(b.work, env, step.command[0], step.command[1:]...); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			taken[step.name] = append(taken[step.name], time.Since(start))
		}
	}
	of := func(name string) time.Duration { return median(taken[name]) }
	b.compare("From nothing: clone and `make synth`", of("clone"), "a plain app with the same CDK packages", of("plain"), 1.1)
	b.add("`make synth` with all caches, one run", seconds(of("with all")))
	for _, cache := range []string{"GOCACHE", "GOMODCACHE", "jsii's cache"} {
		b.add("without "+cache, seconds(of("without "+cache)))
	}
	return nil
}

// plainApp is the app in plain, with the versions, the cdk.json and the CDK packages of this project.
func (b *bench) plainApp(dir string) error {
	if err := b.execute(b.root, nil, "sh", "-ec", `mkdir "$1"
		cp go.mod go.sum cdk.json bench/plain/main.go "$1"
		ln -s "$PWD/node_modules" "$1"`, "sh", dir); err != nil {
		return err
	}
	said, err := b.output(b.root, nil, "go", "list", "-deps", "-f", `{{with .Module}}{{if .Main}}{{join $.Imports "\n"}}{{end}}{{end}}`, ".")
	if err != nil {
		return err
	}
	imports := slices.DeleteFunc(strings.Fields(said), func(path string) bool { return !strings.HasPrefix(path, awscdk+"/") })
	if len(imports) == 0 {
		return fmt.Errorf("the app imports no package of %s:\n%s", awscdk, said)
	}
	source := "package main\n"
	for _, path := range imports {
		source += fmt.Sprintf("\nimport _ %q\n", path)
	}
	return os.WriteFile(filepath.Join(dir, "imports.go"), []byte(source), 0o644)
}
