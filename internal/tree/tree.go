// Package tree finds a construct's place in the construct tree.
package tree

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// CheckScope wants a scope inside a stack, which it returns, and an id.
func CheckScope(r *check.Report, scope constructs.Construct, id *string) (stack awscdk.Stack) {
	if r.Required("scope", scope != nil, "pass the stack") {
		if stack = StackOf(scope); stack == nil {
			r.Add("scope", nil, "is not inside a stack; pass the stack, or a construct in it")
		}
	}
	CheckID(r, id, "use one that is unique in its scope, such as \"Cache\"")
	return stack
}

// CheckID wants an id of a construct, and a literal.
func CheckID(r *check.Report, id *string, remedy string) {
	if r.Required("id", ptr.Value(id) != "", remedy) && check.IsToken(*id) {
		r.Add("id", nil, "is a token, which the id of a construct cannot be; pass a literal")
	}
}

// StackOf is the stack that a construct is in, or nil. awscdk.Stack_Of throws where there is none.
func StackOf(construct constructs.IConstruct) awscdk.Stack {
	for at := construct; at != nil; at = at.Node().Scope() {
		if _, is := at.(awscdk.Stack); is {
			return awscdk.Stack_Of(at) // the one that CDK knows, where a struct of the caller's embeds it
		}
	}
	return nil
}

// Path is the path of the construct with this id, also before it exists. The id is empty for the scope itself.
func Path(scope constructs.IConstruct, id *string) string {
	var path []string
	if scope != nil {
		path = append(path, *scope.Node().Path())
	}
	return strings.Trim(strings.Join(append(path, ptr.Value(id)), "/"), "/")
}
