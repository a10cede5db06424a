package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// checkScope wants a scope inside a stack, which it returns, and an id.
func checkScope(scope constructs.Construct, id *string) awscdk.Stack {
	var r check.Report
	stack := tree.CheckScope(&r, scope, id)
	panicIfInvalid(&r, scope, id)
	return stack
}
