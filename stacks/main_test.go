package stacks_test

import (
	"flag"
	"os"
	"testing"

	"github.com/aws/jsii-runtime-go"

	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
)

var update = flag.Bool("update", false, "rewrite golden files and generated parts of docs/")

// One kernel for the package. CDK's validator is off: make synth runs it.
func TestMain(m *testing.M) {
	status := m.Run()
	jsii.Close()
	os.Exit(status)
}
