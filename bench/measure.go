package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
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
			if c.prepare != nil {
				if err := c.prepare(run); err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
			}
			fmt.Fprintf(os.Stderr, "bench: %s, run %d of %d\n", c.name, run, runs)
			start := time.Now()
			err := c.measure()
			duration := time.Since(start)
			if err == nil && c.check != nil {
				err = c.check(run)
			}
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

// median is the higher of the two in the middle of an even number.
func median[N time.Duration | float64](all []N) N {
	slices.Sort(all)
	return all[len(all)/2]
}

// own are variables that would change what is measured, so that only the benchmark sets them.
var own = []string{"CDK_", "JSII_", "NODE_OPTIONS=", "GOFLAGS=", "GOPROXY=", "NPM_CONFIG_", "npm_config_", "MAKE"}

// environment is the caller's, without whatever asks the network behind the back of what is measured.
func environment(extra []string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(variable, prefix) })
	})
	kept = append(kept, "CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true",
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

// output is what a command writes to standard output.
func (b *bench) output(dir string, env []string, name string, args ...string) (string, error) {
	said, _, err := b.command(dir, env, name, args...)
	return said, err
}

// peak is the most resident memory, in MiB, that the largest process of a command had.
func (b *bench) peak(dir string, env []string, name string, args ...string) (float64, error) {
	_, state, err := b.command(dir, env, name, args...)
	if err != nil {
		return 0, err
	}
	most := float64(state.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" {
		most /= 1024 // getrusage(2): bytes on macOS, KiB on Linux
	}
	return most / 1024, nil
}

// command also returns what the system says of the processes.
func (b *bench) command(dir string, env []string, name string, args ...string) (string, *os.ProcessState, error) {
	command := exec.Command(name, args...)
	command.Dir, command.Env = dir, environment(env)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", nil, fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, &stdout, &stderr)
	}
	return strings.TrimSpace(stdout.String()), command.ProcessState, nil
}
