package e2e

import (
	"os"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

// table has what the drills of the template measure.
var table = results.New("template.md", "The template")

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	defer lambda.UseDatabase(50_000)()
	return table.Run(m, describeDifferences, engines.Check, lambda.Check, deploy.Check)
}
