package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/guard"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// templateFlags are the two templates that guard and upgrade compare.
type templateFlags struct {
	old, new string
	json     bool
}

func (f *templateFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&f.old, "old", "", "the `file` with the deployed template: what `aws cloudformation get-template --output json` prints")
	flags.StringVar(&f.new, "new", "", "the `file` with the next template, such as cdk.out/securebase-prod-redis.template.json")
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

// read reads both templates, and returns what is wrong with each.
func (f *templateFlags) read() (before, after *template.Template, err error) {
	before, err = template.ReadFile(f.old)
	after, afterErr := template.ReadFile(f.new)
	return before, after, errors.Join(err, afterErr)
}

func runGuard(args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet("guard", flag.ContinueOnError)
	var templates templateFlags
	templates.define(flags)
	var allowed []string
	flags.Func("allow", "a `LogicalId` whose findings are taken on purpose; may be repeated, or be a list with commas", func(value string) error {
		allowed = append(allowed, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
		return nil
	})
	if err := parse(flags, args, stderr, "old", "new"); err != nil {
		return 0, err
	}
	before, after, err := templates.read()
	if err != nil {
		return 0, err
	}
	findings := guard.Compare(before, after)
	if err := guard.Allow(findings, before, after, allowed); err != nil {
		return 0, err
	}
	losses := guard.Losses(findings)
	if templates.json {
		if findings == nil {
			findings = []guard.Finding{}
		}
		err = printJSON(stdout, map[string]any{"losses": losses, "findings": findings})
	} else {
		printFindings(stdout, findings, losses)
	}
	if losses > 0 {
		return bad, err
	}
	return good, err
}

func printFindings(stdout io.Writer, findings []guard.Finding, losses int) {
	for _, f := range findings {
		fmt.Fprintln(stdout, f)
	}
	switch {
	case losses == 1:
		fmt.Fprintln(stdout, "1 loss. To take it on purpose, use --allow with its logical id.")
	case losses > 0:
		fmt.Fprintf(stdout, "%d losses. To take one on purpose, use --allow with its logical id.\n", losses)
	default:
		fmt.Fprintln(stdout, "No loss.")
	}
}
