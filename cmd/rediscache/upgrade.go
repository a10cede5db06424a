package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/securebase/cdk-redis-cache/internal/upgrade"
)

func runUpgrade(args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet("upgrade", flag.ContinueOnError)
	var templates templateFlags
	templates.define(flags)
	if err := templates.parse(flags, args, stderr); err != nil {
		return 0, err
	}
	before, after, err := templates.read(stderr)
	if err != nil {
		return 0, err
	}
	plans := upgrade.Compare(before, after)
	status := good
	for _, plan := range plans {
		if len(plan.Refused)+len(plan.Unknown) > 0 {
			status = bad
		}
	}
	if templates.json {
		if plans == nil {
			plans = []upgrade.Plan{}
		}
		return status, printJSON(stdout, map[string]any{"plans": plans})
	}
	for _, plan := range plans {
		fmt.Fprintln(stdout, plan)
	}
	if len(plans) == 0 {
		fmt.Fprintln(stdout, "No change of engine, node type or parameter group family.")
	}
	return status, nil
}
