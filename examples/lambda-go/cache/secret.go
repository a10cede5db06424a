package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/singleflight"
)

// SecretReader is the one call of *secretsmanager.Client that the cache makes.
type SecretReader interface {
	GetSecretValue(
		context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

// secret is what an application needs to know of a cache. It is never changed once made: a renewed secret is another value.
type secret struct {
	host       string
	port       string
	readerHost string
	user       string
	token      string
}

// secretSource reads the secret when it is first needed and keeps it until a token is refused.
type secretSource struct {
	id       string
	reader   SecretReader
	interval time.Duration
	timeout  time.Duration
	now      func() time.Time
	flight   singleflight.Group

	mu      sync.Mutex
	current *secret
	tried   time.Time
	lastErr error
}

// get returns the secret that is held, reading it if there is none.
func (s *secretSource) get(ctx context.Context) (*secret, error) {
	if held := s.held(); held != nil {
		return held, nil
	}
	return s.renew(ctx, nil)
}

func (s *secretSource) held() *secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// renew replaces the secret whose token was refused. All callers share one read, and that read outlives the request that
// began it: the next request needs it as well.
func (s *secretSource) renew(ctx context.Context, refused *secret) (*secret, error) {
	result := s.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
		defer cancel()
		return s.read(ctx, refused)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*secret), nil
	}
}

func (s *secretSource) read(ctx context.Context, refused *secret) (*secret, error) {
	s.mu.Lock()
	if s.current != refused {
		defer s.mu.Unlock()
		return s.current, nil
	}
	if !s.tried.IsZero() && s.now().Sub(s.tried) < s.interval {
		defer s.mu.Unlock()
		if s.lastErr != nil {
			return nil, s.lastErr
		}
		return nil, fmt.Errorf("secret %q was read less than %s ago; it is not read again so soon", s.id, s.interval)
	}
	s.tried = s.now()
	s.mu.Unlock()

	fresh, err := s.fetch(ctx)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastErr = err
	if err != nil {
		return nil, err
	}
	s.current = fresh
	return fresh, nil
}

func (s *secretSource) fetch(ctx context.Context) (*secret, error) {
	if s.id == "" {
		return &secret{}, nil
	}
	if s.reader == nil {
		return nil, fmt.Errorf("secret %q cannot be read: Options.Secrets is nil; set it to a *secretsmanager.Client", s.id)
	}
	out, err := s.reader.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(s.id)})
	if err != nil {
		return nil, fmt.Errorf("secret %q cannot be read: %w", s.id, err)
	}
	fresh, err := parseSecret(aws.ToString(out.SecretString))
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", s.id, err)
	}
	return fresh, nil
}

// parseSecret names what is wrong without quoting any of it: a decoder's own message may contain the token.
func parseSecret(text string) (*secret, error) {
	var fields struct {
		Host       string `json:"host"`
		Port       int    `json:"port"`
		AuthToken  string `json:"auth_token"`
		ReaderHost string `json:"reader_host"`
		Username   string `json:"username"`
	}
	if json.Unmarshal([]byte(text), &fields) != nil {
		return nil, errors.New(`not of the form {"host": string, "port": number, "auth_token": string, ` +
			`"reader_host": string, "username": string}`)
	}
	if fields.AuthToken == "" {
		return nil, errors.New(`auth_token is missing; a cache without a password needs no secret: leave Options.SecretID empty`)
	}
	parsed := &secret{host: fields.Host, readerHost: fields.ReaderHost, user: fields.Username, token: fields.AuthToken}
	if fields.Port != 0 {
		parsed.port = strconv.Itoa(fields.Port)
	}
	return parsed, nil
}
