package emulator_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/securebase/cdk-redis-cache/emulator"
	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
)

// aws is the emulator of all tests. Each test deletes its stacks, so that the next one finds it empty.
var aws *emulator.Emulator

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	defer jsiiclose.Close()
	dir, err := os.MkdirTemp("", "emulator")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if aws, err = emulator.Start("..", dir); err != nil {
		return fail(err)
	}
	defer aws.Stop()
	if err := aws.Bootstrap(emulator.Account, emulator.Region); err != nil {
		return fail(err)
	}
	status := m.Run()
	if status != 0 {
		fmt.Print(aws.Log())
	}
	fmt.Print(report.page())
	return status
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "emulator:", err)
	return 1
}
