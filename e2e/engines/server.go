package engines

import (
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Config is the text of a configuration file, one directive a line.
type Config []string

// Set adds a directive. Values are quoted, as a token may hold any printable character.
func (c *Config) Set(name string, values ...string) {
	line := name
	for _, value := range values {
		line += " " + strconv.Quote(value)
	}
	*c = append(*c, line)
}

// SyncAtOnce is a directive that spares a primary's wait for more replicas to come.
const SyncAtOnce = "repl-diskless-sync-delay 0"

// Server is a running engine.
type Server struct {
	*Process
	Port int
}

// Addr is where the server listens.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// Start runs the engine and waits until it serves; the test fails with the engine's own words when it does not.
func (e Engine) Start(t testing.TB, config Config) *Server {
	t.Helper()
	server, err := e.TryStart(t, FreePort(t), config)
	if err != nil {
		t.Fatalf("%s did not start: %v", e.Server, err)
	}
	return server
}

// TryStart is Start on a given port for callers to whom a refused configuration is an answer. The configuration comes
// from standard input: a token on the command line would show in the process list.
func (e Engine) TryStart(t testing.TB, port int, config Config) (*Server, error) {
	full := Config{"bind 127.0.0.1", "daemonize no", `save ""`, "appendonly no"}
	full.Set("dir", t.TempDir())
	full = append(full, config...)
	if slices.ContainsFunc(full, func(line string) bool { return strings.HasPrefix(line, "tls-cert-file") }) {
		// TLS required means that there is no plaintext port beside it.
		full.Set("port", "0")
		full.Set("tls-port", strconv.Itoa(port))
	} else {
		full.Set("port", strconv.Itoa(port))
	}
	cmd := exec.Command(e.Server, "-")
	cmd.Stdin = strings.NewReader(strings.Join(full, "\n") + "\n")
	process, err := StartProcess(t, cmd)
	if err != nil {
		return nil, err
	}
	if err := process.WaitOutput("eady to accept connections", 20*time.Second); err != nil {
		process.Kill()
		return nil, err
	}
	return &Server{Process: process, Port: port}, nil
}

// Stop ends a server before its test does, to give its memory back.
func (s *Server) Stop() { s.Kill() }

// The ports of servers are below 32768, where Linux begins to take those of clients: no client can take the port of a server
// that is down for a moment. So are those of the cluster bus, which are 10000 above.
const firstPort, portCount = 15_000, 7_000

var (
	portOffset = rand.IntN(portCount) // other test binaries begin elsewhere
	portsGiven atomic.Int64
)

// FreePort is a port that nobody uses on the loopback interface. No other call of this process gets the same.
func FreePort(t testing.TB) int {
	t.Helper()
	for range portCount {
		port := firstPort + (portOffset+int(portsGiven.Add(1)))%portCount
		if listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			_ = listener.Close()
			return port
		}
	}
	t.Fatalf("no free port from %d to %d", firstPort, firstPort+portCount-1)
	return 0
}
