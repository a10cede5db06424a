package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/redis/go-redis/v9/logging"
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
	// Broken connections are what the drills make.
	logging.Disable()
	buildDir = dir
	code := m.Run()
	if filtered := flag.Lookup("test.run").Value.String() + flag.Lookup("test.skip").Value.String(); code != 0 || filtered != "" {
		fmt.Fprintln(os.Stderr, "e2e:", pagePath, "is left as it was: only a full run without a failure writes it")
		return code
	}
	if err := finish(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return 0
}

// finish writes the page. A line that nobody filled is a drill that did not do its work.
func finish() error {
	if missing := missingResults(); len(missing) > 0 {
		return fmt.Errorf("no result for %q", missing)
	}
	data, err := os.ReadFile(templatePath())
	if err != nil {
		return err
	}
	tmpl, err := parseTemplate(data)
	if err != nil {
		return err
	}
	return writePage(tmpl)
}
