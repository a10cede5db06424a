package drills

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

// table has what these drills measure.
var table = results.New("clients.md", "The example functions")

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	defer lambda.UseDatabase(3_000_000)()
	return table.Run(m, describeMachine, engines.Check, lambda.Check, deploy.Check)
}

// describeMachine says what ran the drills, by cores and versions only.
func describeMachine() string {
	tmpl, _ := deploy.Read(deploy.Path())
	return fmt.Sprintf("\nThe template has %s %s, family %s; drill 11 has its own, of the same environment in cluster mode. "+
		"%d cores; %s, %s.\n\n",
		tmpl.Engine, tmpl.EngineVersion, tmpl.Family,
		runtime.NumCPU(), strings.Replace(runtime.Version(), "go", "Go ", 1), lambda.Versions())
}
