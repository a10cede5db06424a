package rediscache_test

import (
	"os"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// One kernel for the package. CDK's validator is off except where it is the subject: it takes seconds of every synth.
func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	os.Setenv("CDK_VALIDATION", "false")
	status := m.Run()
	jsii.Close()
	os.Exit(status)
}
