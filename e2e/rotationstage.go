package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// rotationFolder holds the two functions, which run as they are.
const rotationFolder = "../constructs/rediscache/rotation"

// rotationGrace is what the rotator leaves applications that have read the old token. It is far more than a login takes.
const rotationGrace = time.Second

// rotationTimeout is the longest that Lambda has.
const rotationTimeout = 15 * time.Minute

// rotationFunction is one of the two functions.
func rotationFunction(name string) Handler {
	return Handler{Name: name, command: pythonFunction(rotationFolder, name)}
}

// Rotation is a server from the template, its secrets, and Secrets Manager, which has the rotator called.
type Rotation struct {
	*Cache
	API   *RotationAPI
	Admin *redis.Client // with a login of its own, beside the token's
	Port  int

	rotator *Function
	env     Env
	killed  []*Function // rotators before this one
}

// NewRotation starts the server and both functions.
func NewRotation(t testing.TB, engine Engine) *Rotation {
	t.Helper()
	cache := NewCache(t, engine)
	const admin, password = "drill", "drill-of-the-rotation"
	server := cache.Start(t, "user "+admin+" on ~* &* +@all >"+password)
	options := cache.Options(server.Addr())
	options.Username, options.Password = admin, password
	r := &Rotation{Cache: cache, Admin: dial(t, options), Port: server.Port}
	value := must(json.Marshal(map[string]string{cache.Template.Token.Key: cache.Token}))(t)
	connection := must(cache.Template.ConnectionSecret(cache.Token, "127.0.0.1", readerHost, server.Port))(t)
	tester := rotationFunction("tester").Start(t, Env{"SSL_CERT_FILE": cache.Authority.CAFile})
	group := NewGroupAPI(r.Admin, cache.Token)
	r.API = StartRotationAPI(t, group, NewRotatedSecret(string(value)), NewRotatedSecret(connection), tester)
	r.env = Env{
		"REPLICATION_GROUP_ID":             groupID,
		"CONNECTION_SECRET":                secretARN,
		"TESTER":                           "tester",
		"GRACE_SECONDS":                    strconv.Itoa(int(rotationGrace.Seconds())),
		"AWS_ENDPOINT_URL_ELASTICACHE":     r.API.URL,
		"AWS_ENDPOINT_URL_LAMBDA":          r.API.URL,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": r.API.URL,
		"PYTHONPATH":                       must(filepath.Abs("testdata/shortsleep"))(t),
	}
	r.startRotator(t)
	return r
}

func (r *Rotation) startRotator(t testing.TB) {
	t.Helper()
	r.rotator = rotationFunction("rotator").Start(t, r.env)
	r.rotator.Timeout = rotationTimeout
}

// Step calls the rotator once, as Secrets Manager does.
func (r *Rotation) Step(name, version string) error {
	_, _, err := r.rotator.Call(map[string]string{"Step": name, "SecretId": tokenSecretARN, "ClientRequestToken": version})
	return err
}

// Attempt begins a rotation, or takes one up that has not ended.
func (r *Rotation) Attempt() error { return r.Run(r.API.Token.BeginRotation()) }

// Run goes through the steps for a version and stops at the first that fails.
func (r *Rotation) Run(version string) error {
	for _, step := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		if err := r.Step(step, version); err != nil {
			return err
		}
	}
	return nil
}

// Rotate tries until a rotation ends: after the end of the function in a new environment, as Lambda does.
func (r *Rotation) Rotate(t testing.TB) {
	t.Helper()
	for range 5 {
		err := r.Attempt()
		if err == nil {
			return
		}
		if !errors.Is(err, errGone) {
			t.Fatalf("the rotation fails: %v\n%s", err, lastLines(r.rotator.Output(), 10))
		}
		r.killed = append(r.killed, r.rotator)
		r.startRotator(t)
	}
	t.Fatal("five rotations were cut off")
}

// Tokens are all that there ever were, in their order.
func (r *Rotation) Tokens() []string { return append([]string{r.Token}, r.API.Made()...) }

// CheckClean insists on one token everywhere: in both secrets, and as the only one that the server accepts.
func (r *Rotation) CheckClean(t testing.TB) {
	t.Helper()
	current := r.API.Token.Token()
	if r.API.Connection.Token() != current {
		t.Error("the two secrets hold different tokens")
	}
	for i, token := range r.Tokens() {
		if err := r.login(token); (err == nil) != (token == current) {
			t.Errorf("token %d, current %v, at the server: %v", i, token == current, err)
		}
	}
}

// CheckSecrecy looks for tokens in what the functions have logged.
func (r *Rotation) CheckSecrecy(t testing.TB) {
	t.Helper()
	log := r.API.tester.Output()
	for _, rotator := range append(r.killed, r.rotator) {
		log += rotator.Output()
	}
	for i, token := range r.Tokens() {
		if strings.Contains(log, token) {
			t.Errorf("token %d is in a log", i)
		}
	}
}

// login opens a connection of its own, as a client does that has nothing but the connection secret.
func (r *Rotation) login(token string) error {
	options := r.Options(net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)))
	options.Password = token
	client := newClient(options)
	defer client.Close()
	return client.Set(context.Background(), "rotation", "drill", time.Minute).Err()
}
