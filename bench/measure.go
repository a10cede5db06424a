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

// contender is one side of a comparison: scripts of the shell, of which only command is measured. RUN is the number of the run.
type contender struct{ name, prepare, command string }

// taken is what one run of a command took. MiB is the resident memory of its largest process, of all that were waited for.
type taken struct {
	seconds, MiB float64
	output       string
}

// measured are the runs of each contender, by its name.
type measured map[string][]taken

// interleaved runs the contenders in turn, so that whatever else the machine does meanwhile is shared by all. Each has one run
// before, which fills its caches, unless it is the caches that are measured.
func (b *bench) interleaved(runs int, warm bool, contenders ...contender) (measured, error) {
	all := measured{}
	for run := range runs + 1 {
		if run == 0 && !warm {
			continue
		}
		for _, c := range contenders {
			number := fmt.Sprintf("RUN=%d; ", run)
			if _, err := b.command(c.name, number+c.prepare); err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "bench: %s, run %d of %d\n", c.name, run, runs)
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

func (m measured) seconds(name string) float64 {
	return median(m.each(name, func(t taken) float64 { return t.seconds }))
}

func (m measured) memory(name string) float64 {
	return median(m.each(name, func(t taken) float64 { return t.MiB }))
}

// ratio is the median of the ratios of runs that were made one after the other.
func (m measured) ratio(name, to string) float64 {
	ratios := m.each(name, func(t taken) float64 { return t.seconds })
	for i, t := range m[to] {
		ratios[i] /= t.seconds
	}
	return median(ratios)
}

func (m measured) each(name string, of func(taken) float64) (all []float64) {
	for _, t := range m[name] {
		all = append(all, of(t))
	}
	return all
}

// median is the lower of the two in the middle of an even number.
func median(all []float64) float64 {
	slices.Sort(all)
	return all[(len(all)-1)/2]
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
	seconds := time.Since(start).Seconds()
	most := float64(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	if runtime.GOOS == "darwin" {
		most /= 1024 // getrusage(2): bytes on macOS, KiB on Linux
	}
	return taken{seconds, most, strings.TrimSpace(stdout.String())}, nil
}
