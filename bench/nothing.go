package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// caches are what a first build fills, and what a CI job may keep.
type caches struct{ build, modules, jsii string }

func (c caches) env() []string {
	return []string{"GOCACHE=" + c.build, "GOMODCACHE=" + c.modules, "JSII_RUNTIME_PACKAGE_CACHE_ROOT=" + c.jsii}
}

func remove(dirs ...string) error {
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// nothing begins with empty caches: a clone of the project against the app that `cdk init` makes, with the same CDK.
// The CDK CLI is there already for both.
func (b *bench) nothing() error {
	ours, bare := filepath.Join(b.work, "clone"), filepath.Join(b.work, "bare")
	kept := caches{filepath.Join(b.work, "gocache"), filepath.Join(b.work, "gomodcache"), filepath.Join(b.work, "jsii")}
	if err := b.initialApp(bare); err != nil {
		return err
	}
	graphs := map[string]string{}
	synth := func(name string, run int, clear []string, dir string, command ...string) (time.Duration, error) {
		graphs[name] = filepath.Join(b.work, fmt.Sprintf("actions.%x.json", name))
		env := append(kept.env(), "GOFLAGS=-modcacherw -debug-actiongraph="+graphs[name])
		if name == "clone" {
			command = []string{"sh", "-ec", fmt.Sprintf("git clone --quiet %q %q; ln -s %q %q; touch -d @0 %q; cd %q; make --silent synth",
				b.root, ours, filepath.Join(b.root, "node_modules"), filepath.Join(ours, "node_modules"), filepath.Join(ours, "package-lock.json"), ours)}
			dir = b.work
			clear = append(clear, ours)
		}
		return contender{
			prepare: func(int) error { return remove(clear...) },
			measure: func() error { return b.execute(dir, env, command[0], command[1:]...) },
		}.time(run)
	}
	all := []string{kept.build, kept.modules, kept.jsii}
	cdk := "node_modules/.bin/cdk"
	taken := map[string][]time.Duration{}
	// One after the other: the last ones begin with what the clone has left. What a single cache is worth is so much that
	// one run shows it.
	for run := range b.colds {
		for _, step := range []struct {
			name  string
			clear []string
			dir   string
			args  []string
		}{
			{"bare", all, bare, []string{cdk, "synth", "--quiet"}},
			{"clone", all, "", nil},
			{"without jsii's cache", []string{kept.jsii}, ours, []string{"make", "--silent", "synth"}},
			{"without GOMODCACHE", []string{kept.modules}, ours, []string{"make", "--silent", "synth"}},
			{"without GOCACHE", []string{kept.build}, ours, []string{"make", "--silent", "synth"}},
			{"with all", nil, ours, []string{"make", "--silent", "synth"}},
		} {
			if run > 0 && len(step.clear) < len(all) {
				continue
			}
			duration, err := synth(step.name, run, step.clear, step.dir, step.args...)
			if err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			taken[step.name] = append(taken[step.name], duration)
		}
	}
	of := func(name string) time.Duration { return median(taken[name]) }
	b.table.compare(fmt.Sprintf("From nothing against the Go app of `cdk init`, %s", plural(b.colds, "run")), of("clone"), of("bare"), 1.2)

	for _, name := range []string{"bare", "clone"} {
		said, err := buildTimes(graphs[name])
		if err != nil {
			return err
		}
		b.note("From nothing", "%s: %s.", map[string]string{"bare": "The app of `cdk init`", "clone": "This project"}[name], said)
	}
	b.note("From nothing", "Nearly all of a first build is CDK's own packages, which are generated whole for each service. awsec2 is in the types of VPC "+
		"and security groups, awslambda comes with awssecretsmanager, and with them come the rest; only what awscloudwatchactions adds "+
		"(awsautoscaling and both awselasticloadbalancing) is the stacks' own choice, for the one action that alarms have.")
	b.note("CI", "`make synth` takes %s from nothing and, in one run each, %s with all three caches. Without one of them it takes: GOCACHE %s, GOMODCACHE %s, "+
		"jsii's package cache (`~/.cache/aws/jsii`, or what `JSII_RUNTIME_PACKAGE_CACHE_ROOT` says) %s. Keep all three: "+
		"actions/setup-go keeps the first two, and `.github/workflows/ci.yml` shows the third.",
		seconds(of("clone")), seconds(of("with all")), seconds(of("without GOCACHE")), seconds(of("without GOMODCACHE")), seconds(of("without jsii's cache")))
	return nil
}

// initialApp is what `cdk init` writes, with the versions of this project.
func (b *bench) initialApp(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := b.execute(dir, nil, filepath.Join(b.dir, "node_modules/.bin/cdk"), "init", "app", "--language", "go", "--generate-only"); err != nil {
		return err
	}
	for _, module := range []string{"github.com/aws/aws-cdk-go/awscdk/v2", "github.com/aws/constructs-go/constructs/v10", "github.com/aws/jsii-runtime-go"} {
		version, err := b.output(b.root, nil, "go", "list", "-m", "-f", "{{.Version}}", module)
		if err != nil {
			return err
		}
		if err := b.execute(dir, nil, "go", "mod", "edit", "-require="+module+"@"+version); err != nil {
			return err
		}
	}
	if err := b.execute(dir, nil, "go", "mod", "tidy"); err != nil {
		return err
	}
	return b.withCli(dir, b.dir)
}

// buildTimes sums up what go build did: seconds of its actions, of which two or more run at a time.
func buildTimes(actionGraph string) (string, error) {
	text, err := os.ReadFile(actionGraph)
	if err != nil {
		return "", err
	}
	var actions []struct {
		Mode, Package       string
		TimeStart, TimeDone time.Time
	}
	if err := json.Unmarshal(text, &actions); err != nil {
		return "", err
	}
	const library = "github.com/aws/aws-cdk-go/awscdk/v2"
	services := map[string]time.Duration{}
	var sum, cdk, standard, link time.Duration
	for _, action := range actions {
		if action.TimeStart.IsZero() {
			continue
		}
		took := action.TimeDone.Sub(action.TimeStart)
		sum += took
		switch first, _, _ := strings.Cut(action.Package, "/"); {
		case action.Mode == "link":
			link += took
		case strings.HasPrefix(action.Package, library):
			cdk += took
			service, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(action.Package, library), "/"), "/")
			if service == "" {
				service = "awscdk"
			}
			services[service] += took
		case !strings.Contains(first, "."):
			standard += took
		}
	}
	var names []string
	for name := range services {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(services[b] - services[a]) })
	var slowest []string
	for _, name := range names[:min(len(names), 10)] {
		slowest = append(slowest, fmt.Sprintf("%s %.1f", name, services[name].Seconds()))
	}
	return fmt.Sprintf("%.1f s of compiling and linking in all, CDK's packages %.1f s (%s), Go's own %.1f s, the link %.1f s",
		sum.Seconds(), cdk.Seconds(), strings.Join(slowest, ", "), standard.Seconds(), link.Seconds()), nil
}
