package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// loginsTemplate synthesizes the app in logins, once a run.
var loginsTemplate = sync.OnceValues(func() (*deploy.Template, error) {
	assembly := engines.Path("e2e/out/logins")
	synth := exec.Command("go", "run", "./logins", assembly)
	synth.Env = append(os.Environ(), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	if out, err := synth.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", synth, err, out)
	}
	return deploy.Read(filepath.Join(assembly, "logins.template.json"))
})

// loginStage is a server, or a cluster, that has the users of the template of logins, with a gate before it for those with IAM.
type loginStage struct {
	*deploy.Cache
	Server *engines.Server // of a cluster its primary
	Admin  *redis.Client   // the drill's own user on Server
	Gate   *gate
	Users  map[string]deploy.User

	port      int               // where functions connect
	nodes     []*redis.Client   // Admin, and the same on the replica
	passwords map[string]string // of the users that have one
}

// newLoginStage starts one server and creates the users.
func newLoginStage(t testing.TB, engine engines.Engine) *loginStage {
	t.Helper()
	l := &loginStage{Cache: deploy.NewCacheOf(t, engine, engines.Must(loginsTemplate())(t))}
	l.Users, l.passwords = engines.Must(l.Template.Users())(t), map[string]string{}
	l.Server = l.addNode(t)
	l.Admin = l.nodes[0]
	l.createUsers(t)
	l.Gate = startGate(t, l.Cache, l.Template.ReplicationGroupID, l.Server, l.Admin)
	l.port = l.Gate.Port
	return l
}

// newLoginCluster starts a cluster of one shard with a replica instead, without a gate.
func newLoginCluster(t testing.TB, engine engines.Engine) *loginStage {
	t.Helper()
	l := &loginStage{Cache: deploy.NewCacheOf(t, engine, engines.Must(loginsTemplate())(t))}
	l.Users, l.passwords = engines.Must(l.Template.Users())(t), map[string]string{}
	clustered := []string{"cluster-enabled yes", "tls-cluster yes", engines.SyncAtOnce}
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
	primary := engines.Must(l.Admin.ClusterMyID(ctx).Result())(t)
	engines.WaitFor(t, "the second node knows the first", func() bool { return l.nodes[1].ClusterReplicate(ctx, primary).Err() == nil })
	engines.WaitFor(t, "the cluster serves all slots with a replica", func() bool {
		shards := l.nodes[1].ClusterShards(ctx).Val()
		return len(shards) == 1 && len(shards[0].Nodes) == 2 && engines.InfoField(t, l.nodes[1], "replication", "master_link_status") == "up"
	})
	l.createUsers(t)
	return l
}

// addNode starts a server that has the drill's own user.
func (l *loginStage) addNode(t testing.TB, extra ...string) *engines.Server {
	t.Helper()
	const admin, password = "drill", "drill-of-the-logins"
	extra = append(extra, "user "+admin+" on ~* &* +@all >"+password, "masteruser "+admin, "masterauth "+password)
	server := l.Start(t, extra...)
	options := l.Options(server.Addr())
	options.Username, options.Password = admin, password
	l.nodes = append(l.nodes, engines.Dial(t, options))
	return server
}

func (l *loginStage) createUsers(t testing.TB) {
	t.Helper()
	for name, user := range l.Users {
		if user.Password != nil {
			l.passwords[name] = engines.Must(user.Password.Generate())(t)
		}
		l.SetUser(t, name, user)
	}
}

// SetUser puts the user's access string into the server.
func (l *loginStage) SetUser(t testing.TB, name string, user deploy.User) {
	t.Helper()
	command := []any{"ACL", "SETUSER", name}
	for _, rule := range user.Rules(l.passwords[name]) {
		command = append(command, rule)
	}
	for _, node := range l.nodes {
		if err := node.Do(context.Background(), command...).Err(); err != nil {
			t.Fatalf("%s: %q: %v", name, user.AccessString, err)
		}
	}
}

// Env is the configuration of the template's function of this name.
func (l *loginStage) Env(t testing.TB, function string) lambda.Env {
	t.Helper()
	variables, secret, err := l.Template.Environment(function, l.passwords, deploy.Local(l.port))
	if err != nil {
		t.Fatal(err)
	}
	secrets := lambda.StartSecrets(t, func() string { return secret })
	env := lambda.DatabaseEnv(t).With(variables).With(lambda.Env{
		"REDIS_PORT":                       strconv.Itoa(l.port),
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets.URL,
		"SSL_CERT_FILE":                    l.Authority.CAFile,
	})
	if secret != "" {
		env["REDIS_AUTH_SECRET"] = lambda.ConnectionSecret
	}
	return env
}

// Store has an answer put into the cache by a function that may.
func (l *loginStage) Store(t testing.TB, q lambda.Query) {
	t.Helper()
	lambda.Ask(t, lambda.Handlers[0].Start(t, l.Env(t, "shared")), q, lambda.FromDatabase)
}

// Clear empties the cache and the log of what users were denied.
func (l *loginStage) Clear(t testing.TB) {
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
func (l *loginStage) Denied(t testing.TB) (denied []string) {
	t.Helper()
	for _, node := range l.nodes {
		for _, entry := range engines.Must(node.ACLLog(context.Background(), 100).Result())(t) {
			denied = append(denied, entry.Reason+" "+entry.Object)
		}
	}
	slices.Sort(denied)
	return slices.Compact(denied)
}
