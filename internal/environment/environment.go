// Package environment compares the accounts and regions of constructs. Either is a token where the app leaves it to the
// CLI's credentials, which says nothing.
package environment

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Environment is an account and a region; either is empty where nothing is known of it.
type Environment struct{ Account, Region string }

// OfStack is the environment of a stack.
func OfStack(stack awscdk.Stack) Environment {
	return Environment{*stack.Account(), *stack.Region()}
}

// Of is the environment that a resource knows of itself: that of its ARN where it is imported by one, else of its stack.
func Of(resource awscdk.IResource) Environment {
	known := resource.Env()
	return Environment{*known.Account, *known.Region}
}

// OfResource is the environment in a literal ARN, and else that of the resource's stack: own for a resource of this one.
func OfResource(arn string, resource constructs.IConstruct, this awscdk.Stack, own Environment) Environment {
	if !check.IsToken(arn) {
		return OfArn(arn)
	}
	if stack := awscdk.Stack_Of(resource); stack != this {
		return OfStack(stack)
	}
	return own
}

// OfArn reads a literal ARN; of a token nothing is known.
func OfArn(arn string) Environment {
	part := strings.Split(arn, ":")
	if check.IsToken(arn) || len(part) < 6 {
		return Environment{}
	}
	return Environment{part[4], part[3]}
}

// String is the environment as CDK writes it: "aws://123456789012/eu-central-1".
func (e Environment) String() string {
	known := func(part string) string {
		if part == "" || check.IsToken(part) {
			return "unknown"
		}
		return part
	}
	return "aws://" + known(e.Account) + "/" + known(e.Region)
}

// Known reports whether both account and region are literals.
func (e Environment) Known() bool {
	return e.Account != "" && e.Region != "" && !check.IsToken(e.Account) && !check.IsToken(e.Region)
}

// Differs reports whether account or region are known to be different.
func (e Environment) Differs(other Environment) bool {
	return Differ(e.Account, other.Account) || Differ(e.Region, other.Region)
}

// Differ reports whether two literals are not the same.
func Differ(a, b string) bool {
	return a != "" && b != "" && !check.IsToken(a) && !check.IsToken(b) && a != b
}
