package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// row is one comparison. most is the goal for what was got; 0: none.
type row struct {
	what         string
	got, most    float64
	ours, theirs string
}

type table []row

func (t *table) add(r row) { *t = append(*t, r) }

// compare is the ratio of two medians.
func (t *table) compare(what string, ours, theirs time.Duration, most float64) {
	t.add(row{what, ours.Seconds() / theirs.Seconds(), most, seconds(ours), seconds(theirs)})
}

func (t table) String() string {
	var text strings.Builder
	text.WriteString("| Ratio or count | Goal | | What | Ours | Theirs, or of |\n| ---: | ---: | --- | --- | ---: | ---: |\n")
	for _, r := range t {
		goal, reached := "", ""
		if r.most > 0 {
			goal, reached = "at most "+short(r.most), "reached"
			if r.got > r.most {
				reached = "**not reached**"
			}
		}
		fmt.Fprintf(&text, "| %.2f | %s | %s | %s | %s | %s |\n", r.got, goal, reached, r.what, r.ours, r.theirs)
	}
	return text.String()
}

// note explains rows, in a section of its own.
type note struct{ section, text string }

func (b *bench) note(section, format string, args ...any) {
	b.notes = append(b.notes, note{section, fmt.Sprintf(format, args...)})
}

// results is RESULTS.md. Its form is the same in every run, so that a diff shows what has become faster or slower.
func (b *bench) results(machine string) string {
	var text strings.Builder
	fmt.Fprintf(&text, `# Speed

Written by `+"`make bench`"+`, from one run: medians of %d interleaved runs, from nothing of %d. %s.
Every comparison is of apps that make the same templates; a difference fails the run. The network is used from nothing only.
The apps in TypeScript and JavaScript in this directory make the same calls as the Go code, with CfnAlarms and not the slower Alarms.

%s`, b.runs, b.colds, machine, b.table)
	section := ""
	for _, n := range b.notes {
		if n.section != section {
			section = n.section
			fmt.Fprintf(&text, "\n## %s\n", section)
		}
		fmt.Fprintf(&text, "\n%s\n", n.text)
	}
	return text.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func short(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// number is one that a test printed.
func number(text string) float64 {
	parsed, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return parsed
}

func plural(count int, what string) string {
	if count == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", count, what)
}
