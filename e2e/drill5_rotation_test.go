package e2e

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

var (
	rowRotations = table.Row("5 Rotation", "Rotations in a row; requests meanwhile, on connections of 100 ms; failed; from the database")
	rowReads     = table.Row("5 Rotation", "Reads of the connection secret by both functions")
	rowCuts      = table.Row("5 Rotation", "Rotations interrupted at each API call and completed; logins meanwhile; refused")
)

// cutEvery is how long a connection lasts while the token is rotated.
const cutEvery = 100 * time.Millisecond

// Drill 5: the rotation functions rotate the token of a real server, by themselves and cut off at every API call, while
// clients log in with what the connection secret holds.

func TestDrill5Rotations(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		t.Parallel()
		const rotations = 3
		r := newRotation(t, engine)
		loads, secrets := r.StartFunctions(t)
		loads.WaitCached(t, time.Now())
		warm := time.Now()
		for range rotations {
			// The functions do not read a secret again that they have just read; in production it is hours old.
			time.Sleep(11 * time.Second)
			stop := r.CutConnections(t, cutEvery)
			r.Rotate(t)
			time.Sleep(5 * cutEvery)
			stop()
			loads.WaitCached(t, time.Now())
			r.CheckClean(t)
		}
		// Secrets Manager may repeat a rotation that has ended, and no second SET may come of it.
		if err := r.Run(r.API.Token.Stage("AWSCURRENT")); err != nil {
			t.Errorf("a rotation run again after its end: %v", err)
		}
		r.CheckClean(t)
		want := []string{"ROTATE", "SET", "ROTATE", "SET", "ROTATE", "SET"}
		if got := r.API.Group.Strategies(); !slices.Equal(got, want) {
			t.Errorf("modifications %v, want %v", got, want)
		}
		r.CheckSecrecy(t)

		requests, problems := loads.StopAndCheck(t)
		reads := 0
		for i, secret := range secrets {
			// One at first, and one for each token that is no longer right.
			if n := secret.Reads(); n != 1+rotations {
				t.Errorf("%s function: %d reads of the secret, want %d", lambda.Handlers[i].Name, n, 1+rotations)
			}
			reads += secret.Reads()
		}
		fromDB := loads.ByDatabase(warm)
		if fromDB > 0 {
			t.Errorf("%d requests were answered by the database: a token was refused that should not be", fromDB)
		}
		rowRotations.Record(t, engine, "%d; %d; %d; %d", rotations, requests, problems, fromDB)
		rowReads.Record(t, engine, "%d", reads)
	})
}

// Secrets Manager's probe of a rotation that does not begin at once must pass for a cache that works, and fail for one
// whose certificate the tester does not trust.
func TestDrill5Probe(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		t.Parallel()
		r := newRotation(t, engine)
		for name, value := range map[string]string{"a copy": `{"auth_token":"` + r.Token + `"}`, "no value": ""} {
			probe := r.API.Token.BeginRotation()
			if value != "" {
				_ = r.API.Token.Put(probe, value, "AWSPENDING")
			}
			if err := r.Step("testSecret", probe); err != nil {
				t.Errorf("a probe with %s: %v", name, err)
			}
			r.API.Token.CancelRotation()
		}

		r.API.tester = rotationFunction("tester").Start(t, lambda.Env{})
		err := r.Step("testSecret", r.API.Token.BeginRotation())
		if err == nil || !strings.Contains(err.Error(), "CERTIFICATE_VERIFY_FAILED") {
			t.Errorf("a certificate that nobody has signed: %v", err)
		}
		if got := r.API.Group.Strategies(); len(got) != 0 {
			t.Errorf("the probe has modified the group: %v", got)
		}
		r.CheckSecrecy(t)
	})
}

// cuts are how a function can end at a call, and who goes on: Secrets Manager takes the same version up again, or an
// operator cancels the rotation, and a new one follows.
var cuts = []struct {
	name        string
	takesEffect bool
	cancelled   bool
}{
	{name: "before the call takes effect"},
	{name: "after the call took effect", takesEffect: true},
	{name: "after the call took effect, and cancelled", takesEffect: true, cancelled: true},
}

