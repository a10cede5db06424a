// Command rediscache is for operators of a RedisCache: it guards a deployment against losses, explains upgrades, and adopts
// replication groups that something else created. It reads files, and with --stack what the AWS CLI fetches; it needs no Node:
//
//	go run github.com/securebase/cdk-redis-cache/cmd/rediscache@latest guard --old deployed.template.json --new cdk.out/x.template.json
//
// See docs/guard.md, docs/adoption.md and "Upgrade" in docs/operations.md.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// The exit statuses of every command.
const (
	good     = 0 // nothing is lost, refused or left over
	bad      = 1
	badInput = 2 // a file or a flag; nothing was judged
)

const usage = `usage: rediscache <command> [flags]

  guard    find what a deployment would lose: data, keys, secrets, logs, snapshots, logins
  upgrade  tell what a change of engine or node type does, and in which order to do it
  adopt    turn the AWS CLI's description of a replication group into props, cdk.json and the mapping for cdk import

Exit status: 0 for no finding, 1 for findings, 2 for bad input. rediscache <command> --help lists the flags.
`

// command is a subcommand; it returns an exit status, or an error for bad input.
type command func(args []string, stdout, stderr io.Writer) (status int, err error)

var commands = map[string]command{"guard": runGuard, "upgrade": runUpgrade, "adopt": runAdopt}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return badInput
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return good
	}
	run, exists := commands[args[0]]
	if !exists {
		fmt.Fprintf(stderr, "rediscache: %q is not a command%s\n\n%s", args[0], check.DidYouMean(args[0], []string{"adopt", "guard",
			"upgrade"}), usage)
		return badInput
	}
	status, err := run(args[1:], stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return good
	case err != nil:
		for _, line := range strings.Split(err.Error(), "\n") {
			fmt.Fprintf(stderr, "rediscache %s: %s\n", args[0], line)
		}
		return badInput
	}
	return status
}

// parse reads the flags of a command, which takes nothing else.
func parse(flags *flag.FlagSet, args []string, stderr io.Writer) error {
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return err
	}
	if rest := flags.Args(); len(rest) > 0 {
		return fmt.Errorf("%q is not a flag; this command takes flags only", rest[0])
	}
	return nil
}

// required reports the flags that are not given.
func required(flags *flag.FlagSet, names ...string) error {
	var problems []error
	for _, name := range names {
		if flags.Lookup(name).Value.String() == "" {
			problems = append(problems, fmt.Errorf("--%s is missing; it is %s", name, flags.Lookup(name).Usage))
		}
	}
	return errors.Join(problems...)
}

func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
