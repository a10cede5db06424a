// Command bench measures what a developer waits for in this project, and writes RESULTS.md. `make bench` runs it. Seconds
// depend on the machine, so nothing is asserted of them.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// cdkJson is what the CDK CLI reads of the project.
type cdkJson struct {
	Build   string
	Context json.RawMessage
}

// bench is one run.
type bench struct {
	root  string // the project
	work  string // what is made for the run, removed after it
	runs  int    // of everything but from nothing
	colds int    // from nothing
	cdk   cdkJson
	table []row
}

func main() {
	runs := flag.Int("runs", 7, "runs of each measurement, 1 to 13")
	colds := flag.Int("colds", 3, "runs that begin with empty caches, and download, at least 1")
	flag.Parse()
	if err := run(*runs, *colds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(runs, colds int) error {
	if runs < 1 || runs > 13 || colds < 1 {
		return fmt.Errorf("-runs is %d, which must be 1 to 13, and -colds is %d, which must be at least 1", runs, colds)
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "cdk-redis-cache-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{root: filepath.Dir(dir), work: work, runs: runs, colds: colds}

	settings, err := os.ReadFile(filepath.Join(b.root, "cdk.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(settings, &b.cdk); err != nil {
		return fmt.Errorf("cdk.json: %w", err)
	}
	machine, err := b.machine()
	if err != nil {
		return err
	}
	for _, measure := range []func() error{b.loop, b.manyCaches, b.tests, b.nothing} {
		if err := measure(); err != nil {
			return err
		}
	}
	return os.WriteFile("RESULTS.md", []byte(b.results(machine)), 0o644)
}

// machine is what the seconds depend on.
func (b *bench) machine() (string, error) {
	node, err := b.output(b.root, nil, "node", "--version")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d cores, Go %s, Node %s", runtime.NumCPU(), runtime.Version()[len("go"):], node[len("v"):]), nil
}
