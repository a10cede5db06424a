package rediscache_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// runAppVariable has the test binary, started by itself, be a CDK app: RunApp ends the kernel of its process.
const runAppVariable = "REDISCACHE_TEST_APP"

// apps are what the process may build.
var apps = map[string]func(app awscdk.App){
	"a cache": func(app awscdk.App) {
		stack := newStack(app, "Analytics")
		rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{Vpc: newVpc(stack)})
	},
	"mistakes": func(app awscdk.App) {
		stack := newStack(app, "Analytics")
		rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{
			Vpc: newVpc(stack), NodeType: jsii.String("r7g.large"), Port: jsii.Number(80),
		})
	},
}

func TestRunAppIsTheMainFunctionOfAnApp(t *testing.T) {
	if name := os.Getenv(runAppVariable); name != "" {
		os.Exit(rediscache.RunApp(apps[name]))
	}
	// run is what the app prints on standard error, and its exit status.
	run := func(t *testing.T, app, outdir string, env ...string) (stderr string, status int) {
		t.Helper()
		command := exec.Command(os.Args[0], "-test.run=^TestRunAppIsTheMainFunctionOfAnApp$")
		command.Env = append(append(os.Environ(), runAppVariable+"="+app, "CDK_OUTDIR="+outdir), env...)
		var printed bytes.Buffer
		command.Stderr = &printed
		_ = command.Run() // the status says it
		return printed.String(), command.ProcessState.ExitCode()
	}
	mistakes := invalid("Analytics/Cache", "Port: 80 is not a whole number from 1150 to 65535",
		`NodeType: "r7g.large" is not an ElastiCache node type; did you mean "cache.r7g.large"?`)

	t.Run("a valid app is synthesized and prints nothing", func(t *testing.T) {
		outdir := t.TempDir()
		stderr, status := run(t, "a cache", outdir)
		assert.Empty(t, stderr)
		assert.Equal(t, 0, status)
		assert.FileExists(t, filepath.Join(outdir, "Analytics.template.json"))
	})
	t.Run("a ValidationError is its lines and nothing else", func(t *testing.T) {
		stderr, status := run(t, "mistakes", t.TempDir())
		assert.Equal(t, mistakes+"\n", stderr)
		assert.Equal(t, 1, status)
	})
	t.Run("CDK_DEBUG=1 brings the trace back", func(t *testing.T) {
		stderr, status := run(t, "mistakes", t.TempDir(), "CDK_DEBUG=1")
		assert.Contains(t, stderr, mistakes[:len("RedisCache [Analytics/Cache]")])
		assert.Contains(t, stderr, "goroutine ")
		assert.Contains(t, stderr, "rediscache.NewRedisCache")
		assert.NotContains(t, []int{0, 1}, status)
	})
}
