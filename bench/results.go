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

func (p *page) took(what string, m measured, name string) {
	p.add(what, fmt.Sprintf("%.2f s", m.seconds(name)), "")
}

// ratio adds a median, and the median of its ratios to another, which should be at most the goal; 0 is no goal.
func (p *page) ratio(m measured, what, name, to, toWhat string, most float64) {
	p.compare(what, fmt.Sprintf("%.2f s", m.seconds(name)), m.ratio(name, to), fmt.Sprintf("%s, %.2f s", toWhat, m.seconds(to)), most)
}

func (p *page) compare(what, took string, ratio float64, to string, most float64) {
	goal := ""
	if most > 0 {
		goal = fmt.Sprintf("; at most %g, reached", most)
		if ratio > most {
			goal = strings.Replace(goal, "reached", "**not reached**", 1)
		}
	}
	p.add(what, took, fmt.Sprintf("%.2f of %s%s", ratio, to, goal))
}

// text is RESULTS.md. Its form is the same in every run, so that a diff shows what has become faster or slower.
func (p *page) text(machine string, runs int) string {
	return fmt.Sprintf("# Speed\n\nWritten by `make bench`: medians of %d interleaved runs, from nothing and `make test` of %d; ratios are "+
		"of runs\none after the other. %s.\n\n| What | Took | Against, and the goal |\n| --- | ---: | --- |\n%s%s",
		runs, min(runs, 2), machine, strings.Join(*p, ""), notes)
}

const notes = "\n" + `The edit is of one property in one file. The TypeScript app is what ` + "`cdk init`" + ` makes (tsc and tsx, the same CLI, feature
flags and Node): it includes both golden templates as L1 constructs, so that it has the same resources and does less. The
app is both stacks in one kernel; most of its time is CDK's validator, which both apps run. V8's flag is the Makefile's
` + "`NODE_OPTIONS`" + `.

Memory is of the largest process, jsii's kernel. A hit is of a report of 1.2 KB from a Redis with TLS on this machine; the
client writes its metric line to /dev/null.
`
