package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// Drill 10: the users of a cache with IAM authentication, put into real engines as they stand in the template.

// The locked user named default is all that a client without a right login can be.
func TestDrill10NobodyGetsInWithoutALogin(t *testing.T) {
	forEachEngine(t, func(t *testing.T, engine Engine) {
		l := NewLoginStage(t, engine)
		attempts := []struct {
			name    string
			command []any
			want    string
		}{
			{"no login", []any{"PING"}, "NOAUTH"},
			{"a read without login", []any{"GET", "analytics:v1:acme"}, "NOAUTH"},
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
			err := dial(t, options).Do(context.Background(), attempt.command...).Err()
			if err == nil || !strings.HasPrefix(err.Error(), attempt.want) {
				t.Errorf("%s: %v, want %s", attempt.name, err, attempt.want)
				continue
			}
			refused++
		}
		record(t, engine, rowStrangers, "%d of %d", refused, len(attempts))
	})
}

// What each user may do, command by command.
func TestDrill10AccessStrings(t *testing.T) {
	commands := []struct {
		command string
		allowed []string // users, of those with the prefix drill-
	}{
		{"GET analytics:v1:acme:x", []string{"app", "least", "reader", "acme", "batch"}},
		{"SET analytics:v1:acme:x 1 PX 1000", []string{"app", "least", "acme", "batch"}},
		{"GET analytics:v1:other:x", []string{"app", "least", "reader", "batch"}},
		{"SET analytics:v1:other:x 1", []string{"app", "least", "batch"}},
		{"GET sessions:x", []string{"app"}},
		{"SET sessions:x 1", []string{"app"}},
		{"MGET analytics:v1:acme:x analytics:v1:other:x", []string{"app", "reader"}},
		{"COPY analytics:v1:other:x analytics:v1:acme:x", []string{"app"}},
		{"DEL analytics:v1:acme:x", []string{"app", "acme"}},
		{"EXPIRE analytics:v1:acme:x 0", []string{"app", "acme"}},
		{"EVAL return 0", []string{"app", "acme"}},
		// Names of keys are data of the whole cache, which patterns of keys do not hide.
		{"SCAN 0", []string{"app", "reader", "acme"}},
		{"KEYS *", nil},
		{"FLUSHALL", nil},
		{"CONFIG GET maxmemory", nil},
		{"ACL LIST", nil},
		{"MONITOR", nil},
		{"SHUTDOWN", nil},
		{"REPLICAOF NO ONE", nil},
		{"DEBUG SLEEP 1", nil},
	}
	forEachEngine(t, func(t *testing.T, engine Engine) {
		l := NewLoginStage(t, engine)
		judged := 0
		for _, c := range commands {
			for name := range l.Users {
				id, _ := strings.CutPrefix(name, "drill-")
				dryRun := []any{"ACL", "DRYRUN", name}
				for _, word := range strings.Fields(c.command) {
					dryRun = append(dryRun, word)
				}
				answer := must(l.Admin.Do(context.Background(), dryRun...).Text())(t)
				if allowed := answer == "OK"; allowed != slices.Contains(c.allowed, id) {
					t.Errorf("%s, %s: %s", name, c.command, answer)
					continue
				}
				judged++
			}
		}
		record(t, engine, rowAccess, "%d of %d", judged, len(commands)*len(l.Users))
	})
}

// loginFunctions are the functions of the template, and what their users allow them.
var loginFunctions = []struct {
	name     string
	stores   bool
	othersIn bool // whether it reads other tenants' answers
	denied   []string
}{
	{name: "shared", stores: true, othersIn: true},
	{name: "least", stores: true, othersIn: true},
	{name: "batch", stores: true, othersIn: true},
	{name: "reader", othersIn: true, denied: []string{"command set"}},
	{name: "acme", stores: true, denied: []string{"key analytics:v1:other"}},
}

// Both example functions log in as each user, and serve whatever it may do.
func TestDrill10Functions(t *testing.T) {
	forEachEngineAndHandler(t, func(t *testing.T, engine Engine, handler Handler) {
		l := NewLoginStage(t, engine)
		for _, function := range loginFunctions {
			t.Run(function.name, func(t *testing.T) {
				l.Clear(t)
				env := l.Env(t, function.name)
				f := handler.Start(t, env)
				own, other := week("acme", 5), week("other", 5)
				ask(t, f, own, fromDatabase)
				if !function.stores {
					if l.Admin.Exists(context.Background(), own.Key()).Val() != 0 {
						t.Error("the answer was stored")
					}
					l.Store(t, own)
				}
				ask(t, f, own, fromCache)
				l.Store(t, other)
				source := fromDatabase
				if function.othersIn {
					source = fromCache
				}
				ask(t, f, other, source)
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
			})
		}
		if refused := l.Gate.Refused(); len(refused) > 0 {
			t.Errorf("tokens were refused: %q", refused)
		}
		if !t.Failed() {
			record(t, engine, handler.of(rowGoUsers, rowPythonUsers), "%d of %d", len(loginFunctions), len(loginFunctions))
		}
	})
}

// reconnect cuts the connections. A function with IAM has to sign again, as its first token may be too old by then.
func reconnect(t *testing.T, l *LoginStage, f *Function, user string, q Query) {
	t.Helper()
	passwords := func() int {
		return len(must(l.Admin.Do(context.Background(), "ACL", "GETUSER", user).Slice())(t)[3].([]any))
	}
	before := passwords()
	time.Sleep(1100 * time.Millisecond) // the time in a signature is in seconds
	if err := l.Admin.ClientKillByFilter(context.Background(), "USER", user).Err(); err != nil {
		t.Fatal(err)
	}
	ask(t, f, q, fromCache)
	want := before
	if l.Users[user].AuthenticationMode.Type == "iam" {
		want++
	}
	if after := passwords(); after != want {
		t.Errorf("%d tokens were signed for the second connection, want %d", after-before, want-before)
	}
}

// The gate proves nothing unless it refuses what ElastiCache refuses. The functions answer all the same.
func TestDrill10RefusedTokens(t *testing.T) {
	cases := []struct {
		name    string
		changes Env
		want    string
	}{
		{"signed with another key", Env{"AWS_SECRET_ACCESS_KEY": strings.Repeat("k", 40)}, "the signature is another one"},
		{"of another role", Env{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, "signed with the credential AKIDEXAMPLE/"},
		{"of another session", Env{"AWS_SESSION_TOKEN": "another"}, "a token for the session"},
		{"for another region", Env{"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}, "signed with the credential"},
		{"for another cache", Env{"REDIS_CACHE_NAME": "other-redis"}, "a token for the cache"},
	}
	forEachEngineAndHandler(t, func(t *testing.T, engine Engine, handler Handler) {
		l := NewLoginStage(t, engine)
		for i, c := range cases {
			f := handler.Start(t, l.Env(t, "shared").With(c.changes))
			ask(t, f, week("acme", 5), fromDatabase)
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
