package rediscache

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// environment is an account and region; either is a token where the app leaves it to the CLI's credentials, and empty
// where nothing is known of it.
type environment struct{ account, region string }

func environmentOfStack(stack awscdk.Stack) environment {
	return environment{*stack.Account(), *stack.Region()}
}

// environmentOf is the environment in a literal ARN, and else that of the resource's stack.
func (n naming) environmentOf(arn string, resource constructs.IConstruct) environment {
	if !check.IsToken(arn) {
		return environmentOfArn(arn)
	}
	if stack := awscdk.Stack_Of(resource); stack != n.stack {
		return environmentOfStack(stack)
	}
	return n.environment
}

// environmentOfArn reads a literal ARN; of a token nothing is known.
func environmentOfArn(arn string) environment {
	part := strings.Split(arn, ":")
	if check.IsToken(arn) || len(part) < 6 {
		return environment{}
	}
	return environment{part[4], part[3]}
}

// String is the environment as CDK writes it: "aws://123456789012/eu-central-1".
func (e environment) String() string {
	known := func(part string) string {
		if part == "" || check.IsToken(part) {
			return "unknown"
		}
		return part
	}
	return "aws://" + known(e.account) + "/" + known(e.region)
}

// differs reports whether account or region are known to be different.
func (e environment) differs(other environment) bool {
	return differ(e.account, other.account) || differ(e.region, other.region)
}

// differ reports whether two literals are not the same.
func differ(a, b string) bool {
	return a != "" && b != "" && !check.IsToken(a) && !check.IsToken(b) && a != b
}
