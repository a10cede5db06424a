package drills

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// environmentDrills are ways in which an execution environment ends, or sleeps for longer than its connections live.
var environmentDrills = []struct {
	name string
	run  func(*testing.T, engines.Engine, lambda.Handler)
}{
	{"after a timeout another environment answers", afterTimeout},
	{"after a crash another environment answers", afterCrash},
	{"an environment idle for longer than the server's timeout answers from the cache", afterIdle},
	{"an environment whose database has closed the connection answers from the database", afterIdleDatabase},
}

var rowsEnvironments = table.Rows("10 Execution environments",
	"right after a timeout, a crash, and an idle time past the timeout of the cache and of the database", "Go", "Python")

// Drill 10: Lambda ends and freezes execution environments.
func TestDrill10ExecutionEnvironments(t *testing.T) {
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		passed := 0
		for _, drill := range environmentDrills {
			if t.Run(drill.name, func(t *testing.T) { drill.run(t, engine, handler) }) {
				passed++
			}
		}
		rowsEnvironments[handler.Name].Record(t, engine, "%d of %d", passed, len(environmentDrills))
	})
}

// slowDatabase is a way to the database, where no answer comes while it is held up.
type slowDatabase struct {
	port   int
	heldUp atomic.Bool
}

func newSlowDatabase(t testing.TB) *slowDatabase {
	t.Helper()
	d := &slowDatabase{}
	database := lambda.StartDatabase(t)
	d.port = engines.Listen(t, func(conn net.Conn) {
		if d.heldUp.Load() {
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		server, err := net.Dial("tcp4", database.Addr())
		if err == nil {
			defer server.Close()
			engines.Relay(conn, server)
		}
	})
	return d
}

func (d *slowDatabase) env() lambda.Env { return lambda.Env{"DB_PORT": strconv.Itoa(d.port)} }

func afterTimeout(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s, database := newServerStage(t, engine), newSlowDatabase(t)
	f := handler.Start(t, s.Env(t).With(database.env()).With(lambda.Env{"AWS_LAMBDA_FUNCTION_TIMEOUT": "2"}))
	q := lambda.Week("customer-01", 5)
	database.heldUp.Store(true)
	if _, _, err := f.Call(q); !lambda.IsType(err, lambda.Timeout) {
		t.Fatalf("a database that does not answer: %v, want a timeout", err)
	}
	database.heldUp.Store(false)
	engines.WaitFor(t, "the environment is gone, and its connection to the cache", func() bool {
		return engines.InfoInt(t, s.Redis, "clients", "connected_clients") == 1
	})
	lambda.Ask(t, f, q, lambda.FromDatabase)
	lambda.Ask(t, f, q, lambda.FromCache)
}

func afterCrash(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s, database := newServerStage(t, engine), newSlowDatabase(t)
	q, other := lambda.Week("customer-01", 5), lambda.Week("customer-02", 5)
	lambda.Ask(t, handler.Start(t, s.Env(t)), q, lambda.FromDatabase)
	f := handler.Start(t, s.Env(t).With(database.env()))
	lambda.Ask(t, f, q, lambda.FromCache)
	first := f.Pid()
	database.heldUp.Store(true)
	kill := time.AfterFunc(500*time.Millisecond, f.Kill)
	defer kill.Stop()
	if _, _, err := f.Call(other); !lambda.IsType(err, lambda.Crash) {
		t.Fatalf("a crash in an invocation: %v", err)
	}
	database.heldUp.Store(false)
	lambda.Ask(t, f, q, lambda.FromCache)
	lambda.Ask(t, f, other, lambda.FromDatabase)
	if f.Pid() == first {
		t.Error("the environment is the same one")
	}
}

func afterIdle(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s := newServerStage(t, engine, "timeout 1")
	f := handler.Start(t, s.Env(t))
	q := lambda.Week("customer-01", 5)
	lambda.Ask(t, f, q, lambda.FromDatabase)
	lambda.Ask(t, f, q, lambda.FromCache)
	f.Logged(t, 0, 2)
	logged := len(f.Output())
	f.Freeze()
	var before int
	engines.WaitFor(t, "the server has closed the idle connection", func() bool {
		before = engines.InfoInt(t, s.Redis, "stats", "total_connections_received")
		return engines.InfoInt(t, s.Redis, "clients", "connected_clients") == 1
	})
	f.Thaw()
	lambda.Ask(t, f, q, lambda.FromCache)
	if metrics, reasons := f.Logged(t, logged, 1); metrics.CacheFailure != 0 {
		t.Errorf("a connection that the server has closed is logged as the failure %q", reasons)
	}
	if after := engines.InfoInt(t, s.Redis, "stats", "total_connections_received"); after != before+1 {
		t.Errorf("%d new connections, want 1", after-before)
	}
}

func afterIdleDatabase(t *testing.T, engine engines.Engine, handler lambda.Handler) {
	s := newServerStage(t, engine)
	name := engine.Name + handler.Name
	f := handler.Start(t, s.Env(t).With(lambda.Env{"AWS_LAMBDA_FUNCTION_NAME": name}))
	q, other := lambda.Week("customer-01", 5), lambda.Week("customer-02", 5)
	lambda.Ask(t, f, q, lambda.FromDatabase)
	f.Freeze()
	if n := lambda.StartDatabase(t).CloseConnections(t, name); n != 1 {
		t.Errorf("the database had %d connections of the function", n)
	}
	f.Thaw()
	lambda.Ask(t, f, other, lambda.FromDatabase)
	if s.Redis.Exists(context.Background(), other.Key()).Val() != 1 {
		t.Error("the answer is not in the cache")
	}
}
