package lambda

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Database is a PostgreSQL with the generated orders of examples/sql. There is one for all drills of a run: nobody writes.
type Database struct {
	port   int
	folder string
	stdin  io.Closer // the server lives as long as it is open
	server *exec.Cmd

	mu     sync.Mutex
	truths map[Query]Truth
}

var shared struct {
	sync.Mutex
	*Database
	orders int
}

// UseDatabase sets the number of orders that the database of this run is started with. The function that it returns ends the
// database, after the last test.
func UseDatabase(orders int) (stop func()) {
	shared.Lock()
	defer shared.Unlock()
	shared.orders = orders
	return stopDatabase
}

// StartDatabase starts the database when it is first needed.
func StartDatabase(t testing.TB) *Database {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.Database == nil {
		shared.Database = engines.Must(startDatabase(engines.FreePort(t), shared.orders))(t)
	}
	return shared.Database
}

func stopDatabase() {
	if d := shared.Database; d != nil {
		_ = d.stdin.Close()
		_ = d.server.Wait()
		_ = os.RemoveAll(d.folder)
	}
}

func startDatabase(port, orders int) (*Database, error) {
	if orders == 0 {
		return nil, errors.New("the database has no orders; call UseDatabase in TestMain")
	}
	folder, err := os.MkdirTemp("", "postgres")
	if err != nil {
		return nil, err
	}
	today := time.Now().UTC().Format(time.DateOnly)
	server := exec.Command(engines.Path("examples/sql/serve.sh"), folder, strconv.Itoa(port), strconv.Itoa(orders), today)
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		return nil, fmt.Errorf("PostgreSQL does not start: run `make examples-setup` (%w)", err)
	}
	return &Database{port: port, folder: folder, stdin: stdin, server: server, truths: map[Query]Truth{}}, nil
}

// DatabaseEnv is how functions find the database, beside the secret of the Secrets Manager that they use.
func DatabaseEnv(t testing.TB) Env {
	t.Helper()
	return Env{"DB_SECRET": DatabaseSecret, "DB_CA_FILE": filepath.Join(StartDatabase(t).folder, "ca.pem")}
}

// secret is that of the user analytics, as RDS keeps it.
func (d *Database) secret() string {
	password, _ := os.ReadFile(filepath.Join(d.folder, "password"))
	value, _ := json.Marshal(map[string]any{
		"engine": "postgres", "host": "localhost", "port": d.port, "dbname": "analytics",
		"username": "analytics", "password": strings.TrimSpace(string(password)),
	})
	return string(value)
}

// Truth is what a plain query says about the orders of a Query.
type Truth struct {
	Orders       int
	RevenueCents int
	Buyers       int
	Products     []struct{ ProductID, Orders, RevenueCents int }
}

const truthSQL = `
WITH asked AS (SELECT * FROM orders WHERE customer_id = '%s' AND ordered_on >= '%s' AND ordered_on <= '%s'),
best AS (SELECT product_id AS "ProductID", count(*) AS "Orders", sum(amount_cents) AS "RevenueCents"
         FROM asked GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 10)
SELECT json_build_object('Orders', count(*), 'RevenueCents', coalesce(sum(amount_cents), 0),
	'Buyers', count(DISTINCT buyer_id), 'Products', (SELECT coalesce(json_agg(best), '[]') FROM best)) FROM asked`

// truthOf asks the database for the right answer, once for each query.
func truthOf(q Query) (Truth, error) {
	d := shared.Database
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.truths[q]; ok {
		return known, nil
	}
	out, err := d.psql(fmt.Sprintf(truthSQL, q.CustomerID, q.From, q.To))
	if err != nil {
		return Truth{}, err
	}
	var truth Truth
	err = json.Unmarshal(out, &truth)
	d.truths[q] = truth
	return truth, err
}

// psql runs a statement as the superuser.
func (d *Database) psql(statement string) ([]byte, error) {
	out, err := exec.Command("psql", "-qAtX", "-h", d.folder, "-p", strconv.Itoa(d.port), "-U", "postgres", "-d", "analytics",
		"-c", statement).Output()
	if err != nil {
		return nil, fmt.Errorf("psql: %w", err)
	}
	return out, nil
}

// Addr is where the database listens.
func (d *Database) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)) }

// CloseConnections ends the connections of the function with this name, and counts them.
func (d *Database) CloseConnections(t testing.TB, function string) (closed int) {
	t.Helper()
	// PostgreSQL keeps 63 characters of a name.
	statement := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = left('" + function + "', 63)"
	return strings.Count(string(engines.Must(d.psql(statement))(t)), "t\n")
}
