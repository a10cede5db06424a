package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// The registry remembers what two constructs of one app must not both have: physical names in a stack, and environment
// variables of a function. It needs no lock, because jsii's runtime serves one goroutine only: any use of CDK from two
// at a time breaks before it gets here.

// physicalName is a name that two caches of a stack cannot share.
type physicalName struct {
	stack          awscdk.Stack
	property, name string // such as "Name", "securebase-prod"
}

// functionPrefix is a set of environment variables of a function, such as REDIS_HOST, REDIS_PORT and REDIS_AUTH_SECRET.
type functionPrefix struct {
	function awslambda.Function
	prefix   string
}

var (
	cachesByName  = map[physicalName]string{} // the id of the cache that has the name
	connectionsOf = map[functionPrefix]connection{}
)

// registerName remembers a literal name; CloudFormation itself tells two tokens apart.
func registerName(stack awscdk.Stack, property string, name *string, id string) {
	if name != nil && !check.IsToken(*name) {
		cachesByName[physicalName{stack, property, *name}] = id
	}
}

// nameTakenBy is the id of the cache in the stack that has the name already, or empty.
func nameTakenBy(stack awscdk.Stack, property, name string) string {
	return cachesByName[physicalName{stack, property, name}]
}
