package e2e

import (
	"context"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// rotationGrace is what the rotator leaves applications that have read the old token. It is far more than a login takes.
const rotationGrace = time.Second

// rotationFunction is one of the two functions, which run as they are.
func rotationFunction(name string) lambda.Handler {
	return lambda.Python(name, engines.Path("constructs/rediscache/rotation"), name+".handler")
}

// rotationStage is a server from the template, its secrets, and Secrets Manager, which has the rotator called.
type rotationStage struct {
	*deploy.Cache
	API   *rotationAPI
	Admin *redis.Client // with a login of its own, beside the token's
	Port  int

	rotator *lambda.Function
}

// newRotation starts the server and both functions.
func newRotation(t testing.TB, engine engines.Engine) *rotationStage {
	t.Helper()
	cache := deploy.NewCache(t, engine)
	const admin, password = "drill", "drill-of-the-rotation"
	server := cache.Start(t, "user "+admin+" on ~* &* +@all >"+password)
	options := cache.Options(server.Addr())
	options.Username, options.Password = admin, password
	r := &rotationStage{Cache: cache, Admin: engines.Dial(t, options), Port: server.Port}
	value := engines.Must(json.Marshal(map[string]string{"auth_token": cache.Token}))(t)
	connection := engines.Must(cache.Template.ConnectionSecret(cache.Token, deploy.Local(server.Port)))(t)
	tester := rotationFunction("tester").Start(t, lambda.Env{"SSL_CERT_FILE": cache.Authority.CAFile})
	group := newGroupAPI(r.Admin, cache.Token)
	r.API = startRotationAPI(t, group, newRotatedSecret(string(value)), newRotatedSecret(connection), tester)
	r.rotator = rotationFunction("rotator").Start(t, lambda.Env{
		"REPLICATION_GROUP_ID":             groupID,
		"CONNECTION_SECRET":                lambda.ConnectionSecret,
		"TESTER":                           "tester",
		"GRACE_SECONDS":                    strconv.Itoa(int(rotationGrace.Seconds())),
		"AWS_ENDPOINT_URL_ELASTICACHE":     r.API.URL,
		"AWS_ENDPOINT_URL_LAMBDA":          r.API.URL,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": r.API.URL,
		"AWS_LAMBDA_FUNCTION_TIMEOUT":      "900",
		"PYTHONPATH":                       engines.Path("e2e/testdata/shortsleep"),
	})
	return r
}

// Step calls the rotator once, as Secrets Manager does.
func (r *rotationStage) Step(name, version string) error {
	_, _, err := r.rotator.Call(map[string]string{"Step": name, "SecretId": tokenSecretARN, "ClientRequestToken": version})
	return err
}

// Attempt begins a rotation, or takes one up that has not ended.
func (r *rotationStage) Attempt() error { return r.Run(r.API.Token.BeginRotation()) }

// Run goes through the steps for a version and stops at the first that fails.
func (r *rotationStage) Run(version string) error {
	for _, step := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		if err := r.Step(step, version); err != nil {
			return err
		}
	}
	return nil
}

// Rotate tries until a rotation ends: after the end of the function in a new environment, as Lambda does.
func (r *rotationStage) Rotate(t testing.TB) {
	t.Helper()
	for range 5 {
		err := r.Attempt()
		if err == nil {
			return
		}
		if !lambda.IsType(err, lambda.Crash) {
			t.Fatalf("the rotation fails: %v\n%s", err, engines.LastLines(r.rotator.Output(), 10))
		}
	}
	t.Fatal("five rotations were cut off")
}

// Tokens are all that there ever were, in their order.
func (r *rotationStage) Tokens() []string { return append([]string{r.Token}, r.API.Made()...) }

// CheckClean insists on one token everywhere: in both secrets, and as the only one that the server accepts.
func (r *rotationStage) CheckClean(t testing.TB) {
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
func (r *rotationStage) CheckSecrecy(t testing.TB) {
	t.Helper()
	log := r.API.tester.Output() + r.rotator.Output()
	for i, token := range r.Tokens() {
		if strings.Contains(log, token) {
			t.Errorf("token %d is in a log", i)
		}
	}
}

// login opens a connection of its own, as a client does that has nothing but the connection secret.
func (r *rotationStage) login(token string) error {
	options := r.Options(net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)))
	options.Password = token
	client := engines.NewClient(options)
	defer client.Close()
	return client.Set(context.Background(), "rotation", "drill", time.Minute).Err()
}
