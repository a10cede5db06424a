package lambda

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Served is one request of a load and how it was answered.
type Served struct {
	Query        Query
	Begun, Ended time.Time
	Source       string
	Problem      string // "" for the right answer
}

// Load asks one function for one answer after the other until it is stopped.
type Load struct {
	of   string // the function's handler
	stop chan struct{}
	done chan struct{}

	mu  sync.Mutex
	all []Served
}

// StartLoad begins at once. The queries are asked in turn, with a pause that leaves the processors to the servers as well.
func StartLoad(t testing.TB, f *Function, queries []Query, pause time.Duration) *Load {
	l := &Load{of: f.handler, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for i := 0; ; i++ {
			select {
			case <-l.stop:
				return
			case <-time.After(pause):
			}
			q := queries[i%len(queries)]
			s := Served{Query: q, Begun: time.Now()}
			answer, _, err := f.Invoke(q)
			s.Ended, s.Source = time.Now(), answer.Source
			if err != nil {
				s.Problem = err.Error()
			}
			l.mu.Lock()
			l.all = append(l.all, s)
			l.mu.Unlock()
			if s.Problem != "" {
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

// Since are the requests that began after a moment and are answered by now, all or those of some queries.
func (l *Load) Since(moment time.Time, queries ...Query) (since []Served) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.all {
		if s.Begun.After(moment) && (len(queries) == 0 || slices.Contains(queries, s.Query)) {
			since = append(since, s)
		}
	}
	return since
}

// firstCached finds the first answer that came from the cache.
func firstCached(requests []Served) (Served, bool) {
	for _, request := range requests {
		if request.Source == FromCache {
			return request, true
		}
	}
	return Served{}, false
}

// Loads are the loads of several functions.
type Loads []*Load

// WaitCached waits for a cached answer of every load to a request that began after a moment, and tells how long after
// the moment the last of them came. With queries only their answers count.
func (loads Loads) WaitCached(t testing.TB, moment time.Time, queries ...Query) (slowest time.Duration) {
	t.Helper()
	for _, load := range loads {
		var first Served
		engines.WaitFor(t, "the cache answers", func() (ok bool) {
			first, ok = firstCached(load.Since(moment, queries...))
			return ok
		})
		slowest = max(slowest, first.Ended.Sub(moment))
	}
	return slowest
}

// ByDatabase counts the requests since a moment that the cache did not answer; with queries only theirs.
func (loads Loads) ByDatabase(since time.Time, queries ...Query) (count int) {
	for _, load := range loads {
		for _, request := range load.Since(since, queries...) {
			if request.Source == FromDatabase {
				count++
			}
		}
	}
	return count
}

// StopAndCheck ends the loads, and reports every request that was not answered correctly, whenever it began.
func (loads Loads) StopAndCheck(t testing.TB) (requests, problems int) {
	t.Helper()
	for _, load := range loads {
		load.Stop()
		all := load.Since(time.Time{})
		requests += len(all)
		for _, s := range all {
			if s.Problem != "" {
				problems++
				t.Errorf("%s: a request at %s: %s", load.of, s.Begun.Format(time.TimeOnly), s.Problem)
			}
		}
	}
	return requests, problems
}
