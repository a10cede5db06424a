package names

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
)

// physicalName is a name that two caches of an account and region cannot share.
type physicalName struct {
	place          place
	property, name string // such as "Name", "securebase-prod"
}

// place is where a name is unique as far as the app tells: an account and region; or a stack that leaves one of them to the
// CLI's credentials, because two such stacks may be deployed to different ones.
type place struct {
	root        constructs.IConstruct
	environment environment.Environment
}

func placeOf(stack awscdk.Stack) place {
	own := environment.OfStack(stack)
	if own.Known() {
		return place{stack.Node().Root(), own}
	}
	for stack.NestedStackParent() != nil {
		stack = stack.NestedStackParent()
	}
	return place{stack, own}
}

// owners are the constructs that have a name. The map needs no lock, because jsii's runtime serves one goroutine only: any
// use of CDK from two at a time breaks before it gets here.
var owners = map[physicalName]string{}

// Register remembers the path of the owner of a literal name; CloudFormation itself tells two tokens apart.
func Register(stack awscdk.Stack, property string, name *string, owner string) {
	if name != nil && !check.IsToken(*name) {
		owners[physicalName{placeOf(stack), property, *name}] = owner
	}
}

// TakenBy is the path of the owner of a name in the account and region of the stack, or empty.
func TakenBy(stack awscdk.Stack, property, name string) string {
	return owners[physicalName{placeOf(stack), property, name}]
}
