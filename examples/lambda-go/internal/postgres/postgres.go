// Package postgres starts a PostgreSQL with the generated orders of examples/sql for tests.
package postgres

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Orders and LastDay are the size of the table and its newest day.
const (
	Orders  = 50_000
	LastDay = "2026-11-22"
)

// Server is a running PostgreSQL.
type Server struct {
	Port     int
	CAFile   string
	Password string // of the user analytics
	folder   string
}

// Start runs a server until stop is called or the test process ends.
func Start() (server *Server, stop func(), err error) {
	folder, err := os.MkdirTemp("", "postgres")
	if err != nil {
		return nil, nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	_, here, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(here), "../../../sql/serve.sh")
	cmd := exec.Command(script, folder, strconv.Itoa(port), strconv.Itoa(Orders), LastDay)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe() // the server lives as long as this is open
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() {
		_ = stdin.Close()
		_ = cmd.Wait()
		_ = os.RemoveAll(folder)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		stop()
		return nil, nil, fmt.Errorf("%s said %q and not that it is ready (%v); run `make examples-setup`", script, line, err)
	}
	password, err := os.ReadFile(filepath.Join(folder, "password"))
	if err != nil {
		stop()
		return nil, nil, err
	}
	return &Server{port, filepath.Join(folder, "ca.pem"), strings.TrimSpace(string(password)), folder}, stop, nil
}

// Secret is the secret of the user analytics, as RDS keeps it.
func (s *Server) Secret(password string) string {
	return fmt.Sprintf(`{"engine": "postgres", "host": "localhost", "port": %d, "dbname": "analytics", `+
		`"username": "analytics", "password": %q}`, s.Port, password)
}

// Admin runs a statement as the superuser and returns the first column of its only row, or nil.
func (s *Server) Admin(t testing.TB, sql string, args ...any) (value any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, fmt.Sprintf("host=%s port=%d user=postgres dbname=analytics", s.folder, s.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[any])
	if err != nil {
		t.Fatal(err)
	}
	if len(values) > 0 {
		value = values[0]
	}
	return value
}

// RefusedLogins counts the logins that the server has refused.
func (s *Server) RefusedLogins(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.folder, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "FATAL:  password authentication failed")
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
