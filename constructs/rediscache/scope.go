package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// checkScope wants a scope inside a stack, which it returns, and an id.
func checkScope(scope constructs.Construct, id *string) awscdk.Stack {
	var r check.Report
	var stack awscdk.Stack
	if r.Required("scope", scope != nil, "pass the stack") {
		if stack = stackOf(scope); stack == nil {
			r.Add("scope", nil, "is not inside a stack; pass the stack, or a construct in it")
		}
	}
	r.Required("id", ptr.Value(id) != "", "use one that is unique in its scope, such as \"Cache\"")
	panicIfInvalid(&r, scope, id)
	return stack
}

// stackOf is the stack that a construct is in, or nil. awscdk.Stack_Of throws where there is none.
func stackOf(construct constructs.IConstruct) awscdk.Stack {
	for at := construct; at != nil; at = at.Node().Scope() {
		if _, is := at.(awscdk.Stack); is {
			return awscdk.Stack_Of(at) // the one that CDK knows, where a struct of the caller's embeds it
		}
	}
	return nil
}
