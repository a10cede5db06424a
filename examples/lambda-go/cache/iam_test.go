package cache

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sessionToken = "IQoJb3JpZ2luX2VjEXAMPLE/token+with=signs=="

// testCredentials are the example keys of AWS's documentation.
func testCredentials(sessionToken string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: sessionToken,
		}, nil
	})
}

// The expected tokens were computed by botocore 1.44.8 (SigV4QueryAuth) and by a program written from AWS's description of
// Signature Version 4 with nothing but HMAC and SHA-256; both gave the same signatures. The parameters are in the order of the
// description, which is the order of the Go SDK.
func TestAnIAMTokenIsTheOneThatOtherSignersMake(t *testing.T) {
	const (
		scope     = "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-central-1%2Felasticache%2Faws4_request"
		lifetime  = "&X-Amz-Date=20261122T120000Z&X-Amz-Expires=900"
		session   = "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2Ftoken%2Bwith%3Dsigns%3D%3D"
		signature = "&X-Amz-SignedHeaders=host&X-Amz-Signature="
	)
	for _, c := range []struct {
		name         string
		cacheName    string
		serverless   bool
		sessionToken string
		want         string
	}{
		{"for a replication group, with credentials of a user", "Prod-Redis", false, "",
			"prod-redis/?Action=connect&User=prod-app" + scope + lifetime + signature +
				"6707fc47aa4b06ba2fad6756f2a06b28e16b183430118d23a71e5a8226750bae"},
		{"for a replication group, with credentials of a role", "Prod-Redis", false, sessionToken,
			"prod-redis/?Action=connect&User=prod-app" + scope + lifetime + session + signature +
				"69292f5e0b8c13c5643628bc471e126dca05d680a864593d02a21f068937c953"},
		{"for a serverless cache, with credentials of a role", "prod-serverless", true, sessionToken,
			"prod-serverless/?Action=connect&ResourceType=ServerlessCache&User=prod-app" + scope + lifetime + session + signature +
				"5db95c0e96e17aaf364f8805f9e769a1aa0f1e1bb203b48eeec1e6ea8438cd3e"},
	} {
		t.Run(c.name, func(t *testing.T) {
			signer, err := newIAMSigner(Options{
				User: "prod-app", CacheName: c.cacheName, Serverless: c.serverless, Region: "eu-central-1",
				Credentials: testCredentials(c.sessionToken),
			}, func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) })
			require.NoError(t, err)
			got, err := signer.token(context.Background())
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

// iam logs in as prod-app instead of with the secret.
func iam(o *Options) {
	o.SecretID, o.Secrets = "", nil
	o.User, o.CacheName, o.Region, o.Credentials = "prod-app", "prod-redis", "eu-central-1", testCredentials(sessionToken)
}

// requireToken makes the server accept prod-app with the token that is signed now, and nobody else.
func (f *fixture) requireToken(t *testing.T) string {
	t.Helper()
	signer, err := newIAMSigner(f.opts, f.clock.now)
	require.NoError(t, err)
	signed, err := signer.token(context.Background())
	require.NoError(t, err)
	f.redis.RequireUserAuth("prod-app", signed)
	return signed
}

func TestEachConnectionSignsATokenOfItsOwn(t *testing.T) {
	f := newFixture(t, iam)
	first := f.requireToken(t)
	f.wantSource(t, "k", FromDatabase)
	f.wantSource(t, "k", FromCache)

	f.clock.advance(time.Hour) // the first token has expired, its connection lives on
	second := f.requireToken(t)
	require.NotEqual(t, first, second)
	f.wantSource(t, "k", FromCache)
	assert.EqualValues(t, 1, f.redis.Server().TotalConnections(), "connections before the first one dies")

	hook(f.redis, "GET", once(func(p *server.Peer) { p.Close() }))
	f.wantSource(t, "k", FromCache)
	assert.EqualValues(t, 2, f.redis.Server().TotalConnections(), "connections after the first one died")
	assert.Zero(t, f.metric(t, "CacheFailure"))
}

func TestAnIAMLoginThatFailsCostsTheCacheOnly(t *testing.T) {
	for _, c := range []struct {
		name      string
		options   func(*Options)
		reason    string
		inMessage []string
	}{
		{"the token is refused", func(*Options) {}, ReasonAuth, nil},
		{"the credentials are not to be had", func(o *Options) {
			o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New("no role")
			})
		}, ReasonIAM, []string{"no role"}},
		{"the name of the cache is missing", func(o *Options) { o.CacheName = "" }, ReasonIAM,
			[]string{"REDIS_CACHE_NAME is empty; set it to the id of the replication group for IAM, or set REDIS_AUTH_SECRET"}},
		{"the user is missing, under another prefix", func(o *Options) { o.User, o.EnvironmentPrefix = "", "SESSIONS" }, ReasonIAM,
			[]string{"SESSIONS_USER is empty; set it to the user to log in as"}},
		{"region and credentials are missing", func(o *Options) { o.Region, o.Credentials = "", nil }, ReasonIAM,
			[]string{"Options.Region is empty; set it", "Options.Credentials is nil; set it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, iam, c.options)
			f.redis.RequireUserAuth("prod-app", "a token of another time")
			f.wantSource(t, "k", FromDatabase)
			f.wantReason(t, "GET", "primary", c.reason)
			for _, part := range c.inMessage {
				assert.Contains(t, f.output.lines(t, "msg")[0]["error"], part)
			}
		})
	}
}

func TestAnIAMTokenQuotedByTheServerIsNotLogged(t *testing.T) {
	f := newFixture(t, iam)
	signed := f.requireToken(t)
	hook(f.redis, "GET", func(p *server.Peer) bool { p.WriteError("ERR something about " + signed); return true })
	f.wantSource(t, "k", FromDatabase)
	f.wantReason(t, "GET", "primary", ReasonServer)
	assert.NotContains(t, f.output.String(), "X-Amz-")
}
