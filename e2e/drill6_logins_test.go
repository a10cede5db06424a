package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// Drill 6: the users of a cache with IAM authentication, put into real engines as they stand in the template.

var (
	rowStrangers = table.Row("6 IAM and users", "Logins with missing or wrong credentials, refused")
	rowAccess    = table.Row("6 IAM and users", "Commands of users that are allowed or denied as their access strings say")
	rowsUsers    = table.Rows("6 IAM and users", "users whose functions had exactly their permitted access", "Go", "Python")
)

// The locked user named default is all that a client without a right login can be.
func TestDrill6NobodyGetsInWithoutALogin(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		l := newLoginStage(t, engine)
		attempts := []struct {
			name    string
			command []any
			want    string
		}{
			{"no login", []any{"PING"}, "NOAUTH"},
			{"a read without login", []any{"GET", "analytics:v2:customer-01"}, "NOAUTH"},
			{"default without a password", []any{"AUTH", "default", ""}, "WRONGPASS"},
			{"default with a password", []any{"AUTH", "default", "anything"}, "WRONGPASS"},
			{"a token of an AUTH login", []any{"AUTH", strings.Repeat("a", 32)}, "ERR AUTH <password> called without any password"},
			{"the id of default's user", []any{"AUTH", l.Users["default"].UserID, ""}, "WRONGPASS"},
			{"an IAM user without a password", []any{"AUTH", "drill-app", ""}, "WRONGPASS"},
			{"an IAM user with a password", []any{"AUTH", "drill-app", "anything"}, "WRONGPASS"},
			{"a password user without its password", []any{"AUTH", "drill-batch", ""}, "WRONGPASS"},
		}
		refused := 0
		for _, attempt := range attempts {
			options := l.Options(l.Server.Addr())
			options.Password = ""
			err := engines.Dial(t, options).Do(context.Background(), attempt.command...).Err()
			if err == nil || !strings.HasPrefix(err.Error(), attempt.want) {
				t.Errorf("%s: %v, want %s", attempt.name, err, attempt.want)
				continue
			}
			refused++
		}
		rowStrangers.Record(t, engine, "%d of %d", refused, len(attempts))
	})
}

// What each user may do, command by command.
func TestDrill6AccessStrings(t *testing.T) {
	commands := []struct {
		command string
		allowed []string // users, of those with the prefix drill-
	}{
		{"GET analytics:v2:customer-01:x", []string{"app", "least", "reader", "customer", "batch"}},
		{"SET analytics:v2:customer-01:x 1 PX 1000", []string{"app", "least", "customer", "batch"}},
		{"GET analytics:v2:customer-02:x", []string{"app", "least", "reader", "batch"}},
		{"SET analytics:v2:customer-02:x 1", []string{"app", "least", "batch"}},
		{"GET sessions:x", []string{"app"}},
		{"SET sessions:x 1", []string{"app"}},
		{"MGET analytics:v2:customer-01:x analytics:v2:customer-02:x", []string{"app", "reader"}},
		{"COPY analytics:v2:customer-02:x analytics:v2:customer-01:x", []string{"app"}},
		{"DEL analytics:v2:customer-01:x", []string{"app", "customer"}},
		{"EXPIRE analytics:v2:customer-01:x 0", []string{"app", "customer"}},
		{"EVAL return 0", []string{"app", "customer"}},
		// Names of keys are data of the whole cache, which patterns of keys do not hide.
		{"SCAN 0", []string{"app", "reader", "customer"}},
		{"KEYS *", nil},
		{"FLUSHALL", nil},
		{"CONFIG GET maxmemory", nil},
		{"ACL LIST", nil},
		{"MONITOR", nil},
		{"SHUTDOWN", nil},
		{"REPLICAOF NO ONE", nil},
		{"DEBUG SLEEP 1", nil},
	}
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		l := newLoginStage(t, engine)
		judged := 0
		for _, c := range commands {
			for name := range l.Users {
				id, _ := strings.CutPrefix(name, "drill-")
				dryRun := []any{"ACL", "DRYRUN", name}
				for _, word := range strings.Fields(c.command) {
					dryRun = append(dryRun, word)
				}
				answer := engines.Must(l.Admin.Do(context.Background(), dryRun...).Text())(t)
				if allowed := answer == "OK"; allowed != slices.Contains(c.allowed, id) {
					t.Errorf("%s, %s: %s", name, c.command, answer)
					continue
				}
				judged++
			}
		}
		rowAccess.Record(t, engine, "%d of %d", judged, len(commands)*len(l.Users))
	})
}

