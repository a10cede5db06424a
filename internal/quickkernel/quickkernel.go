// Package quickkernel is imported by tests for its effect: CDK's kernel starts without its warning about old versions of
// Node and without the CloudFormation validator, which takes seconds.
//
// The kernel's environment is copied when the aws-cdk-go packages are initialized, so that TestMain is too late to change
// it. Go initializes packages in the order of their dependencies and then of their paths, and this one, with no
// dependency but syscall, is ready before those of the kernel.
package quickkernel

import "syscall"

func init() {
	setDefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	setDefault("CDK_VALIDATION", "false")
}

// setDefault leaves what the caller's environment says.
func setDefault(name, value string) {
	if _, is := syscall.Getenv(name); !is {
		syscall.Setenv(name, value)
	}
}
