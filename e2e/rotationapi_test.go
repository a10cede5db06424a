package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

const tokenSecretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:auth-token-AbCdEf"

// rotationAPI serves the three AWS APIs that the rotator calls, and cuts it off when it is told to.
type rotationAPI struct {
	URL               string
	Group             *groupAPI
	Token, Connection *rotatedSecret

	tester *lambda.Function

	mu    sync.Mutex
	calls int
	made  []string // passwords
	cut   *cut
}

// cut is one planned end of the function.
type cut struct {
	call        int // counted from the plan on
	takesEffect bool
	kill        func()
}

// startRotationAPI serves until the test ends.
func startRotationAPI(t testing.TB, group *groupAPI, token, connection *rotatedSecret, tester *lambda.Function) *rotationAPI {
	t.Helper()
	api := &rotationAPI{Group: group, Token: token, Connection: connection, tester: tester}
	server := httptest.NewServer(http.HandlerFunc(api.serve))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	api.URL = server.URL
	return api
}

// CutAt plans to kill the function at its n-th call from now on, before the call takes effect or just after.
func (api *rotationAPI) CutAt(n int, takesEffect bool, kill func()) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.calls, api.cut = 0, &cut{n, takesEffect, kill}
}

// Spare takes a plan back, and tells whether there was one left.
func (api *rotationAPI) Spare() bool {
	api.mu.Lock()
	defer api.mu.Unlock()
	planned := api.cut != nil
	api.cut = nil
	return planned
}

// Made are the tokens that GetRandomPassword has made.
func (api *rotationAPI) Made() []string {
	api.mu.Lock()
	defer api.mu.Unlock()
	return append([]string{}, api.made...)
}

func (api *rotationAPI) due() *cut {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.calls++
	if api.cut == nil || api.calls < api.cut.call {
		return nil
	}
	due := api.cut
	api.cut = nil
	return due
}

func (api *rotationAPI) serve(w http.ResponseWriter, r *http.Request) {
	// The whole request is here before anything else happens, as at AWS.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	due := api.due()
	if due == nil {
		api.route(w, r)
		return
	}
	if due.takesEffect {
		api.route(httptest.NewRecorder(), r)
	}
	due.kill()
	panic(http.ErrAbortHandler)
}

func (api *rotationAPI) route(w http.ResponseWriter, r *http.Request) {
	switch operation, ofSecrets := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager."); {
	case ofSecrets:
		api.serveSecrets(w, r, operation)
	case strings.HasPrefix(r.URL.Path, "/2015-03-31/functions/tester/"):
		api.invokeTester(w, r)
	default:
		api.Group.serve(w, r)
	}
}

// invokeTester runs the tester as Lambda does: an error of the function is an answer with a header.
func (api *rotationAPI) invokeTester(w http.ResponseWriter, r *http.Request) {
	event, _ := io.ReadAll(r.Body)
	answer, _, err := api.tester.Call(json.RawMessage(event))
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer, _ = json.Marshal(map[string]string{"errorMessage": err.Error()})
	}
	_, _ = w.Write(answer)
}

func (api *rotationAPI) serveSecrets(w http.ResponseWriter, r *http.Request, operation string) {
	var request struct {
		SecretId, VersionId, VersionStage, ClientRequestToken, SecretString string
		MoveToVersionId, RemoveFromVersionId                                string
		VersionStages                                                       []string
		PasswordLength                                                      int
		ExcludePunctuation                                                  bool
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		lambda.Refuse(w, "InvalidRequestException", err.Error())
		return
	}
	secret := map[string]*rotatedSecret{tokenSecretARN: api.Token, lambda.ConnectionSecret: api.Connection}[request.SecretId]
	answer := map[string]any{"ARN": request.SecretId}
	err := errNotFound
	switch {
	case operation == "GetRandomPassword":
		answer["RandomPassword"], err = api.password(request.PasswordLength, request.ExcludePunctuation)
	case secret == nil:
	case operation == "DescribeSecret":
		answer["VersionIdsToStages"], err = secret.Stages(), nil
	case operation == "GetSecretValue":
		var found secretVersion
		answer["VersionId"], found, err = secret.find(request.VersionId, request.VersionStage)
		answer["SecretString"], answer["CreatedDate"] = found.value, float64(found.created.UnixMilli())/1000
	case operation == "PutSecretValue":
		stages := request.VersionStages
		if len(stages) == 0 {
			stages = []string{"AWSCURRENT"}
		}
		err = secret.Put(request.ClientRequestToken, request.SecretString, stages...)
	case operation == "UpdateSecretVersionStage":
		err = secret.MoveStage(request.VersionStage, request.RemoveFromVersionId, request.MoveToVersionId)
	default:
		lambda.Refuse(w, "UnknownOperationException", operation)
		return
	}
	if err != nil {
		lambda.Refuse(w, err.Error(), operation)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (api *rotationAPI) password(length int, excludePunctuation bool) (string, error) {
	made, err := deploy.TokenRule{PasswordLength: length, ExcludePunctuation: excludePunctuation}.Generate()
	api.mu.Lock()
	defer api.mu.Unlock()
	api.made = append(api.made, made)
	return made, err
}
