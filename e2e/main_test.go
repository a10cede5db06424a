package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain makes sure that the drills can run at all, runs them, and writes the page of their results.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	if err := checkEngines(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	// Parallel parts wait for the clock, not for a processor.
	_ = flag.Set("test.parallel", "8")
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	buildDir = dir
	return m.Run()
}
