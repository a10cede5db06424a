package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// contender is one side of a comparison: scripts of the shell, of which only command is measured. RUN is the number of the run.
type contender struct{ name, prepare, command string }

// taken is what one run of a command took. MiB is the most resident memory of its largest process, on Linux.
type taken struct {
	seconds, MiB float64
	output       string
}

// measured are the runs of each contender, by its name.
type measured map[string][]taken

// interleaved runs the contenders in turn, so that whatever else the machine does meanwhile is shared by all. Run 0, which
// fills their caches, is not counted; first is 1 where the caches are measured.
func (b *bench) interleaved(first, runs int, contenders ...contender) (measured, error) {
	all := measured{}
	for run := first; run <= runs; run++ {
		for _, c := range contenders {
			fmt.Fprintf(os.Stderr, "bench: %s, run %d of %d\n", c.name, run, runs)
			number := fmt.Sprintf("RUN=%d; ", run)
			if _, err := b.command(c.name, number+c.prepare); err != nil {
				return nil, err
			}
			t, err := b.command(c.name, number+c.command)
			if err != nil {
				return nil, err
			}
			if run > 0 {
				all[c.name] = append(all[c.name], t)
			}
		}
	}
	return all, nil
}

// median is of a figure of the runs of a contender: of an even number, the mean of the two in the middle.
func (m measured) median(name string, figure func(run int, t taken) float64) float64 {
	var all []float64
	for run, t := range m[name] {
		all = append(all, figure(run, t))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// own are variables that would change what is measured, so that only the benchmark and the Makefile set them.
var own = []string{"CDK_", "JSII_", "NODE_OPTIONS=", "GOFLAGS=", "GOPROXY=", "NPM_CONFIG_", "npm_config_", "MAKE"}

// command runs a script of the shell with the caller's environment, without whatever asks the network behind the back of
// what is measured. What a failed script says is in the error.
func (b *bench) command(name, script string) (taken, error) {
	command := exec.Command("bash", "-ec", script)
	command.Env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(variable, prefix) })
	}), "CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true", "NO_UPDATE_NOTIFIER=1", "GOFLAGS=-modcacherw",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	command.Env = append(command.Env, b.env...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return taken{}, fmt.Errorf("%s: %s: %w\n%s%s", name, script, err, &stdout, &stderr)
	}
	seconds, usage := time.Since(start).Seconds(), command.ProcessState.SysUsage().(*syscall.Rusage)
	return taken{seconds, float64(usage.Maxrss) / 1024, strings.TrimSpace(stdout.String())}, nil
}
