package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

const secretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:connection-AbCdEf"

// Secrets is Secrets Manager with the connection secret in it.
type Secrets struct {
	URL string

	mu      sync.Mutex
	current func() string
	reads   int
}

// StartSecrets serves GetSecretValue of a secret that changes when Put is called.
func StartSecrets(t testing.TB, value string) *Secrets {
	t.Helper()
	return StartSecretsOf(t, func() string { return value })
}

// StartSecretsOf serves GetSecretValue of a secret that somebody else changes.
func StartSecretsOf(t testing.TB, current func() string) *Secrets {
	t.Helper()
	s := &Secrets{current: current}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		var request struct{ SecretId string }
		_ = json.NewDecoder(r.Body).Decode(&request)
		target := r.Header.Get("X-Amz-Target")
		switch {
		case target != "secretsmanager.GetSecretValue":
			refuse(w, "UnknownOperationException", target)
		case request.SecretId != secretARN:
			refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		default:
			_ = json.NewEncoder(w).Encode(map[string]any{"ARN": secretARN, "Name": "connection", "SecretString": s.read()})
		}
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *Secrets) read() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.current()
}

// Put stores a new value.
func (s *Secrets) Put(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = func() string { return value }
}

// Reads counts how often the secret was read.
func (s *Secrets) Reads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}
