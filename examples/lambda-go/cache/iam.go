package cache

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	// iamTokenSeconds is how long ElastiCache accepts a token, at most 900. An established connection outlives it.
	iamTokenSeconds = "900"
	// emptyBodySHA256 is the SHA-256 of no bytes: the presigned request has no body.
	emptyBodySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// iamSigner makes the passwords of a user with IAM authentication. Signing needs no network.
type iamSigner struct {
	cacheName   string
	user        string
	serverless  bool
	region      string
	credentials aws.CredentialsProvider
	now         func() time.Time
}

// token is a presigned request to connect, without its scheme, as ElastiCache expects it in the password.
func (s iamSigner) token(ctx context.Context) (string, error) {
	query := url.Values{"Action": {"connect"}, "User": {s.user}, "X-Amz-Expires": {iamTokenSeconds}}
	if s.serverless {
		query.Set("ResourceType", "ServerlessCache")
	}
	// The host is the name of the cache and not its endpoint. ElastiCache keeps names in lower case.
	target := url.URL{Scheme: "http", Host: strings.ToLower(s.cacheName), Path: "/", RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return "", err
	}
	credentials, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, credentials, request, emptyBodySHA256, "elasticache", s.region, s.now())
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(signed, "http://"), nil
}

// newIAMSigner lists everything that is missing.
func newIAMSigner(opts Options, now func() time.Time) (iamSigner, error) {
	var problems []string
	require := func(present bool, problem, remedy string) {
		if !present {
			problems = append(problems, problem+"; "+remedy)
		}
	}
	variable := func(name string) string { return opts.EnvironmentPrefix + "_" + name }
	require(opts.User != "", variable("USER")+" is empty", "set it to the user to log in as")
	require(opts.CacheName != "", variable("CACHE_NAME")+" is empty",
		"set it to the id of the replication group for IAM, or set "+variable("AUTH_SECRET")+" to log in with a password")
	require(opts.Credentials != nil, "Options.Credentials is nil", "set it to the Credentials of an aws.Config")
	require(opts.Region != "", "Options.Region is empty", "set it to the Region of an aws.Config, or set AWS_REGION")
	if problems != nil {
		return iamSigner{}, errors.New(strings.Join(problems, ". "))
	}
	return iamSigner{
		cacheName: opts.CacheName, user: opts.User, serverless: opts.Serverless, region: opts.Region,
		credentials: opts.Credentials, now: now,
	}, nil
}
