package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// contender is one side of a comparison. prepare is not measured.
type contender struct {
	name    string
	prepare func(run int) error
	measure func() error
	check   func(run int) error
}

// interleaved runs the contenders in turn, so that whatever else the machine does meanwhile is shared by all, and
// returns the median of each by name. Each has one run before, which fills its caches.
func interleaved(runs int, contenders ...contender) (map[string]time.Duration, error) {
	taken := map[string][]time.Duration{}
	for run := 0; run <= runs; run++ {
		for _, c := range contenders {
			duration, err := c.time(run)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			if run > 0 {
				taken[c.name] = append(taken[c.name], duration)
			}
		}
	}
	medians := map[string]time.Duration{}
	for name, all := range taken {
		medians[name] = median(all)
	}
	return medians, nil
}

func (c contender) time(run int) (time.Duration, error) {
	if c.prepare != nil {
		if err := c.prepare(run); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	err := c.measure()
	duration := time.Since(start)
	if err == nil && c.check != nil {
		err = c.check(run)
	}
	return duration, err
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	if middle := len(all) / 2; len(all)%2 == 1 {
		return all[middle]
	} else {
		return (all[middle-1] + all[middle]) / 2
	}
}

// own are variables that would change what is measured, so that only the benchmark sets them.
var own = []string{"CDK_", "JSII_", "NODE_OPTIONS=", "GOFLAGS=", "GOPROXY=", "NPM_CONFIG_", "npm_config_", "MAKE"}

// environment is the caller's, without whatever asks the network behind the back of what is measured.
func environment(extra []string) []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(variable, prefix) }) {
			kept = append(kept, variable)
		}
	}
	kept = append(kept,
		"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", "NO_UPDATE_NOTIFIER=1", "GOFLAGS=-modcacherw")
	return append(kept, extra...)
}

// offline keeps Go to what it has.
const offline = "GOPROXY=off"

// execute runs a command; what it says is in the error.
func (b *bench) execute(dir string, env []string, name string, args ...string) error {
	_, err := b.output(dir, env, name, args...)
	return err
}

// output is what a command writes to standard output, also when it fails.
func (b *bench) output(dir string, env []string, name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Dir, command.Env = dir, environment(env)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, tail(stdout.String()), tail(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// tail is where a command says what went wrong.
func tail(text string) string {
	const enough = 4000
	return text[max(0, len(text)-enough):]
}
