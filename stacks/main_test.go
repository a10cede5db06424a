package stacks_test

import (
	"flag"
	"os"
	"syscall"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

var update = flag.Bool("update", false, "rewrite golden files and generated parts of the README")

// One kernel for the package. CDK's validator is off: it takes seconds of every synth, and make synth runs it anyway.
func TestMain(m *testing.M) {
	setKernelEnvironment(map[string]string{
		"CDK_VALIDATION": "false",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
	})
	status := m.Run()
	jsii.Close()
	os.Exit(status)
}

// setKernelEnvironment starts this process again, once: jsii takes a copy of the environment for its kernel when
// aws-cdk-go is loaded, before anything here runs. What is set already stays.
func setKernelEnvironment(environment map[string]string) {
	changed := false
	for key, value := range environment {
		if _, set := os.LookupEnv(key); !set {
			os.Setenv(key, value)
			changed = true
		}
	}
	if executable, err := os.Executable(); changed && err == nil {
		jsii.Close()
		// Returns only on an error, as on Windows; the tests are then slower, and as good.
		_ = syscall.Exec(executable, os.Args, os.Environ())
	}
}
