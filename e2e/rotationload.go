package e2e

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"
)

// StartFunctions has both example functions serve a load with the rotated secret, each with a Secrets Manager of its own, so
// that its reads can be counted.
func (r *Rotation) StartFunctions(t testing.TB) (loads []*Load, secrets []*Secrets) {
	t.Helper()
	database := StartDatabase(t)
	for _, handler := range Handlers {
		s := StartSecretsOf(t, r.API.Connection.Value)
		f := handler.Start(t, Env{
			"REDIS_HOST":                       "127.0.0.1",
			"REDIS_PORT":                       strconv.Itoa(r.Port),
			"REDIS_AUTH_SECRET":                secretARN,
			"TABLE_NAME":                       tableName,
			"AWS_ENDPOINT_URL_SECRETS_MANAGER": s.URL,
			"AWS_ENDPOINT_URL_DYNAMODB":        database.URL,
			"SSL_CERT_FILE":                    r.Authority.CAFile,
		})
		secrets = append(secrets, s)
		loads = append(loads, StartLoad(t, f, tenants(20)))
	}
	return loads, secrets
}

// CutConnections ends the connections of the token's user over and over until it is stopped: a server lets a connection be
// whose token it no longer takes, and only a new one shows which token is right.
func (r *Rotation) CutConnections(t testing.TB, every time.Duration) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			if err := r.Admin.ClientKillByFilter(ctx, "USER", "default").Err(); err != nil && ctx.Err() == nil {
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

// Logins is a load of clients that read the connection secret and log in.
type Logins struct {
	stop chan struct{}
	done sync.WaitGroup

	mu       sync.Mutex
	requests int
	problems []string
}

// StartLogins begins at once.
func StartLogins(t testing.TB, r *Rotation) *Logins {
	l := &Logins{stop: make(chan struct{})}
	l.done.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			case <-time.After(4 * pause):
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

func (l *Logins) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.done.Wait()
}

// Stop ends the load and reports what failed.
func (l *Logins) Stop(t testing.TB) (requests, problems int) {
	t.Helper()
	l.end()
	for _, problem := range l.problems {
		t.Errorf("a client with the connection secret: %s", problem)
	}
	return l.requests, len(l.problems)
}
