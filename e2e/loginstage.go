package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// loginsTemplate synthesizes the app in logins, once a run.
var loginsTemplate = sync.OnceValues(func() (*Template, error) {
	assembly := filepath.Join(buildDir, "logins")
	synth := exec.Command("go", "run", "./logins", assembly)
	synth.Env = append(os.Environ(), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	if out, err := synth.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", synth, err, out)
	}
	data, err := os.ReadFile(filepath.Join(assembly, "logins.template.json"))
	if err != nil {
		return nil, err
	}
	return parseTemplate(data)
})

// LoginStage is a server that has the users of the template of logins, with a gate before it for those with IAM.
type LoginStage struct {
	*Cache
	Database *Database
	Server   *Server
	Admin    *redis.Client // the drill's own user
	Gate     *Gate
	Users    map[string]User

	passwords map[string]string // of the users that have one
}

// NewLoginStage starts the server and creates the users.
func NewLoginStage(t testing.TB, engine Engine) *LoginStage {
	t.Helper()
	const admin = "drill"
	cache := newCache(t, engine, must(loginsTemplate())(t))
	password := must(TokenRule{ExcludePunctuation: true}.Generate())(t)
	server := cache.Start(t, "user "+admin+" on ~* &* +@all >"+password)
	options := cache.Options(server.Addr())
	options.Username, options.Password = admin, password
	l := &LoginStage{
		Cache: cache, Database: StartDatabase(t), Server: server, Admin: dial(t, options),
		Users: must(cache.Template.Users())(t), passwords: map[string]string{},
	}
	for name, user := range l.Users {
		if user.passwordSecretID != "" {
			rule := must(cache.Template.generatedSecret(user.passwordSecretID))(t)
			l.passwords[name] = must(rule.Generate())(t)
		}
		l.SetUser(t, name, user)
	}
	l.Gate = StartGate(t, cache, must(cache.Template.GroupID())(t), server, l.Admin)
	return l
}

// SetUser puts the user's access string into the server.
func (l *LoginStage) SetUser(t testing.TB, name string, user User) {
	t.Helper()
	command := []any{"ACL", "SETUSER", name}
	for _, rule := range user.rules(l.passwords[name]) {
		command = append(command, rule)
	}
	if err := l.Admin.Do(context.Background(), command...).Err(); err != nil {
		t.Fatalf("%s: %q: %v", name, user.AccessString, err)
	}
}

// Env is the configuration of the template's function of this name.
func (l *LoginStage) Env(t testing.TB, function string) Env {
	t.Helper()
	env := must(l.Template.FunctionEnvironment(function, "127.0.0.1", readerHost))(t)
	if secret := env["REDIS_AUTH_SECRET"]; secret != "" {
		value := l.connectionSecret(t, strings.Trim(secret, "[]"), env["REDIS_USER"])
		env = env.With(Env{"REDIS_AUTH_SECRET": secretARN, "AWS_ENDPOINT_URL_SECRETS_MANAGER": StartSecrets(t, value).URL})
	}
	return env.With(Env{
		"REDIS_PORT":                strconv.Itoa(l.Gate.Port),
		"TABLE_NAME":                tableName,
		"AWS_ENDPOINT_URL_DYNAMODB": l.Database.URL,
		"SSL_CERT_FILE":             l.Authority.CAFile,
	})
}

func (l *LoginStage) connectionSecret(t testing.TB, id, user string) string {
	t.Helper()
	var secret struct{ SecretString any }
	if err := json.Unmarshal(l.Template.resources[id].Properties, &secret); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	passwordID := l.Users[user].passwordSecretID
	return must(l.Template.resolveConnection(secret.SecretString, passwordID, l.passwords[user], "127.0.0.1", readerHost, l.Gate.Port))(t)
}

// Store puts an answer into the cache, as another function would.
func (l *LoginStage) Store(t testing.TB, q Query) {
	t.Helper()
	answer := q.Right(fromDatabase)
	value := fmt.Sprintf(`{"events":%d,"revenueCents":%d}`, answer.Events, answer.RevenueCents)
	if err := l.Admin.Set(context.Background(), q.Key(), value, time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
}

// Clear empties the cache and the log of what users were denied.
func (l *LoginStage) Clear(t testing.TB) {
	t.Helper()
	for _, command := range [][]any{{"FLUSHALL"}, {"ACL", "LOG", "RESET"}} {
		if err := l.Admin.Do(context.Background(), command...).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// Denied are the commands and keys that users were denied since Clear, each once.
func (l *LoginStage) Denied(t testing.TB) (denied []string) {
	t.Helper()
	for _, entry := range must(l.Admin.ACLLog(context.Background(), 100).Result())(t) {
		denied = append(denied, entry.Reason+" "+entry.Object)
	}
	slices.Sort(denied)
	return slices.Compact(denied)
}
