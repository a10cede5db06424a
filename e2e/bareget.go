package e2e

import (
	"context"
	"encoding/json"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// bareTimes are how long the client library alone took for each GET.
type bareTimes struct {
	reused, fresh []time.Duration // over one connection; with a new connection for each
}

func (b *bareTimes) add(other bareTimes) {
	b.reused = append(b.reused, other.reused...)
	b.fresh = append(b.fresh, other.fresh...)
}

// bareGo times the Go handler's library.
func bareGo(t testing.TB, s *Stage, key string, reused, fresh int) (times bareTimes) {
	t.Helper()
	ctx := context.Background()
	get := func(client *redis.Client) time.Duration {
		begun := time.Now()
		if err := client.Get(ctx, key).Err(); err != nil {
			t.Fatal(err)
		}
		return time.Since(begun)
	}
	one := dial(t, s.Options(s.Server.Addr()))
	defer one.Close()
	get(one)
	for range reused {
		times.reused = append(times.reused, get(one))
	}
	for range fresh {
		client := dial(t, s.Options(s.Server.Addr()))
		times.fresh = append(times.fresh, get(client))
		_ = client.Close()
	}
	return times
}

// barePython times the Python handler's library.
func barePython(t testing.TB, s *Stage, key string, reused, fresh int) (times bareTimes) {
	t.Helper()
	cmd := exec.Command(python, "-B", "testdata/bareget.py", strconv.Itoa(reused), strconv.Itoa(fresh))
	cmd.Env = []string{
		"SSL_CERT_FILE=" + s.Authority.CAFile, "REDIS_HOST=127.0.0.1", "REDIS_PORT=" + strconv.Itoa(s.Port),
		"REDIS_TOKEN=" + s.Token, "REDIS_KEY=" + key,
	}
	process := must(startProcess(t, cmd))(t)
	select {
	case <-process.exited:
	case <-time.After(time.Minute):
		t.Fatal("bareget.py does not end")
	}
	var seconds struct{ Reused, Fresh []float64 }
	if err := json.Unmarshal([]byte(process.Output()), &seconds); err != nil {
		t.Fatalf("bareget.py: %s", lastLines(process.Output(), 5))
	}
	return bareTimes{durations(seconds.Reused), durations(seconds.Fresh)}
}

func durations(seconds []float64) (all []time.Duration) {
	for _, s := range seconds {
		all = append(all, time.Duration(s*float64(time.Second)))
	}
	return all
}
