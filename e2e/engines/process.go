package engines

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a child that never outlives its test: its whole group is killed in the cleanup, and the kernel kills it
// when the test binary itself dies.
type Process struct {
	cmd    *exec.Cmd
	output lockedBuffer
	exited chan struct{}
}

// StartProcess runs cmd in a process group of its own, both output streams kept.
func StartProcess(t testing.TB, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(p.Kill)
	return p, nil
}

// Pid is the same number for as long as the process was not restarted.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Kill ends the process the hard way (kill -9) and waits until it is gone.
func (p *Process) Kill() {
	if p.Alive() { // or its number may be another process's by now
		_ = syscall.Kill(-p.Pid(), syscall.SIGKILL)
	}
	<-p.exited
}

// Suspend stops the process without closing its connections: to a client it is a server that hangs.
func (p *Process) Suspend() { _ = syscall.Kill(-p.Pid(), syscall.SIGSTOP) }

// Resume ends a Suspend.
func (p *Process) Resume() { _ = syscall.Kill(-p.Pid(), syscall.SIGCONT) }

// Alive tells whether the process still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Output is everything the process has written so far.
func (p *Process) Output() string { return p.output.String() }

// WaitOutput waits for a text in the output, and fails at once when the process ends without it.
func (p *Process) WaitOutput(text string, within time.Duration) error {
	deadline := time.Now().Add(within)
	for {
		alive := p.Alive()
		if strings.Contains(p.Output(), text) {
			return nil
		}
		if !alive {
			return errors.New(LastLines(p.Output(), 6))
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no %q after %v: %s", text, within, LastLines(p.Output(), 6))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// LastLines are the last n lines of a text.
func LastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// lockedBuffer is written by the child's streams while the test reads it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
