package e2e

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

var rowSlowLog = table.Row("4 Slow log", "Logged of a 20 ms command; a 2 ms command; 200 fast ones")

// Drill 4: the threshold is in microseconds; a mistake by a thousand logs either everything or nothing.
func TestDrill4SlowLog(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		cache := deploy.NewCache(t, engine)
		// DEBUG is the one command whose duration can be told.
		server := cache.Start(t, "enable-debug-command local")
		client := cache.Client(t, server.Addr())

		// A busy machine can hold up a fast command for 10 ms, but not three times in a row.
		var logged []redis.SlowLog
		for range 3 {
			logged = slowRound(t, client)
			if len(logged) == 1 {
				break
			}
		}
		if len(logged) != 1 || !slices.Equal(logged[0].Args, []string{"DEBUG", "SLEEP", "0.02"}) || logged[0].Duration < 20*time.Millisecond {
			t.Fatalf("the slow log holds %v; want the 20 ms command alone", logged)
		}
		slow, quick := logs(logged, "DEBUG", "SLEEP", "0.02"), logs(logged, "DEBUG", "SLEEP", "0.002")
		rowSlowLog.Record(t, engine, "%d; %d; %d", slow, quick, len(logged)-slow-quick)
	})
}

// logs counts the entries of a command.
func logs(logged []redis.SlowLog, command ...string) (count int) {
	for _, entry := range logged {
		if slices.Equal(entry.Args, command) {
			count++
		}
	}
	return count
}

func slowRound(t *testing.T, client *redis.Client) []redis.SlowLog {
	ctx := context.Background()
	do := func(args ...any) {
		t.Helper()
		if err := client.Do(ctx, args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	do("SLOWLOG", "RESET")
	for range 100 {
		do("SET", "fast", "value")
		do("GET", "fast")
	}
	do("DEBUG", "SLEEP", "0.002")
	do("DEBUG", "SLEEP", "0.02")
	return engines.Must(client.SlowLogGet(ctx, -1).Result())(t)
}
