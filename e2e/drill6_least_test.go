package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

var (
	rowLeast        = table.Row("6 IAM and users", "Least access string that both functions need")
	rowLeastCluster = table.Row("6 IAM and users", "The same in cluster mode, with reads from replicas")
)

// Drill 6, second part: the least that the example functions need is found by giving a user nothing, and then whatever was
// denied, until nothing is. It has to be what the documentation names.
func TestDrill6LeastAccess(t *testing.T) {
	for _, mode := range []struct {
		row             *results.Row
		stage           func(testing.TB, engines.Engine) *loginStage
		function, least string
		env             lambda.Env
	}{
		{rowLeast, newLoginStage, "shared", "on ~analytics:* +get +set", nil},
		{
			rowLeastCluster, newLoginCluster, "batch", "on ~analytics:* +cluster|slots +command +get +ping +readonly +set",
			lambda.Env{"REDIS_CLUSTER_MODE": "true", "REDIS_READ_FROM_REPLICAS": "true"},
		},
	} {
		engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
			t.Parallel()
			l := mode.stage(t, engine)
			env := l.Env(t, mode.function).With(mode.env)
			user := l.Users[env["REDIS_USER"]]
			user.AccessString = "on ~analytics:*"
			var needed []string
			for range 20 {
				l.SetUser(t, user.UserName, user)
				denied, cached := l.exercise(t, env)
				if len(denied) == 0 {
					if !cached {
						t.Error("nothing was denied, and the functions had no answer from the cache")
					}
					break
				}
				for _, what := range denied {
					command, isCommand := strings.CutPrefix(what, "command ")
					if !isCommand {
						t.Fatalf("denied %s", what)
					}
					needed = append(needed, "+"+command)
				}
				slices.Sort(needed)
				user.AccessString = "on ~analytics:* " + strings.Join(needed, " ")
			}
			if user.AccessString != mode.least {
				t.Errorf("the functions need %q, not %q", user.AccessString, mode.least)
			}
			mode.row.Record(t, engine, "`%s`", strings.ReplaceAll(user.AccessString, "|", `\|`))
		})
	}
}

// exercise has both functions miss, hit and connect again. It returns what the user was denied, and whether each request after
// the first was answered from the cache.
func (l *loginStage) exercise(t *testing.T, env lambda.Env) (denied []string, cached bool) {
	t.Helper()
	l.Clear(t)
	cached = true
	for i, handler := range lambda.Handlers {
		f := handler.Start(t, env)
		q := lambda.Week(fmt.Sprintf("customer-%02d", i+1), 5)
		lambda.Ask(t, f, q, lambda.FromDatabase)
		cached = lambda.Ask(t, f, q, lambda.FromDatabase, lambda.FromCache).Source == lambda.FromCache && cached
		for _, node := range l.nodes {
			if err := node.ClientKillByFilter(context.Background(), "USER", env["REDIS_USER"]).Err(); err != nil {
				t.Fatal(err)
			}
		}
		cached = lambda.Ask(t, f, q, lambda.FromDatabase, lambda.FromCache).Source == lambda.FromCache && cached
	}
	return l.Denied(t), cached
}
