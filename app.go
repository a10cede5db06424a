// Command cdk-redis-cache is the CDK app: a RedisCacheStack for each environment. The CDK CLI runs it, see cdk.json.
package main

import (
	"errors"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func main() { os.Exit(rediscache.RunApp(addStacks)) }

// addStacks makes the stacks that the context asks for, and panics with the mistakes in all of them.
func addStacks(app awscdk.App) {
	environments, err := stacks.EnvironmentsFromContext(app)
	if err != nil {
		panic(err)
	}
	var mistakes []error
	for _, environment := range environments {
		mistakes = append(mistakes, mistake(func() {
			stacks.NewRedisCacheStack(app, environment.StackId(), &stacks.RedisCacheStackProps{Environment: environment})
		}))
	}
	if err := errors.Join(mistakes...); err != nil {
		panic(err)
	}
}

// mistake is the ValidationError that f panics with; any other panic goes on.
func mistake(f func()) (found error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *rediscache.ValidationError:
			found = failure
		default:
			panic(failure)
		}
	}()
	f()
	return nil
}