func TestDrill5CutOffAtEveryCall(t *testing.T) {
	for _, engine := range engines.All {
		t.Run(engine.Name, func(t *testing.T) {
			t.Parallel()
			var made, requests, problems atomic.Int64
			t.Run("cut off", func(t *testing.T) {
				for _, cut := range cuts {
					t.Run(cut.name, func(t *testing.T) {
						t.Parallel()
						n, r, p := cutOffAtEveryCall(t, engine, cut.takesEffect, cut.cancelled)
						made.Add(int64(n))
						requests.Add(int64(r))
						problems.Add(int64(p))
					})
				}
			})
			rowCuts.Record(t, engine, "%d; %d; %d", made.Load(), requests.Load(), problems.Load())
		})
	}
}

// cutOffAtEveryCall kills the function at its first call and has a clean end made of it, then at its second call in the
// next rotation, and so on until a rotation has no call left to be cut off at.
func cutOffAtEveryCall(t *testing.T, engine engines.Engine, takesEffect, cancelled bool) (made, requests, problems int) {
	r := newRotation(t, engine)
	logins := startLogins(t, r)
	for call := 1; ; call++ {
		r.API.CutAt(call, takesEffect, r.rotator.Kill)
		err := r.Attempt()
		if r.API.Spare() {
			if err != nil {
				t.Fatalf("an undisturbed rotation: %v", err)
			}
			break
		}
		made++
		if cancelled {
			r.API.Token.CancelRotation()
		}
		// A rotation whose AWSCURRENT has moved counts as done, too: the one that follows has to clean up.
		r.Rotate(t)
		if r.CheckClean(t); t.Failed() {
			t.Fatalf("cut off at call %d", call)
		}
	}
	requests, problems = logins.Stop(t)
	r.CheckSecrecy(t)
	return made, requests, problems
}

// The drill proves nothing unless its group drops tokens as ElastiCache does.
func TestDrill5GroupKeepsElastiCachesRules(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		t.Parallel()
		r := newRotation(t, engine)
		group := newGroupAPI(r.Admin, r.Token)
		first, second, third := r.Token, strings.Repeat("2", 32), strings.Repeat("3", 32)
		for _, step := range []struct {
			strategy, token string
			refused         bool
			accepted        []string
		}{
			{"SET", first, true, []string{first}},
			{"ROTATE", "too short", true, []string{first}},
			{"ROTATE", second, false, []string{first, second}},
			{"ROTATE", second, true, []string{first, second}},
			{"SET", first, true, []string{first, second}},
			{"ROTATE", third, false, []string{second, third}},
			{"SET", third, false, []string{third}},
		} {
			group.mu.Lock()
			code, _ := group.modify(step.strategy, step.token)
			if code == "" {
				if busy, _ := group.modify("ROTATE", strings.Repeat("4", 32)); busy != "InvalidReplicationGroupState" {
					t.Errorf("a second modification beside %s: %q", step.strategy, busy)
				}
			}
			group.mu.Unlock()
			if (code != "") != step.refused {
				t.Errorf("%s: %q", step.strategy, code)
			}
			engines.WaitFor(t, "the modification is over", func() bool {
				group.mu.Lock()
				defer group.mu.Unlock()
				return group.pending == ""
			})
			valid := map[string]bool{}
			for _, token := range []string{first, second, third} {
				valid[token] = slices.Contains(step.accepted, token)
			}
			tokens(t, r, valid)
		}
	})
}

// tokens checks which tokens a new connection may use.
func tokens(t *testing.T, r *rotationStage, valid map[string]bool) {
	t.Helper()
	for token, want := range valid {
		if err := r.login(token); (err == nil) != want {
			t.Errorf("a token that should be valid (%v): %v", want, err)
		}
	}
}
