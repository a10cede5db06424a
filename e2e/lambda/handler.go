// Package lambda runs functions as Lambda does, in AWS's Runtime Interface Emulator, with what they need around them: PostgreSQL and
// Secrets Manager.
package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Handler is a Lambda function.
type Handler struct {
	Name    string
	folder  string
	command func() ([]string, error)
}

// Handlers are the example functions, the clients of every drill that serves requests.
var Handlers = []Handler{
	{"Go", engines.Path("examples/lambda-go"), func() ([]string, error) {
		bootstrap, err := goHandler()
		return []string{bootstrap}, err
	}},
	Python("Python", engines.Path("examples/lambda-python"), "handler.handler"),
}

// ForEach runs a drill for each engine with each of the example functions.
func ForEach(t *testing.T, drill func(*testing.T, engines.Engine, Handler)) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		for _, handler := range Handlers {
			t.Run(handler.Name, func(t *testing.T) { drill(t, engine, handler) })
		}
	})
}

// Python is a function of a folder, under Lambda's runtime interface client for Python.
func Python(name, folder, handler string) Handler {
	return Handler{name, folder, func() ([]string, error) {
		return []string{interpreter, "-B", "-m", "awslambdaric", handler}, nil
	}}
}

// interpreter is that of the environment which `make examples-setup` fills with the libraries of the function and the runtime.
var interpreter = engines.Path("examples/lambda-python/.venv/bin/python")

// Check says what to install before the first drill fails for want of it.
func Check() error {
	out, err := exec.Command(interpreter, "-c", "import awslambdaric, boto3, psycopg, redis").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s lacks a library: run `make examples-setup` (%w %s)", interpreter, err, engines.LastLines(string(out), 1))
	}
	return nil
}

// Versions are those of Python, the function's libraries and PostgreSQL.
func Versions() string {
	script := `import platform, importlib.metadata as m
print("Python " + platform.python_version(), *(f", {p} {m.version(p)}" for p in ("redis", "psycopg", "boto3", "awslambdaric")), sep="")`
	python, _ := exec.Command(interpreter, "-c", script).Output()
	psql, _ := exec.Command("psql", "--version").Output()
	return strings.TrimSpace(string(python)) + ", " + strings.TrimSpace(string(psql))
}

var (
	goHandler = build("bootstrap", "examples/lambda-go", ".")
	emulator  = build("aws-lambda-rie", "e2e", "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie")
)

// build compiles a program of a module of the repository, once a run.
func build(name, module, pkg string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		binary := engines.Path("e2e/out/bin", name)
		build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, pkg)
		build.Dir = engines.Path(module)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%v in %s: %w\n%s", build, build.Dir, err, out)
		}
		return binary, nil
	})
}
