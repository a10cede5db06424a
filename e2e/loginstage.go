package e2e

import (
	"context"
	"encoding/json"
	"errors"
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

// LoginStage is a server, or a cluster, that has the users of the template of logins, with a gate before it for those with IAM.
type LoginStage struct {
	*Cache
	Database *Database
	Server   *Server       // of a cluster its primary
	Admin    *redis.Client // the drill's own user on Server
	Gate     *Gate
	Users    map[string]User

	port      int               // where functions connect
	nodes     []*redis.Client   // Admin, and the same on the replica
	passwords map[string]string // of the users that have one
}

// NewLoginStage starts one server and creates the users.
func NewLoginStage(t testing.TB, engine Engine) *LoginStage {
	t.Helper()
	l := &LoginStage{Cache: newCache(t, engine, must(loginsTemplate())(t)), Database: StartDatabase(t)}
	l.Users, l.passwords = must(l.Template.Users())(t), map[string]string{}
	l.Server = l.addNode(t)
	l.Admin = l.nodes[0]
	l.createUsers(t)
	l.Gate = StartGate(t, l.Cache, must(l.Template.GroupID())(t), l.Server, l.Admin)
	l.port = l.Gate.Port
	return l
}

// NewLoginCluster starts a cluster of one shard with a replica instead, without a gate.
func NewLoginCluster(t testing.TB, engine Engine) *LoginStage {
	t.Helper()
	l := &LoginStage{Cache: newCache(t, engine, must(loginsTemplate())(t)), Database: StartDatabase(t)}
	l.Users, l.passwords = must(l.Template.Users())(t), map[string]string{}
	clustered := []string{"cluster-enabled yes", "tls-cluster yes", syncAtOnce}
	l.Server = l.addNode(t, clustered...)
	l.Admin, l.port = l.nodes[0], l.Server.Port
	l.addNode(t, clustered...)
	ctx := context.Background()
	for _, err := range []error{
		l.Admin.ClusterAddSlotsRange(ctx, 0, 16383).Err(),
		l.nodes[1].ClusterMeet(ctx, "127.0.0.1", strconv.Itoa(l.Server.Port)).Err(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	primary := must(l.Admin.ClusterMyID(ctx).Result())(t)
	waitFor(t, "the second node knows the first", func() bool { return l.nodes[1].ClusterReplicate(ctx, primary).Err() == nil })
	waitFor(t, "the cluster serves all slots with a replica", func() bool {
		shards := l.nodes[1].ClusterShards(ctx).Val()
		return len(shards) == 1 && len(shards[0].Nodes) == 2 && infoField(t, l.nodes[1], "replication", "master_link_status") == "up"
	})
	l.createUsers(t)
	return l
}

// addNode starts a server that has the drill's own user.
func (l *LoginStage) addNode(t testing.TB, extra ...string) *Server {
	t.Helper()
	const admin, password = "drill", "drill-of-the-logins"
	extra = append(extra, "user "+admin+" on ~* &* +@all >"+password, "masteruser "+admin, "masterauth "+password)
	server := l.Start(t, extra...)
	options := l.Options(server.Addr())
	options.Username, options.Password = admin, password
	l.nodes = append(l.nodes, dial(t, options))
	return server
}

func (l *LoginStage) createUsers(t testing.TB) {
	t.Helper()
	for name, user := range l.Users {
		if user.passwordSecretID != "" {
			rule := must(l.Template.generatedSecret(user.passwordSecretID))(t)
			l.passwords[name] = must(rule.Generate())(t)
		}
		l.SetUser(t, name, user)
	}
}

// SetUser puts the user's access string into the server.
func (l *LoginStage) SetUser(t testing.TB, name string, user User) {
	t.Helper()
	command := []any{"ACL", "SETUSER", name}
	for _, rule := range user.rules(l.passwords[name]) {
		command = append(command, rule)
	}
	for _, node := range l.nodes {
		if err := node.Do(context.Background(), command...).Err(); err != nil {
			t.Fatalf("%s: %q: %v", name, user.AccessString, err)
		}
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
		"REDIS_PORT":                strconv.Itoa(l.port),
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
	return must(l.Template.resolveConnection(secret.SecretString, passwordID, l.passwords[user], "127.0.0.1", readerHost, l.port))(t)
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
	errs := []error{l.Admin.FlushAll(context.Background()).Err()}
	for _, node := range l.nodes {
		errs = append(errs, node.Do(context.Background(), "ACL", "LOG", "RESET").Err())
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// Denied are the commands and keys that users were denied since Clear, each once.
func (l *LoginStage) Denied(t testing.TB) (denied []string) {
	t.Helper()
	for _, node := range l.nodes {
		for _, entry := range must(node.ACLLog(context.Background(), 100).Result())(t) {
			denied = append(denied, entry.Reason+" "+entry.Object)
		}
	}
	slices.Sort(denied)
	return slices.Compact(denied)
}
