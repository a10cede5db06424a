package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// checkPlace wants a scope inside a stack, and an id.
func checkPlace(scope constructs.Construct, id *string) (found problems) {
	switch {
	case scope == nil:
		found.add("scope", nil, "is required; pass the stack")
	case askOnce(scope, stackOf) == nil:
		found.add("scope", nil, "is in no stack; pass the stack, or a construct in it")
	}
	if value(id) == "" {
		found.add("id", nil, "is required; use one that is unique in its scope, such as \"Cache\"")
	}
	return found
}

// stackOf asks CDK, which throws where there is none.
func stackOf(scope constructs.Construct) (stack awscdk.Stack) {
	defer func() {
		if recover() != nil {
			stack = nil
		}
	}()
	return awscdk.Stack_Of(scope)
}

// namesake is a Name in a stack. Two caches of one Name would want the same physical names, which CloudFormation finds
// out after the first is made.
type namesake struct {
	stack awscdk.Stack
	name  string
}

// namesakes are the ids of the caches with a literal Name.
var namesakes = map[namesake]string{}

func remember(s *settings, id string) {
	if s.named && !isToken(s.name) {
		namesakes[namesake{s.stack, s.name}] = id
	}
}
