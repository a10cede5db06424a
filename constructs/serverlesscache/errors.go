package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
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

// panicIfRefused panics with a *rediscache.ValidationError if the report on a call has a problem; each names the method.
func panicIfRefused(r *check.Report, construct constructs.IConstruct, method string) {
	r.InMethod(method)
	panicIfInvalid(r, construct, nil)
}

// panicIfInvalid panics with a *rediscache.ValidationError if the report has a problem. id is empty for the scope itself.
func panicIfInvalid(r *check.Report, scope constructs.IConstruct, id *string) {
	if len(r.Problems()) == 0 {
		return
	}
	err := &rediscache.ValidationError{Construct: "ServerlessCache", Path: tree.Path(scope, id)}
	for _, problem := range r.Problems() {
		err.Problems = append(err.Problems, rediscache.Problem(problem))
	}
	panic(err)
}
