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

// BenchmarkHit compares GetOrLoad with a bare GET and decode, in turn, of a report that is in the cache. `make bench` runs it
// and starts the server: HIT_PORT is its port, HIT_PASSWORD its password and HIT_CA the file of its authority.
func BenchmarkHit(b *testing.B) {
	authority, err := os.ReadFile(os.Getenv("HIT_CA"))
	require.NoError(b, err, "make bench runs this benchmark")
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
	defer func() { require.NoError(b, errors.Join(bare.Close(), client.Close(), lines.Close())) }()

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
	slices.Sort(gets)
	slices.Sort(hits)
	for _, at := range []struct {
		name string
		part float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		i := int(at.part * float64(b.N))
		b.ReportMetric(float64(gets[i].Nanoseconds())/1000, "bare-"+at.name+"-µs")
		b.ReportMetric(float64(hits[i].Nanoseconds())/1000, "hit-"+at.name+"-µs")
	}
}

// fixedSecret is a secret with this token, which nobody rotates.
type fixedSecret string

func (s fixedSecret) GetSecretValue(
	context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	text := fmt.Sprintf(`{"auth_token": %q}`, string(s))
	return &secretsmanager.GetSecretValueOutput{SecretString: &text}, nil
}
