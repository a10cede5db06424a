package rediscache

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
)

// RunApp is the main function of a CDK app: it builds the app, synthesizes it and returns the exit status. What panics
// meanwhile, such as a [ValidationError], is printed on standard error without a goroutine trace, and the status is 1.
// The environment variable CDK_DEBUG=1 brings the trace back; a run-time error, which has no other way to say where it
// happened, is printed with that hint.
//
//	func main() {
//		os.Exit(rediscache.RunApp(func(app awscdk.App) {
//			NewMyStack(app, "MyStack", nil)
//		}))
//	}
func RunApp(build func(app awscdk.App)) int {
	defer jsiiclose.Close() // os.Exit in main would skip it
	return statusOf(os.Stderr, func() {
		app := awscdk.NewApp(nil)
		build(app)
		app.Synth(nil)
	})
}

// statusOf is 1 where run panics, and with what is then on stderr.
func statusOf(stderr io.Writer, run func()) (status int) {
	defer func() {
		failure := recover()
		if failure == nil {
			return
		}
		if os.Getenv("CDK_DEBUG") == "1" {
			panic(failure)
		}
		fmt.Fprintln(stderr, failure)
		if _, is := failure.(runtime.Error); is { // such as a nil pointer, which does not say where it was
			fmt.Fprintln(stderr, "set CDK_DEBUG=1 to see the place")
		}
		status = 1
	}()
	run()
	return 0
}
