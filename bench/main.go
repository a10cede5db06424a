// Command bench measures how fast this CDK app is beside what else one could write it in, and writes RESULTS.md.
// `make bench` runs it. Seconds are of this machine, so that nothing is asserted of them; but apps that are compared
// have to make the same templates.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// bench is one run.
type bench struct {
	root  string // the project
	dir   string // this module
	work  string // what is made for the run, removed after it
	runs  int    // of everything that takes seconds
	colds int    // of what begins with nothing
	table table
	notes []note

	requestsOfCache float64 // to the kernel, of a further prod cache
}

func main() {
	runs := flag.Int("runs", 7, "runs of each measurement")
	colds := flag.Int("colds", 3, "runs that begin with empty caches, and download")
	flag.Parse()
	if err := run(*runs, *colds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(runs, colds int) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "cdk-redis-cache-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{root: filepath.Dir(dir), dir: dir, work: work, runs: runs, colds: colds}

	machine, err := b.machine()
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		measure func() error
	}{
		{"requests to the kernel", b.requests},
		{"against JavaScript", b.javascript},
		{"the loop", b.loop},
		{"tests", b.tests},
		{"from nothing", b.nothing},
	} {
		fmt.Fprintln(os.Stderr, "bench:", part.name)
		if err := part.measure(); err != nil {
			fmt.Print(b.table) // what is measured already has taken minutes
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	fmt.Print(b.table)
	return os.WriteFile("RESULTS.md", []byte(b.results(machine)), 0o644)
}

// machine is what the seconds depend on.
func (b *bench) machine() (string, error) {
	node, err := b.output(b.dir, nil, "node", "--version")
	if err != nil {
		return "", err
	}
	library, err := b.output(b.dir, nil, "node", "-p", "require('aws-cdk-lib/package.json').version")
	if err != nil {
		return "", err
	}
	typescript, err := b.output(b.dir, nil, "node", "-p", "require('typescript/package.json').version")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d cores, Go %s, Node %s, aws-cdk-lib %s, TypeScript %s",
		runtime.NumCPU(), runtime.Version()[len("go"):], node[len("v"):], library, typescript), nil
}
