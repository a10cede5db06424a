package names

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
)

// physicalName is a name that two caches of an account and region cannot share.
type physicalName struct {
	namespace      Namespace
	property, name string // such as "Name", "securebase-prod"
}

// Namespace is where a name is unique as far as the app tells: an account and region; or a stack that leaves one of them to the
// CLI's credentials, because two such stacks may be deployed to different ones.
type Namespace struct {
	root        constructs.IConstruct
	environment environment.Environment
}

// NamespaceOf is the namespace of a stack of this environment.
func NamespaceOf(stack awscdk.Stack, own environment.Environment) Namespace {
	if own.Known() {
		return Namespace{stack.Node().Root(), own}
	}
	for parent := stack.NestedStackParent(); parent != nil; parent = stack.NestedStackParent() {
		stack = parent
	}
	return Namespace{stack, own}
}

// owners are the constructs that have a name. The map needs no lock, because jsii's runtime serves one goroutine only: any
// use of CDK from two at a time breaks before it gets here.
var owners = map[physicalName]constructs.IConstruct{}

// Register remembers the owner of a literal name; CloudFormation itself tells two tokens apart.
func (n Namespace) Register(property string, name *string, owner constructs.IConstruct) {
	if name != nil && !check.IsToken(*name) {
		owners[physicalName{n, property, *name}] = owner
	}
}

// TakenBy is the path of the owner of a name, or empty.
func (n Namespace) TakenBy(property, name string) string {
	if owner := owners[physicalName{n, property, name}]; owner != nil {
		return *owner.Node().Path()
	}
	return ""
}
