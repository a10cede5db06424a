package main

import (
	"fmt"
	"strings"
)

// page are the rows of RESULTS.md.
type page []string

func (p *page) add(what, took, against string) {
	*p = append(*p, fmt.Sprintf("| %s | %s | %s |\n", what, took, against))
}

// took adds the median of what a contender took.
func (p *page) took(m measured, name, against string) {
	seconds := m.median(name, func(_ int, t taken) float64 { return t.seconds })
	p.add(name, fmt.Sprintf("%.2f s, %.0f MiB", seconds, m.median(name, func(_ int, t taken) float64 { return t.MiB })), against)
}

// ratio adds what a contender took with the median of its ratios to another, each of runs that were made one after the other.
func (p *page) ratio(m measured, ours, theirs string, most float64) {
	against := m.median(theirs, func(_ int, t taken) float64 { return t.seconds })
	ratio := m.median(ours, func(run int, t taken) float64 { return t.seconds / m[theirs][run].seconds })
	p.took(m, ours, comparison(ratio, fmt.Sprintf("%s, %.2f s", theirs, against), most))
}

// comparison is a ratio, which should be at most the goal; 0 is no goal.
func comparison(ratio float64, to string, most float64) string {
	switch {
	case most == 0:
		return fmt.Sprintf("%.2f of %s", ratio, to)
	case ratio > most:
		return fmt.Sprintf("%.2f of %s; at most %g, **not reached**", ratio, to, most)
	}
	return fmt.Sprintf("%.2f of %s; at most %g, reached", ratio, to, most)
}

// text is RESULTS.md. Its form is the same in every run, so that a diff shows what has become faster or slower.
func (p *page) text(machine string, runs int) string {
	return fmt.Sprintf("# Speed\n\nWritten by `make bench`: medians of %d interleaved runs, of `make test` %d; ratios are of runs"+
		"\none after the other. %s.\n\n| What | Took | Against, and the goal |\n| --- | ---: | --- |\n%s%s",
		runs, min(runs, 2), machine, strings.Join(*p, ""), notes)
}

const notes = "\n" + `The edit is of one property in one file. The TypeScript app is what the CDK CLI's init makes (tsc and tsx, with the
same CLI, feature flags and Node). It includes both golden templates as L1 constructs: the same resources, and less to
do. The app is both stacks in one kernel; most of its time is CDK's validator, which both apps run.

The Makefile's NODE_OPTIONS give V8 one helper thread and a higher budget for WebAssembly. Without the budget, V8 begins to
optimize a large function of CDK's validator when it is almost done, and Node waits for that at its end.

Memory is of the largest process: jsii's kernel, or Go's linker. A hit is of a report of 1.2 KB from a Redis with TLS on
this machine; the client writes its metric line to /dev/null.
`
