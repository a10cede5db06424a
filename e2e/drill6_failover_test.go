package e2e

import (
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

const (
	failovers = 10
	// What the README tells users to expect of a failover.
	recoveryGoal = 60 * time.Second
	lossGoal     = time.Second
)

// Drill 6: the primary is killed while both handlers serve, ten times, each time another server being the primary.
func TestDrill6Failover(t *testing.T) {
	forEachEngine(t, func(t *testing.T, engine Engine) {
		cache := NewCache(t, engine)
		if !cache.Template.AutomaticFailover || cache.Template.Nodes < 2 {
			t.Fatalf("the template has %d nodes and automatic failover %v: nothing can take over", cache.Template.Nodes, cache.Template.AutomaticFailover)
		}
		group := StartGroup(t, cache)
		group.StartSentinel(t)
		proxy := StartProxy(t, followPrimary(t, group))
		s := NewStage(t, cache, proxy.Port)

		var loads []*Load
		var functions []*Function
		for _, handler := range Handlers {
			f := handler.Start(t, s.Env())
			functions = append(functions, f)
			loads = append(loads, StartLoad(t, f, tenants(20)))
		}

		var m failoverMeasures
		for range failovers {
			m.failover(t, s, group, loads)
			if t.Failed() {
				break
			}
		}
		for i, load := range loads {
			load.Stop()
			requests, problems := load.check(t, Handlers[i].Name+" handler")
			m.requests, m.problems = m.requests+requests, m.problems+problems
			if !functions[i].Alive() {
				t.Errorf("%s handler: the process ended", Handlers[i].Name)
			}
		}
		m.judge(t, engine)
	})
}

// failoverMeasures collect one value for each failover.
type failoverMeasures struct {
	requests, problems int // of the whole drill

	recovery     []time.Duration // kill to first cached answer, of the slower handler
	lost         []int           // acknowledged writes
	loss         []time.Duration // age of the oldest lost write at the kill
	fromDB       []int           // requests that the database served meanwhile
	acknowledged int
}

func (m *failoverMeasures) failover(t *testing.T, s *Stage, group *Group, loads []*Load) {
	t.Helper()
	group.WaitReady(t)
	waitCached(t, loads, time.Now())
	writer := StartWriter(t, s.Cache, net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)))
	// Longer than the goal for losses, or a greater loss could not be seen.
	time.Sleep(lossGoal * 3 / 2)

	killed := group.Primary(t)
	at := time.Now()
	killed.Kill()

	slowest := waitCached(t, loads, at)
	fromDB := 0
	for _, load := range loads {
		since := load.Since(at)
		first, _ := firstCached(since)
		for _, request := range since {
			if request.begun.Before(first.begun) && request.source == fromDatabase {
				fromDB++
			}
		}
	}
	// Writes go on after the failover: those have to be there as well.
	time.Sleep(500 * time.Millisecond)
	writer.Stop()
	client := s.Client(t, group.Primary(t).Addr())
	missing, acknowledged := writer.Missing(t, client)
	oldest := at
	for _, when := range missing {
		if when.After(at) {
			t.Errorf("a write that was acknowledged after the kill is lost")
		}
		if when.Before(oldest) {
			oldest = when
		}
	}
	m.recovery = append(m.recovery, slowest)
	m.lost = append(m.lost, len(missing))
	m.loss = append(m.loss, at.Sub(oldest))
	m.fromDB = append(m.fromDB, fromDB)
	m.acknowledged += acknowledged
	t.Logf("cached again after %v, %d of %d acknowledged writes lost, %d requests served by the database", slowest, len(missing), acknowledged, fromDB)
	group.Rejoin(t, killed)
}

func (m *failoverMeasures) judge(t *testing.T, engine Engine) {
	t.Helper()
	if len(m.recovery) == 0 {
		t.Fatal("no failover was completed")
	}
	if worst := slices.Max(m.recovery); worst > recoveryGoal {
		t.Errorf("the cache answered again only after %v", worst)
	}
	if worst := slices.Max(m.loss); worst > lossGoal {
		t.Errorf("a write acknowledged %v before the kill is lost", worst)
	}
	lost := 0
	for _, n := range m.lost {
		lost += n
	}
	record(t, engine, rowFailovers, "%d; %d; %d", len(m.recovery), m.requests, m.problems)
	record(t, engine, rowRecovery, "%.1f s; %.1f s", median(m.recovery).Seconds(), slices.Max(m.recovery).Seconds())
	record(t, engine, rowLoss, "%d of %d; %.3f s; %.3f s",
		lost, m.acknowledged, median(m.loss).Seconds(), slices.Max(m.loss).Seconds())
	record(t, engine, rowFromDatabase, "%d; %d", median(m.fromDB), slices.Max(m.fromDB))
}

// followPrimary leads to the primary with the delay of a look-up that is cached for a moment.
func followPrimary(t *testing.T, group *Group) func(string) string {
	var current atomic.Value
	current.Store(group.PrimaryAddr())
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if addr := group.PrimaryAddr(); addr != "" {
				current.Store(addr)
			}
		}
	}()
	return func(string) string { return current.Load().(string) }
}

func median[T int | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
