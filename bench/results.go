package main

import (
	"fmt"
	"strings"
	"time"
)

// row is one line of the page. goal is empty where there is none.
type row struct{ what, took, goal string }

func (b *bench) add(what, took string) { b.table = append(b.table, row{what: what, took: took}) }

// compare adds a median and its ratio to another, which should be at most the goal.
func (b *bench) compare(what string, this time.Duration, to string, against time.Duration, most float64) {
	ratio, reached := this.Seconds()/against.Seconds(), "reached"
	if ratio > most {
		reached = "**not reached**"
	}
	b.table = append(b.table, row{what, seconds(this), fmt.Sprintf("%.2f of %s, %s; at most %g, %s", ratio, to, seconds(against), most, reached)})
}

// results is RESULTS.md. Its form is the same in every run, so that a diff shows what has become faster or slower.
func (b *bench) results(machine string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Speed\n\nWritten by `make bench`: medians of %d interleaved runs, from nothing of %d. %s.\n\n"+
		"| What | Took | Goal |\n| --- | ---: | --- |\n", b.runs, b.colds, machine)
	for _, r := range b.table {
		fmt.Fprintf(&text, "| %s | %s | %s |\n", r.what, r.took, r.goal)
	}
	text.WriteString(`
The edit is of one property in one Go file. The app is both stacks in one kernel; most of its time is CloudFormation's
validator. Memory is of the largest process, jsii's kernel. The caches without which a synth is slow are the ones that
` + "`.github/workflows/ci.yml`" + ` keeps.
`)
	return text.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
