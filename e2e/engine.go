package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Engine is one of the two real servers that stand in for ElastiCache's.
type Engine struct {
	Name     string
	Server   string // the executables
	Sentinel string
	Family   string // the parameter group family whose table describes it
}

// Engines are the servers of every drill.
var Engines = []Engine{
	{Name: "Redis", Server: "redis-server", Sentinel: "redis-sentinel", Family: "redis7"},
	{Name: "Valkey", Server: "valkey-server", Sentinel: "valkey-sentinel", Family: "valkey8"},
}

// forEachEngine runs a drill once for each engine.
func forEachEngine(t *testing.T, drill func(*testing.T, Engine)) {
	for _, engine := range Engines {
		t.Run(engine.Name, func(t *testing.T) { drill(t, engine) })
	}
}

var versionPattern = regexp.MustCompile(`v=(\S+)`)

// Version asks the executable, so that the results name what really ran.
func (e Engine) Version() (string, error) {
	out, err := exec.Command(e.Server, "--version").Output()
	if err != nil {
		return "", err
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return "", fmt.Errorf("%s --version: no version in %q", e.Server, out)
	}
	return string(match[1]), nil
}

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
	server, err := e.TryStart(t, freePort(t), config)
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
	process, err := startProcess(t, cmd)
	if err != nil {
		return nil, err
	}
	if err := process.waitOutput("eady to accept connections", 20*time.Second); err != nil {
		process.Kill()
		return nil, err
	}
	return &Server{Process: process, Port: port}, nil
}

// Stop ends a server before its test does, to give its memory back.
func (s *Server) Stop() { s.Kill() }

// dial opens a client for the test's own use.
func dial(t testing.TB, options *redis.Options) *redis.Client {
	client := newClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newClient has short waits and no retries, so that an error is seen where it happens.
func newClient(options *redis.Options) *redis.Client {
	options.MaxRetries = -1
	options.DialerRetries = 1
	options.DialTimeout = 2 * time.Second
	options.Protocol = 2
	options.DisableIdentity = true
	return redis.NewClient(options)
}

// infoInt reads one number of INFO.
func infoInt(t testing.TB, client *redis.Client, section, field string) int {
	t.Helper()
	value := infoField(t, client, section, field)
	return must(strconv.Atoi(value))(t)
}

func infoField(t testing.TB, client *redis.Client, section, field string) string {
	t.Helper()
	text := must(client.Info(context.Background(), section).Result())(t)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name == field {
			return value
		}
	}
	t.Fatalf("INFO %s has no %s", section, field)
	return ""
}

// freePort asks the kernel for a port that nobody uses on the loopback interface.
func freePort(t testing.TB) int {
	t.Helper()
	listener := must(net.Listen("tcp4", "127.0.0.1:0"))(t)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// checkEngines says what to install before the first drill fails for want of it.
func checkEngines() error {
	for _, engine := range Engines {
		if _, err := engine.Version(); err != nil {
			return fmt.Errorf("%s is not installed: run `make e2e-setup` (%w)", engine.Server, err)
		}
		if _, err := exec.LookPath(engine.Sentinel); err != nil {
			return fmt.Errorf("%s is not installed: run `make e2e-setup` (%w)", engine.Sentinel, err)
		}
	}
	if out, err := exec.Command(python, "-c", "import awslambdaric, boto3, redis").CombinedOutput(); err != nil {
		return fmt.Errorf("%s lacks a library: run `make examples-setup` (%w %s)", python, err, lastLines(string(out), 1))
	}
	if _, err := os.Stat(templatePath()); err != nil {
		return fmt.Errorf("the production template is missing: run `make synth`, or name another one in E2E_TEMPLATE (%w)", err)
	}
	return nil
}
