package e2e

import (
	"context"
	"testing"
	"time"
)

// Drill 7: the token is rotated under load in the three steps that ElastiCache has: both tokens are valid, the clients'
// secret changes, the old token is taken away.
func TestDrill7Rotation(t *testing.T) {
	forEachEngine(t, func(t *testing.T, engine Engine) {
		// The drill waits most of the time, so the engines share the machine.
		t.Parallel()
		s := NewServerStage(t, engine)
		newToken := must(s.Template.Token.Generate())(t)

		var functions []*Function
		var loads []*Load
		for _, handler := range Handlers {
			f := handler.Start(t, s.Env())
			functions = append(functions, f)
			loads = append(loads, StartLoad(t, f, tenants(20)))
		}
		waitCached(t, loads, time.Now())
		firstReads := s.Secrets.Reads()

		do(t, s, "ACL", "SETUSER", "default", ">"+newToken)
		tokens(t, s, map[string]bool{s.Token: true, newToken: true})
		// The handlers do not read a secret again that they have just read; in production it is hours old.
		time.Sleep(11 * time.Second)

		s.Secrets.Put(s.SecretFor(t, newToken))
		time.Sleep(500 * time.Millisecond)
		if reads := s.Secrets.Reads(); reads != firstReads {
			t.Errorf("the secret was read %d more times while the old token worked", reads-firstReads)
		}

		do(t, s, "ACL", "SETUSER", "default", "<"+s.Token)
		removed := time.Now()
		// An engine lets established connections be, so they are cut: each handler has to come back with a token.
		do(t, s, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		recovered := waitCached(t, loads, removed)
		time.Sleep(time.Second)
		tokens(t, s, map[string]bool{s.Token: false, newToken: true})

		requests, problems, fromDB := 0, 0, 0
		for i, load := range loads {
			load.Stop()
			n, wrong := load.check(t, Handlers[i].Name+" handler")
			requests, problems = requests+n, problems+wrong
			for _, request := range load.Since(removed) {
				if request.source == fromDatabase {
					fromDB++
				}
			}
			if !functions[i].Alive() {
				t.Errorf("%s handler: the process ended", Handlers[i].Name)
			}
		}
		// One read for each handler; more would hammer Secrets Manager when a token is wrong for good.
		reads := s.Secrets.Reads() - firstReads
		if reads != len(Handlers) {
			t.Errorf("the secret was read %d times by %d handlers after the old token was removed", reads, len(Handlers))
		}
		record(t, engine, rowRotation, "%d; %d", requests, problems)
		record(t, engine, rowSecretReads, "%d", reads)
		record(t, engine, rowRotationGap, "%.2f s; %d",
			recovered.Seconds(), fromDB)
	})
}

// waitCached waits for a cached answer of every load to a request that began after a moment, and tells how long after
// the moment the last of them came.
func waitCached(t *testing.T, loads []*Load, moment time.Time) (slowest time.Duration) {
	t.Helper()
	for _, load := range loads {
		var first served
		waitFor(t, "the cache answers", func() (ok bool) {
			first, ok = firstCached(load.Since(moment))
			return ok
		})
		slowest = max(slowest, first.ended.Sub(moment))
	}
	return slowest
}

// tokens checks which tokens a new connection may use.
func tokens(t *testing.T, s *Stage, valid map[string]bool) {
	t.Helper()
	for token, want := range valid {
		options := s.Options(s.Server.Addr())
		options.Password = token
		client := dial(t, options)
		err := client.Ping(context.Background()).Err()
		_ = client.Close()
		if (err == nil) != want {
			t.Errorf("a token that should be valid (%v): %v", want, err)
		}
	}
}
