package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Account and Region of a stack that names none.
const (
	Account = "000000000000"
	Region  = "us-east-1"
)

// Emulator is a running MiniStack, which listens on 127.0.0.1 only.
type Emulator struct {
	root, dir string
	port      int
	alive     io.Closer // while it is open, the emulator runs
	exited    chan struct{}
}

// Start starts an emulator on a free port. root is the project's folder, and dir an empty one for all that the emulator
// writes. The emulator ends with Stop, and with this process whatever becomes of it.
func Start(root, dir string) (*Emulator, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &Emulator{root: root, dir: dir, port: port}
	return e, e.run()
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// The shell ends the emulator when its standard input closes, as it does when this process dies.
const untilStdinCloses = `"$0" </dev/null & emulator=$!; cat >/dev/null; kill $emulator; wait $emulator`

func (e *Emulator) run() error {
	if err := os.MkdirAll(e.path("tmp"), 0o755); err != nil {
		return err
	}
	log, err := os.OpenFile(e.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", "-c", untilStdinCloses, filepath.Join(e.root, "emulator/.venv/bin/ministack"))
	cmd.Env = append(e.commonEnv(),
		"BIND_HOST=127.0.0.1", "MINISTACK_HOST=127.0.0.1", "GATEWAY_PORT="+strconv.Itoa(e.port),
		"PERSIST_STATE=1", "STATE_DIR="+e.path("state"), "S3_PERSIST=1", "S3_DATA_DIR="+e.path("s3"),
		"REDIS_HOST=cache.emulator.invalid", // of every replication group: no Redis runs
		"NODE_PATH="+filepath.Join(e.root, "emulator/node_modules"),
	)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for this process, which stops the emulator in order
	if e.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	e.exited = make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(e.exited)
	}()
	return e.waitReady()
}

func (e *Emulator) waitReady() error {
	const patience = time.Minute
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if response, err := http.Get(e.URL() + "/_ministack/health"); err == nil {
			response.Body.Close()
			return nil
		}
	}
	e.Stop()
	return fmt.Errorf("the emulator did not answer within %v:\n%s", patience, e.Log())
}

// Log is the end of what the emulator has printed.
func (e *Emulator) Log() string {
	text, err := os.ReadFile(e.path("log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// URL is the endpoint of all services.
func (e *Emulator) URL() string { return "http://127.0.0.1:" + strconv.Itoa(e.port) }

// Stop ends the emulator, and waits until it is gone.
func (e *Emulator) Stop() {
	e.alive.Close()
	<-e.exited
}

// State puts into payload what the emulator keeps of a service, such as "elasticache", beyond what its API tells. The
// emulator saves that when it stops, so it is stopped and started again.
func (e *Emulator) State(service string, payload any) error {
	e.Stop()
	text, err := os.ReadFile(e.path("state", service+".json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &struct{ Payload any }{payload}); err != nil {
		return err
	}
	return e.run()
}

func (e *Emulator) path(elements ...string) string {
	return filepath.Join(append([]string{e.dir}, elements...)...)
}

// commonEnv has nothing of the caller's but the path, so that neither the emulator nor the CDK CLI finds the credentials or
// the endpoints of a real account.
func (e *Emulator) commonEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + e.dir, "TMPDIR=" + e.path("tmp")}
}
