package lambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// The region and the credentials of every function, as of a role. The keys are those of AWS's own examples.
const (
	Region          = "us-east-1"
	AccessKeyID     = "AKIAIOSFODNN7EXAMPLE"
	SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	SessionToken    = "the/session+of+a/role=="
)

// Env is a function's configuration.
type Env map[string]string

// With is a copy with other values.
func (e Env) With(changes Env) Env {
	merged := maps.Clone(e)
	if merged == nil {
		merged = Env{}
	}
	maps.Copy(merged, changes)
	return merged
}

// Function is a function in the emulator, which keeps one execution environment alive between invocations, and starts another
// one after a crash or a timeout.
type Function struct {
	handler  string // its name
	emulator *engines.Process
	url      string
}

// Start starts the emulator, whose first invocation starts the function. The function gets this configuration and nothing of the
// test's own environment: neither somebody's AWS credentials nor a proxy can get in. Its timeout is 10 s, or
// AWS_LAMBDA_FUNCTION_TIMEOUT, in seconds.
func (h Handler) Start(t testing.TB, env Env) *Function {
	t.Helper()
	var err error
	for range 3 { // a free port may be taken by somebody else meanwhile
		var f *Function
		if f, err = h.start(t, env); err == nil {
			return f
		}
	}
	t.Fatal(err)
	return nil
}

func (h Handler) start(t testing.TB, env Env) (*Function, error) {
	command := engines.Must(h.command())(t)
	api, runtimeAPI := address(t), address(t)
	cmd := exec.Command(engines.Must(emulator())(t), append([]string{
		"--log-level", "error", "--runtime-interface-emulator-address", api, "--runtime-api-address", runtimeAPI,
	}, command...)...)
	cmd.Dir = h.folder
	for name, value := range (Env{
		"PATH":                        os.Getenv("PATH"),
		"AWS_LAMBDA_FUNCTION_NAME":    "analytics",
		"AWS_LAMBDA_FUNCTION_TIMEOUT": "10",
		"AWS_REGION":                  Region,
		"AWS_DEFAULT_REGION":          Region,
		"AWS_ACCESS_KEY_ID":           AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":       SecretAccessKey,
		"AWS_SESSION_TOKEN":           SessionToken,
		"AWS_EC2_METADATA_DISABLED":   "true",
	}).With(env) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	// The emulator ends the function when it is asked to end, and not when it is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	process, err := engines.StartProcess(t, cmd)
	if err != nil {
		return nil, err
	}
	f := &Function{h.Name, process, "http://" + api + "/2015-03-31/functions/function/invocations"}
	t.Cleanup(f.Kill)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if conn, err := net.Dial("tcp4", api); err == nil {
			return f, conn.Close()
		}
		if !process.Alive() || time.Now().After(deadline) {
			process.Kill()
			return nil, fmt.Errorf("the emulator does not listen: %s", engines.LastLines(process.Output(), 3))
		}
	}
}

func address(t testing.TB) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(engines.FreePort(t)))
}

// Error is what an invocation ends with instead of an answer.
type Error struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *Error) Error() string { return e.Type + ": " + e.Message }

// The types of errors that are Lambda's and not the function's.
const (
	Crash   = "Runtime.ExitError"
	Timeout = "Sandbox.Timedout"
)

// IsType reports whether the invocation ended with an *Error of the type.
func IsType(err error, kind string) bool {
	var failure *Error
	return errors.As(err, &failure) && failure.Type == kind
}

// Call sends one event and waits for the answer; the error is an *Error where the function did not give one.
func (f *Function) Call(event any) (answer []byte, took time.Duration, err error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return nil, 0, err
	}
	begun := time.Now()
	response, err := http.Post(f.url, "application/json", bytes.NewReader(payload))
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	took = time.Since(begun)
	if err != nil {
		return nil, took, err
	}
	if bytes.HasPrefix(answer, []byte("Task timed out")) {
		return nil, took, &Error{Timeout, string(answer)}
	}
	failure := &Error{}
	if json.Unmarshal(answer, failure) == nil && failure.Type != "" {
		return nil, took, failure
	}
	if response.StatusCode != http.StatusOK {
		return nil, took, fmt.Errorf("the emulator answered %s: %s", response.Status, answer)
	}
	return answer, took, nil
}

// Output is what the function and the emulator have written so far.
func (f *Function) Output() string { return f.emulator.Output() }

// Pid is the process of the execution environment; 0 before the first invocation, and after a crash until the next one.
func (f *Function) Pid() int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", f.emulator.Pid()))
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for child := range strings.FieldsSeq(string(children)) {
			if pid, err := strconv.Atoi(child); err == nil {
				return pid
			}
		}
	}
	return 0
}

// Kill ends the execution environment as a crash does, and waits until it is gone.
func (f *Function) Kill() {
	pid := f.Pid()
	if pid == 0 {
		return
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	for deadline := time.Now().Add(5 * time.Second); f.Pid() == pid && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// Freeze stops the execution environment, as Lambda does between invocations.
func (f *Function) Freeze() { _ = syscall.Kill(-f.Pid(), syscall.SIGSTOP) }

// Thaw ends a Freeze, as Lambda does before the next invocation.
func (f *Function) Thaw() { _ = syscall.Kill(-f.Pid(), syscall.SIGCONT) }
