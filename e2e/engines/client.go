package engines

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Dial opens a client for the test's own use.
func Dial(t testing.TB, options *redis.Options) *redis.Client {
	client := NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// NewClient has short waits and no retries, so that an error is seen where it happens.
func NewClient(options *redis.Options) *redis.Client {
	options.MaxRetries = -1
	options.DialerRetries = 1
	options.DialTimeout = 2 * time.Second
	options.Protocol = 2
	options.DisableIdentity = true
	return redis.NewClient(options)
}

// InfoInt reads one number of INFO.
func InfoInt(t testing.TB, client *redis.Client, section, field string) int {
	t.Helper()
	value := InfoField(t, client, section, field)
	return Must(strconv.Atoi(value))(t)
}

// InfoField reads one field of INFO.
func InfoField(t testing.TB, client *redis.Client, section, field string) string {
	t.Helper()
	for _, fields := range Must(client.InfoMap(context.Background(), section).Result())(t) {
		if value, has := fields[field]; has {
			return value
		}
	}
	t.Fatalf("INFO %s has no %s", section, field)
	return ""
}
