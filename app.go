// Command cdk-redis-cache is the CDK app: a RedisCacheStack for each environment. The CDK CLI runs it, see cdk.json.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/quietkernel"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func main() {
	os.Exit(run(os.Stderr))
}

// run synthesizes the app and returns the exit status. The kernel's end is deferred, which os.Exit would skip.
func run(stderr io.Writer) (status int) {
	defer quietkernel.Close()
	defer func() {
		if failure := recover(); failure != nil {
			if os.Getenv("CDK_DEBUG") == "1" {
				panic(failure)
			}
			fmt.Fprintln(stderr, failure)
			status = 1
		}
	}()
	app := awscdk.NewApp(nil)
	addStacks(app)
	app.Synth(nil)
	return 0
}

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
