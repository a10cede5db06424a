package e2e

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// loadPause is between two requests of a load.
const loadPause = 4 * time.Millisecond

// StartFunctions has both example functions serve a load with the rotated secret, each with a Secrets Manager of its own, so
// that its reads can be counted.
func (r *rotationStage) StartFunctions(t testing.TB) (loads lambda.Loads, secrets []*lambda.Secrets) {
	t.Helper()
	for _, handler := range lambda.Handlers {
		s := lambda.StartSecrets(t, r.API.Connection.Value)
		f := handler.Start(t, lambda.TokenEnv(t, r.Port, s, r.Authority.CAFile))
		secrets = append(secrets, s)
		loads = append(loads, lambda.StartLoad(t, f, lambda.Weeks(20), loadPause))
	}
	return loads, secrets
}

// CutConnections ends the connections of the token's user over and over until it is stopped: a server lets a connection be
// whose token it no longer takes, and only a new one shows which token is right.
func (r *rotationStage) CutConnections(t testing.TB, every time.Duration) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			if err := r.cutFunctions(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("the connections cannot be cut: %v", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(every):
			}
		}
	})
	stop = func() {
		cancel()
		done.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// cutFunctions ends the connections that have served a request: those of the functions, and not the tester's, which logs in
// and goes.
func (r *rotationStage) cutFunctions(ctx context.Context) error {
	list, err := r.Admin.ClientList(ctx).Result()
	if err != nil {
		return err
	}
	for line := range strings.Lines(list) {
		field := map[string]string{}
		for _, pair := range strings.Fields(line) {
			name, value, _ := strings.Cut(pair, "=")
			field[name] = value
		}
		if field["user"] != "default" || field["cmd"] != "get" && field["cmd"] != "set" {
			continue
		}
		if err := r.Admin.ClientKillByFilter(ctx, "ID", field["id"]).Err(); err != nil {
			return err
		}
	}
	return nil
}

// loginLoad is a load of clients that read the connection secret and log in.
type loginLoad struct {
	stop chan struct{}
	done sync.WaitGroup

	mu       sync.Mutex
	requests int
	problems []string
}

// startLogins begins at once.
func startLogins(t testing.TB, r *rotationStage) *loginLoad {
	l := &loginLoad{stop: make(chan struct{})}
	l.done.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			case <-time.After(4 * loadPause):
			}
			err := r.login(r.API.Connection.Token())
			l.mu.Lock()
			l.requests++
			if err != nil {
				l.problems = append(l.problems, time.Now().Format(time.TimeOnly)+" "+err.Error())
			}
			l.mu.Unlock()
		}
	})
	t.Cleanup(l.end)
	return l
}

func (l *loginLoad) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.done.Wait()
}

// Stop ends the load and reports what failed.
func (l *loginLoad) Stop(t testing.TB) (requests, problems int) {
	t.Helper()
	l.end()
	for _, problem := range l.problems {
		t.Errorf("a client with the connection secret: %s", problem)
	}
	return l.requests, len(l.problems)
}
