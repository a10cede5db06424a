// Package testenv prepares the environment of tests that start CDK's kernel. Tests import it for its effect: the kernel
// starts without its warning about old versions of Node and without the CloudFormation validator, which takes about
// three seconds and 400 MiB a process.
//
// jsii-runtime-go copies the environment when the aws-cdk-go packages are initialized, so TestMain is too late to change
// it, and CDK has no context flag for the validator. Go initializes packages in the order of their dependencies and then
// of their paths (Go specification, "Package initialization"); this package depends on syscall only and is ready first.
package testenv

import "syscall"

func init() {
	setDefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	setDefault("CDK_VALIDATION", "false")
	// What only slows the tests down: all but one of V8's helper threads, and the stack traces of constructs.
	setDefault("NODE_OPTIONS", "--v8-pool-size=1")
	setDefault("CDK_CONTEXT_JSON", `{"aws:cdk:disable-stack-trace": true, "aws:cdk:disable-creation-stack-traces": true}`)
}

// setDefault leaves what the caller's environment says.
func setDefault(name, value string) {
	if _, is := syscall.Getenv(name); !is {
		syscall.Setenv(name, value)
	}
}
