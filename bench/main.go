// Command bench measures what a person waits for in this project, and writes RESULTS.md. `make bench` runs it. Seconds depend
// on the machine, so nothing is asserted of them.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

// bench is one run.
type bench struct {
	env  []string // of all commands: where things are
	runs int
	page page
}

func main() {
	runs := flag.Int("runs", 3, "runs of each measurement, at least 1; of make test at most 2")
	flag.Parse()
	if err := run(max(1, *runs)); err != nil {
		log.Fatal(err)
	}
}

func run(runs int) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "cdk-redis-cache-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{runs: runs, env: []string{"ROOT=" + filepath.Dir(dir), "WORK=" + work}}
	for _, measure := range []func() error{b.loop, b.manyCaches, b.tests, b.hits, b.nothing} {
		if err := measure(); err != nil {
			return err
		}
	}
	machine, err := b.command("", `echo "$(nproc) cores, Go $(go env GOVERSION | tr -d go), Node $(node -p process.versions.node)"`)
	if err != nil {
		return err
	}
	return os.WriteFile("RESULTS.md", []byte(b.page.text(machine.output, runs)), 0o644)
}
