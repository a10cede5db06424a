package cache

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/redis/go-redis/v9/logging"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	logging.Disable() // as a function does
	os.Exit(m.Run())
}

const token = "first-token-0123456789"

type totals struct{ Events int }

// fixture is a cache over a Redis of its own, with a secret, a clock and an output that the test holds.
type fixture struct {
	*Cache
	redis   *miniredis.Miniredis
	secrets *fakeSecrets
	clock   *fakeClock
	output  *syncBuffer
	loads   int
}

func newFixture(t *testing.T, change ...func(*Options)) *fixture {
	t.Helper()
	f := &fixture{
		redis:   newRedis(t, token),
		secrets: &fakeSecrets{text: secretJSON(token)},
		clock:   &fakeClock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)},
		output:  &syncBuffer{},
	}
	opts := Options{
		Host: f.redis.Host(), Port: f.redis.Port(), SecretID: "cache-connection", Secrets: f.secrets, RootCAs: testRoots,
		// Generous, so that a busy machine fails no test: those that wait for a timeout set their own.
		ConnectTimeout: 10 * time.Second, CommandTimeout: 10 * time.Second, Budget: 20 * time.Second,
		FunctionName: "analytics", Output: f.output,
	}
	for _, c := range change {
		c(&opts)
	}
	f.Cache = newCache(opts, f.clock.now)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// get looks key up; a value that has to be loaded is 42.
func (f *fixture) get(t *testing.T, key string) (totals, Source) {
	t.Helper()
	got, source, err := GetOrLoad(context.Background(), f.Cache, key, time.Hour, func(context.Context) (totals, error) {
		f.loads++
		return totals{42}, nil
	})
	if err != nil {
		t.Fatalf("GetOrLoad(%q) failed: %v; the cache must never be a reason to fail", key, err)
	}
	return got, source
}

func (f *fixture) wantSource(t *testing.T, key string, want Source) {
	t.Helper()
	got, source := f.get(t, key)
	if got.Events != 42 || source != want {
		t.Fatalf("GetOrLoad(%q) = %v from %s, want 42 from %s; output:\n%s", key, got, source, want, f.output)
	}
}

// wantReason checks the newest log line and its metric.
func (f *fixture) wantReason(t *testing.T, operation, endpoint, reason string) {
	t.Helper()
	logs := f.output.lines(t, "msg")
	if len(logs) == 0 {
		t.Fatal("no failure was logged")
	}
	last := logs[len(logs)-1]
	if last["operation"] != operation || last["endpoint"] != endpoint || last["reason"] != reason || last["level"] != "WARN" {
		t.Fatalf("logged %v, want a warning with operation %s, endpoint %s, reason %s", last, operation, endpoint, reason)
	}
	if got := f.metric(t, "CacheFailure"); got == 0 {
		t.Fatalf("CacheFailure = %v, want the failure counted", got)
	}
	if strings.Contains(f.output.String(), token) {
		t.Fatalf("the token is in the output:\n%s", f.output)
	}
}

// counts are the hits, misses and failures of the newest metric line.
func (f *fixture) counts(t *testing.T) [3]float64 {
	t.Helper()
	return [3]float64{f.metric(t, "CacheHit"), f.metric(t, "CacheMiss"), f.metric(t, "CacheFailure")}
}

func (f *fixture) metric(t *testing.T, name string) float64 {
	t.Helper()
	lines := f.output.lines(t, "_aws")
	if len(lines) == 0 {
		t.Fatal("no metric line was written")
	}
	return lines[len(lines)-1][name].(float64)
}

// disconnect closes every connection, so that the next command makes a new one.
func (f *fixture) disconnect(t *testing.T) {
	t.Helper()
	require.NoError(t, f.primary.topology.close())
	f.primary.topology = newSingleNode("primary", f.opts, f.Cache.secrets, newLogin(f.opts, f.Cache.secrets, f.clock.now),
		func(*secret) (string, error) { return f.redis.Addr(), nil })
}

// hook runs before each command that the server is sent; true means that it has answered itself.
func hook(r *miniredis.Miniredis, command string, f func(*server.Peer) bool) {
	r.Server().SetPreHook(func(peer *server.Peer, name string, _ ...string) bool {
		return strings.EqualFold(name, command) && f(peer)
	})
}

// once lets f answer the first command only.
func once(f func(*server.Peer)) func(*server.Peer) bool {
	var first sync.Once
	return func(peer *server.Peer) (answered bool) {
		first.Do(func() { answered = true; f(peer) })
		return answered
	}
}

func newRedis(t *testing.T, token string) *miniredis.Miniredis {
	t.Helper()
	r := miniredis.NewMiniRedis()
	if token != "" {
		r.RequireAuth(token)
	}
	if err := r.StartTLS(&tls.Config{Certificates: []tls.Certificate{testCertificate}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func secretJSON(token string) string {
	return fmt.Sprintf(`{"host": "unused.invalid", "port": 6379, "auth_token": %q, "reader_host": "reader.invalid"}`, token)
}

type fakeSecrets struct {
	mu    sync.Mutex
	text  string
	err   error
	reads int
}

func (f *fakeSecrets) GetSecretValue(
	context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(f.text)}, f.err
}

func (f *fakeSecrets) set(text string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text, f.err = text, err
}

func (f *fakeSecrets) wantReads(t *testing.T, want int) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reads != want {
		t.Fatalf("the secret was read %d times, want %d", f.reads, want)
	}
}

type fakeClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// lines are the JSON lines that have the field.
func (s *syncBuffer) lines(t *testing.T, field string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for text := range strings.Lines(s.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("the output line %q is not JSON: %v", text, err)
		}
		if line[field] != nil {
			found = append(found, line)
		}
	}
	return found
}

var testCertificate, testRoots = makeCertificate()

func makeCertificate() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
