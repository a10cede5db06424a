package names

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// physicalName is a name that two caches of a stack cannot share.
type physicalName struct {
	stack          awscdk.Stack
	property, name string // such as "Name", "securebase-prod"
}

// owners are the constructs that have a name. The map needs no lock, because jsii's runtime serves one goroutine only: any
// use of CDK from two at a time breaks before it gets here.
var owners = map[physicalName]string{}

// Register remembers the owner of a literal name; CloudFormation itself tells two tokens apart.
func Register(stack awscdk.Stack, property string, name *string, owner string) {
	if name != nil && !check.IsToken(*name) {
		owners[physicalName{stack, property, *name}] = owner
	}
}

// TakenBy is the owner of a name in the stack, or empty.
func TakenBy(stack awscdk.Stack, property, name string) string {
	return owners[physicalName{stack, property, name}]
}
