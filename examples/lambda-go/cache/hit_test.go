package cache_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/analytics"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

// BenchmarkHit compares GetOrLoad with a bare GET and decode, in turn, of a report that is in the cache, in µs. `make bench` runs it
// and starts the server: HIT_PORT is its port, HIT_PASSWORD its password and HIT_CA the file of its authority.
func BenchmarkHit(b *testing.B) {
	authority, err := os.ReadFile(os.Getenv("HIT_CA"))
	require.NoError(b, err)
	roots := x509.NewCertPool()
	require.True(b, roots.AppendCertsFromPEM(authority))
	lines, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(b, err)
	port, ctx := os.Getenv("HIT_PORT"), context.Background()
	bare := redis.NewClient(&redis.Options{
		Addr: net.JoinHostPort("127.0.0.1", port), Password: os.Getenv("HIT_PASSWORD"), TLSConfig: &tls.Config{RootCAs: roots},
	})
	client := cache.New(cache.Options{
		Host: "127.0.0.1", Port: port, SecretID: "hit", Secrets: fixedSecret(os.Getenv("HIT_PASSWORD")), RootCAs: roots, Output: lines,
	})

	get := func() {
		text, err := bare.Get(ctx, "hit").Bytes()
		var report analytics.Report
		if err = errors.Join(err, json.Unmarshal(text, &report)); err != nil {
			b.Fatal(err)
		}
	}
	hit := func() {
		_, from, err := cache.GetOrLoad(ctx, client, "hit", time.Hour, func(context.Context) (analytics.Report, error) {
			return analytics.Report{}, errors.New("a miss")
		})
		if err != nil || from != cache.FromCache {
			b.Fatal(from, err)
		}
	}
	var gets, hits []time.Duration
	for b.Loop() {
		started := time.Now()
		get()
		between := time.Now()
		hit()
		gets, hits = append(gets, between.Sub(started)), append(hits, time.Since(between))
	}
	b.ReportMetric(testing.AllocsPerRun(100, get), "bare-allocs")
	b.ReportMetric(testing.AllocsPerRun(100, hit), "hit-allocs")
	for name, took := range map[string][]time.Duration{"bare": gets, "hit": hits} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, name+"-p50")
		b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, name+"-p99")
	}
}

// fixedSecret is a secret with this token, which nobody rotates.
type fixedSecret string

func (s fixedSecret) GetSecretValue(
	context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	return &secretsmanager.GetSecretValueOutput{SecretString: new(fmt.Sprintf(`{"auth_token": %q}`, string(s)))}, nil
}
