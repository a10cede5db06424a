package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// invokeTimeout is the timeout of the example functions: an invocation that takes longer has failed.
const invokeTimeout = 10 * time.Second

// RuntimeAPI is Lambda's side of one execution environment: it hands out one event at a time and takes the reply.
type RuntimeAPI struct {
	Addr    string        // for AWS_LAMBDA_RUNTIME_API
	Timeout time.Duration // of an invocation, default invokeTimeout

	events  chan *invocation
	closing chan struct{}

	mu      sync.Mutex
	count   int
	pending map[string]*invocation
	failed  string // the runtime could not even start
}

type invocation struct {
	event []byte
	reply chan reply
	begun time.Time // when the handler took the event
}

type reply struct {
	body []byte
	err  error
	took time.Duration
}

// StartRuntimeAPI serves the Lambda Runtime API for one handler process.
func StartRuntimeAPI(t testing.TB) *RuntimeAPI {
	t.Helper()
	api := &RuntimeAPI{Timeout: invokeTimeout, events: make(chan *invocation), closing: make(chan struct{}), pending: map[string]*invocation{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", api.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		api.finish(r.PathValue("id"), body, err)
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		api.finish(r.PathValue("id"), nil, fmt.Errorf("the function failed: %s", body))
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		api.mu.Lock()
		api.failed = string(body)
		api.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		close(api.closing)
		server.CloseClientConnections()
		server.Close()
	})
	api.Addr = strings.TrimPrefix(server.URL, "http://")
	return api
}

func (api *RuntimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case next := <-api.events:
		api.mu.Lock()
		api.count++
		id := strconv.Itoa(api.count)
		api.pending[id] = next
		next.begun = time.Now()
		api.mu.Unlock()
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(api.Timeout).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:analytics")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(next.event)
	case <-r.Context().Done():
	case <-api.closing:
	}
}

func (api *RuntimeAPI) finish(id string, body []byte, err error) {
	api.mu.Lock()
	done := api.pending[id]
	delete(api.pending, id)
	api.mu.Unlock()
	if done != nil {
		done.reply <- reply{body, err, time.Since(done.begun)}
	}
}

// Invoke sends one event and waits for the answer. took is the time in the handler, without the wait for it.
func (api *RuntimeAPI) Invoke(event any) (answer Answer, took time.Duration, err error) {
	body, took, err := api.call(event, nil)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	return answer, took, err
}

// call is Invoke with the answer as it came, and ends early when the function is gone.
func (api *RuntimeAPI) call(event any, gone <-chan struct{}) (body []byte, took time.Duration, err error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return nil, 0, err
	}
	i := &invocation{event: payload, reply: make(chan reply, 1)}
	timeout := time.NewTimer(api.Timeout + 5*time.Second)
	defer timeout.Stop()
	select {
	case api.events <- i:
	case <-gone:
		return nil, 0, errGone
	case <-timeout.C:
		api.mu.Lock()
		defer api.mu.Unlock()
		return nil, 0, fmt.Errorf("the function does not ask for events; %s", api.failed)
	}
	select {
	case got := <-i.reply:
		return got.body, got.took, got.err
	case <-gone:
		return nil, 0, errGone
	case <-timeout.C:
		return nil, 0, errors.New("the function did not answer in time")
	}
}

var errGone = errors.New("the function's process has ended")
