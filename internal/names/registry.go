package names

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
)

// physicalName is a name that two caches of an account and region cannot share.
type physicalName struct {
	place          Place
	property, name string // such as "Name", "securebase-prod"
}

// Place is where a name is unique as far as the app tells: an account and region; or a stack that leaves one of them to the
// CLI's credentials, because two such stacks may be deployed to different ones.
type Place struct {
	root        constructs.IConstruct
	environment environment.Environment
}

// PlaceOf is the place of names in a stack of this environment.
func PlaceOf(stack awscdk.Stack, own environment.Environment) Place {
	if own.Known() {
		return Place{stack.Node().Root(), own}
	}
	for parent := stack.NestedStackParent(); parent != nil; parent = stack.NestedStackParent() {
		stack = parent
	}
	return Place{stack, own}
}

// owners are the constructs that have a name. The map needs no lock, because jsii's runtime serves one goroutine only: any
// use of CDK from two at a time breaks before it gets here.
var owners = map[physicalName]constructs.IConstruct{}

// Register remembers the owner of a literal name; CloudFormation itself tells two tokens apart.
func (p Place) Register(property string, name *string, owner constructs.IConstruct) {
	if name != nil && !check.IsToken(*name) {
		owners[physicalName{p, property, *name}] = owner
	}
}

// TakenBy is the path of the owner of a name, or empty.
func (p Place) TakenBy(property, name string) string {
	if owner := owners[physicalName{p, property, name}]; owner != nil {
		return *owner.Node().Path()
	}
	return ""
}
