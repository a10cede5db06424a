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

// templateFlags are the two templates that guard and upgrade compare: two files, or a stack.
type templateFlags struct {
	old, new        string
	stack, assembly string
	json            bool
}

func (f *templateFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&f.old, "old", "", "the `file` with the deployed template: what `aws cloudformation get-template --output json` prints")
	flags.StringVar(&f.new, "new", "", "the `file` with the next template, such as cdk.out/securebase-prod-redis.template.json")
	flags.StringVar(&f.stack, "stack", "", "the `id` of a stack in the assembly, whose deployed template the AWS CLI fetches; instead "+
		"of --old and --new")
	flags.StringVar(&f.assembly, "assembly", "cdk.out", "the `folder` of the cloud assembly, with --stack")
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

// parse reads the flags: --stack, or both files.
func (f *templateFlags) parse(flags *flag.FlagSet, args []string, stderr io.Writer) error {
	if err := parse(flags, args, stderr); err != nil {
		return err
	}
	switch files := f.old != "" || f.new != ""; {
	case f.stack != "" && files:
		return errors.New("--stack stands for --old and --new; leave out one or the other")
	case f.stack != "":
		return nil
	}
	return required(flags, "old", "new")
}

// read reads both templates, and returns what is wrong with each.
func (f *templateFlags) read(stderr io.Writer) (before, after *template.Template, err error) {
	if f.stack != "" {
		stack, err := findStack(f.assembly, f.stack)
		if err != nil {
			return nil, nil, err
		}
		before, err = stack.deployed(stderr)
		after, afterErr := template.ReadFile(stack.templateFile)
		return before, after, errors.Join(err, afterErr)
	}
	before, err = template.ReadFile(f.old)
	after, afterErr := template.ReadFile(f.new)
	return before, after, errors.Join(err, afterErr)
}

func runGuard(args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet("guard", flag.ContinueOnError)
	var templates templateFlags
	templates.define(flags)
	var allowed []string
	flags.Func("allow", "a `LogicalId` whose findings are taken on purpose; may be repeated, or be a list with commas",
		func(value string) error {
			allowed = append(allowed, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
			return nil
		})
	if err := templates.parse(flags, args, stderr); err != nil {
		return 0, err
	}
	before, after, err := templates.read(stderr)
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
	case len(findings) > 0:
		fmt.Fprintln(stdout, "No other loss.")
	default:
		fmt.Fprintln(stdout, "No loss.")
	}
}
