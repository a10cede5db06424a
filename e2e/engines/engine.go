// Package engines runs real Redis and Valkey servers on the loopback interface, which end with the test.
package engines

import (
	"fmt"
	"os/exec"
	"regexp"
	"testing"
)

// Engine is one of the two real servers that stand in for ElastiCache's.
type Engine struct {
	Name     string
	Server   string // the executables
	Sentinel string
	CLI      string
	Family   string // the parameter group family whose table describes it
}

// All are the servers of every drill.
var All = []Engine{
	{Name: "Redis", Server: "redis-server", Sentinel: "redis-sentinel", CLI: "redis-cli", Family: "redis7"},
	{Name: "Valkey", Server: "valkey-server", Sentinel: "valkey-sentinel", CLI: "valkey-cli", Family: "valkey8"},
}

// ForEach runs a drill once for each engine.
func ForEach(t *testing.T, drill func(*testing.T, Engine)) {
	for _, engine := range All {
		t.Run(engine.Name, func(t *testing.T) { drill(t, engine) })
	}
}

var versionPattern = regexp.MustCompile(`v=(\S+)`)

// Version asks the executable, so that the results name what really ran.
func (e Engine) Version() (string, error) {
	out, err := exec.Command(e.Server, "--version").Output()
	if err != nil {
		return "", err
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return "", fmt.Errorf("%s --version: no version in %q", e.Server, out)
	}
	return string(match[1]), nil
}

// Check says what to install before the first drill fails for want of it.
func Check() error {
	for _, engine := range All {
		for _, executable := range []string{engine.Server, engine.Sentinel, engine.CLI} {
			if _, err := exec.LookPath(executable); err != nil {
				return fmt.Errorf("%s is not installed: run `make e2e-setup` (%w)", executable, err)
			}
		}
	}
	return nil
}
