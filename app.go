// Command cdk-redis-cache is the CDK app: a RedisCacheStack for each environment. The CDK CLI runs it, see cdk.json.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"

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

// addStacks makes the stacks that the context asks for.
func addStacks(app awscdk.App) {
	environments, err := stacks.EnvironmentsFromContext(app)
	if err != nil {
		panic(err)
	}
	for _, environment := range environments {
		stacks.NewRedisCacheStack(app, environment.StackId(), &stacks.RedisCacheStackProps{Environment: environment})
	}
}
