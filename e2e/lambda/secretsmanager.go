package lambda

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
)

// The secrets of every function.
const (
	ConnectionSecret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:connection-AbCdEf"
	DatabaseSecret   = "arn:aws:secretsmanager:us-east-1:123456789012:secret:database-AbCdEf"
)

// Secrets is Secrets Manager with the connection secret of the cache and the secret of the database in it.
type Secrets struct {
	URL string

	mu         sync.Mutex
	connection func() string
	failure    http.HandlerFunc
	reads      int
}

// StartSecrets serves GetSecretValue. The connection secret is asked for at each read, as somebody else may change it.
func StartSecrets(t testing.TB, connection func() string) *Secrets {
	t.Helper()
	s := &Secrets{connection: connection}
	database := StartDatabase(t).secret()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		var request struct{ SecretId string }
		_ = json.NewDecoder(r.Body).Decode(&request)
		value := database
		switch target := r.Header.Get("X-Amz-Target"); {
		case target != "secretsmanager.GetSecretValue":
			Refuse(w, "UnknownOperationException", target)
			return
		case request.SecretId == ConnectionSecret:
			read, failure := s.read()
			if failure != nil {
				failure(w, r)
				return
			}
			value = read()
		case request.SecretId != DatabaseSecret:
			Refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ARN": request.SecretId, "Name": "secret", "SecretString": value})
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	s.URL = server.URL
	return s
}

// TokenEnv is the configuration of a function that is connected to a cache with a token.
func TokenEnv(t testing.TB, port int, secrets *Secrets, caFile string) Env {
	t.Helper()
	return DatabaseEnv(t).With(Env{
		"REDIS_HOST":                       "127.0.0.1",
		"REDIS_PORT":                       strconv.Itoa(port),
		"REDIS_AUTH_SECRET":                ConnectionSecret,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets.URL,
		"SSL_CERT_FILE":                    caFile,
	})
}

// Refuse is an error of AWS's JSON protocols.
func Refuse(w http.ResponseWriter, kind, message string) {
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": message})
}

func (s *Secrets) read() (value func() string, failure http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.connection, s.failure
}

// Put stores a new connection secret.
func (s *Secrets) Put(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connection = func() string { return value }
}

// Fail has reads of the connection secret fail in some way.
func (s *Secrets) Fail(failure http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = failure
}

// Reads counts how often the connection secret was read.
func (s *Secrets) Reads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}
