package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// python is the interpreter of the environment that `make examples-setup` fills with the libraries of the example function
// and of Lambda's runtime.
const python = "../examples/lambda-python/.venv/bin/python"

// pythonFunction is a folder's module under Lambda's own runtime interface client.
func pythonFunction(folder, module string) func() (*exec.Cmd, error) {
	return func() (*exec.Cmd, error) {
		interpreter, err := filepath.Abs(python)
		cmd := exec.Command(interpreter, "-B", "-m", "awslambdaric", module+".handler")
		cmd.Dir = folder
		return cmd, err
	}
}

// Handler is one of the example Lambda functions.
type Handler struct {
	Name    string
	command func() (*exec.Cmd, error)
}

// Handlers are the clients of every drill that serves requests.
var Handlers = []Handler{
	{"Go", func() (*exec.Cmd, error) {
		binary, err := goHandler()
		return exec.Command(binary), err
	}},
	{"Python", pythonFunction("../examples/lambda-python", "handler")},
}

// forEachEngineAndHandler runs a drill for every pair.
func forEachEngineAndHandler(t *testing.T, drill func(*testing.T, Engine, Handler)) {
	forEachEngine(t, func(t *testing.T, engine Engine) {
		for _, handler := range Handlers {
			t.Run(handler.Name, func(t *testing.T) { drill(t, engine, handler) })
		}
	})
}

// buildDir holds the compiled handler; TestMain removes it.
var buildDir string

// goHandler compiles the Go handler, once a run.
var goHandler = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, "bootstrap")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Dir = "../examples/lambda-go"
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build in %s: %w\n%s", build.Dir, err, out)
	}
	return binary, nil
})

// Function is a running handler: one execution environment, alive between its invocations.
type Function struct {
	*Process
	*RuntimeAPI
}

// Call sends one event and waits for the answer, or for the end of the process.
func (f *Function) Call(event any) (answer []byte, took time.Duration, err error) {
	return f.call(event, f.exited)
}

// The region and the credentials of every function, as of a role. The keys are those of AWS's own examples.
const (
	region          = "us-east-1"
	accessKeyID     = "AKIAIOSFODNN7EXAMPLE"
	secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	sessionToken    = "the/session+of+a/role=="
)

// Env is a function's configuration.
type Env map[string]string

// With is a copy with other values.
func (e Env) With(changes Env) Env {
	merged := Env{}
	for _, env := range []Env{e, changes} {
		for name, value := range env {
			merged[name] = value
		}
	}
	return merged
}

// Start runs the handler with this configuration and nothing of the test's own environment: neither somebody's AWS
// credentials nor a proxy can get in.
func (h Handler) Start(t testing.TB, env Env) *Function {
	t.Helper()
	cmd := must(h.command())(t)
	api := StartRuntimeAPI(t)
	for name, value := range (Env{
		"PATH":                      os.Getenv("PATH"),
		"AWS_LAMBDA_RUNTIME_API":    api.Addr,
		"AWS_LAMBDA_FUNCTION_NAME":  "analytics",
		"AWS_REGION":                region,
		"AWS_DEFAULT_REGION":        region,
		"AWS_ACCESS_KEY_ID":         accessKeyID,
		"AWS_SECRET_ACCESS_KEY":     secretAccessKey,
		"AWS_SESSION_TOKEN":         sessionToken,
		"AWS_EC2_METADATA_DISABLED": "true",
	}).With(env) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return &Function{must(startProcess(t, cmd))(t), api}
}

// logLine is what a handler writes: a metric line in CloudWatch's embedded format, or a failure.
type logLine struct {
	AWS          json.RawMessage `json:"_aws"`
	CacheHit     int
	CacheMiss    int
	CacheFailure int
	Reason       string `json:"reason"`
}

// Logged reads the handler's log from a position on, when it holds that many lookups: their metrics added up, and the
// reasons of the failure lines. The log takes another way than the answers, so it may come a moment later.
func (f *Function) Logged(t testing.TB, from, lookups int) (metrics logLine, reasons []string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("%d lookups are in the log", lookups), func() bool {
		metrics, reasons = f.logged(from)
		return metrics.CacheHit+metrics.CacheMiss >= lookups
	})
	return metrics, reasons
}

func (f *Function) logged(from int) (metrics logLine, reasons []string) {
	for line := range strings.Lines(f.Output()[from:]) {
		var l logLine
		if json.Unmarshal([]byte(line), &l) != nil {
			continue
		}
		if l.AWS != nil {
			metrics.CacheHit += l.CacheHit
			metrics.CacheMiss += l.CacheMiss
			metrics.CacheFailure += l.CacheFailure
		} else if l.Reason != "" {
			reasons = append(reasons, l.Reason)
		}
	}
	return metrics, reasons
}