// loginFunctions are the functions of the template, and what their users allow them.
var loginFunctions = []struct {
	name     string
	stores   bool
	othersIn bool // whether it reads other customers' answers
	denied   []string
}{
	{name: "shared", stores: true, othersIn: true},
	{name: "least", stores: true, othersIn: true},
	{name: "batch", stores: true, othersIn: true},
	{name: "reader", othersIn: true, denied: []string{"command set"}},
	{name: "customer", stores: true, denied: []string{"key analytics:v2:customer-02"}},
}

// Both example functions log in as each user, and serve whatever it may do.
func TestDrill6Functions(t *testing.T) {
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		l := newLoginStage(t, engine)
		passed := 0
		for _, function := range loginFunctions {
			if t.Run(function.name, func(t *testing.T) {
				l.Clear(t)
				env := l.Env(t, function.name)
				f := handler.Start(t, env)
				own, other := lambda.Week("customer-01", 5), lambda.Week("customer-02", 5)
				lambda.Ask(t, f, own, lambda.FromDatabase)
				if !function.stores {
					if l.Admin.Exists(context.Background(), own.Key()).Val() != 0 {
						t.Error("the answer was stored")
					}
					l.Store(t, own)
				}
				lambda.Ask(t, f, own, lambda.FromCache)
				l.Store(t, other)
				source := lambda.FromDatabase
				if function.othersIn {
					source = lambda.FromCache
				}
				lambda.Ask(t, f, other, source)
				if _, reasons := f.Logged(t, 0, 3); (len(reasons) > 0) != (len(function.denied) > 0) {
					t.Errorf("the log gives %q", reasons)
				}
				denied := l.Denied(t)
				for i := range denied {
					denied[i], _, _ = strings.Cut(denied[i], ":20") // the days of a key
				}
				if !slices.Equal(denied, function.denied) {
					t.Errorf("denied %q, want %q", denied, function.denied)
				}
				reconnect(t, l, f, env["REDIS_USER"], own)
			}) {
				passed++
			}
		}
		if refused := l.Gate.Refused(); len(refused) > 0 {
			t.Errorf("tokens were refused: %q", refused)
		}
		rowsUsers[handler.Name].Record(t, engine, "%d of %d", passed, len(loginFunctions))
	})
}

// reconnect cuts the connections. A function with IAM has to sign again, as its first token may be too old by then.
func reconnect(t *testing.T, l *loginStage, f *lambda.Function, user string, q lambda.Query) {
	t.Helper()
	passwords := func() int {
		return len(engines.Must(l.Admin.Do(context.Background(), "ACL", "GETUSER", user).Slice())(t)[3].([]any))
	}
	before := passwords()
	time.Sleep(1100 * time.Millisecond) // the time in a signature is in seconds
	if err := l.Admin.ClientKillByFilter(context.Background(), "USER", user).Err(); err != nil {
		t.Fatal(err)
	}
	lambda.Ask(t, f, q, lambda.FromCache)
	want := before
	if l.Users[user].Type == "iam" {
		want++
	}
	if after := passwords(); after != want {
		t.Errorf("%d tokens were signed for the second connection, want %d", after-before, want-before)
	}
}

// The gate proves nothing unless it refuses what ElastiCache refuses. The functions answer all the same.
func TestDrill6RefusedTokens(t *testing.T) {
	cases := []struct {
		name    string
		changes lambda.Env
		want    string
	}{
		{"signed with another key", lambda.Env{"AWS_SECRET_ACCESS_KEY": strings.Repeat("k", 40)}, "the signature is another one"},
		{"of another role", lambda.Env{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, "signed with the credential AKIDEXAMPLE/"},
		{"of another session", lambda.Env{"AWS_SESSION_TOKEN": "another"}, "a token for the session"},
		{"for another region", lambda.Env{"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}, "signed with the credential"},
		{"for another cache", lambda.Env{"REDIS_CACHE_NAME": "other-redis"}, "a token for the cache"},
	}
	lambda.ForEach(t, func(t *testing.T, engine engines.Engine, handler lambda.Handler) {
		l := newLoginStage(t, engine)
		for i, c := range cases {
			f := handler.Start(t, l.Env(t, "shared").With(c.changes))
			lambda.Ask(t, f, lambda.Week("customer-01", 5), lambda.FromDatabase)
			refused := l.Gate.Refused()
			if len(refused) == 0 || !strings.Contains(refused[len(refused)-1], c.want) {
				t.Errorf("%s: refused for %q, want %q", c.name, refused[min(i, len(refused)):], c.want)
			}
			if _, reasons := f.Logged(t, 0, 1); !slices.Contains(reasons, "auth") {
				t.Errorf("%s: the log gives %q", c.name, reasons)
			}
		}
	})
}
