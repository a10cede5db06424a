package e2e

import (
	"sync"
	"testing"
	"time"
)

// served is one request of a load and how it was answered.
type served struct {
	begun, ended time.Time
	source       string
	problem      string // "" for the right answer
}

// Load asks one function for one answer after the other until it is stopped.
type Load struct {
	stop chan struct{}
	done chan struct{}

	mu  sync.Mutex
	all []served
}

// pause between two requests leaves the two processors to the servers as well.
const pause = 4 * time.Millisecond

// StartLoad begins at once. The queries are asked in turn.
func StartLoad(t testing.TB, f *Function, queries []Query) *Load {
	l := &Load{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for i := 0; ; i++ {
			select {
			case <-l.stop:
				return
			case <-time.After(pause):
			}
			q := queries[i%len(queries)]
			s := served{begun: time.Now()}
			answer, _, err := f.Invoke(q)
			s.ended, s.source = time.Now(), answer.Source
			switch {
			case err != nil:
				s.problem = "failed: " + err.Error()
			case answer != q.Right(answer.Source):
				s.problem = "wrong answer"
			}
			l.mu.Lock()
			l.all = append(l.all, s)
			l.mu.Unlock()
			if s.problem != "" {
				time.Sleep(100 * time.Millisecond)
			}
		}
	}()
	t.Cleanup(l.Stop)
	return l
}

// Stop ends the load after the request that is under way.
func (l *Load) Stop() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	<-l.done
}

// Since are the requests that began after a moment and are answered by now.
func (l *Load) Since(moment time.Time) (since []served) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.all {
		if s.begun.After(moment) {
			since = append(since, s)
		}
	}
	return since
}

// firstCached finds the first answer that came from the cache.
func firstCached(requests []served) (served, bool) {
	for _, request := range requests {
		if request.source == fromCache {
			return request, true
		}
	}
	return served{}, false
}

// waitCached waits for a cached answer of every load to a request that began after a moment, and tells how long after
// the moment the last of them came.
func waitCached(t testing.TB, loads []*Load, moment time.Time) (slowest time.Duration) {
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

// check reports every request that was not answered rightly, whenever it began.
func (l *Load) check(t testing.TB, who string) (requests, problems int) {
	t.Helper()
	all := l.Since(time.Time{})
	for _, s := range all {
		if s.problem != "" {
			problems++
			t.Errorf("%s: a request at %s: %s", who, s.begun.Format(time.TimeOnly), s.problem)
		}
	}
	return len(all), problems
}

// tenants are the queries of a load: a few of each tier.
func tenants(n int) (queries []Query) {
	for i := range n {
		queries = append(queries, week("tenant"+string(rune('a'+i)), i*4))
	}
	return queries
}
