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
	stop chan struct{}
	done chan struct{}

	mu  sync.Mutex
	all []Served
}

// StartLoad begins at once. The queries are asked in turn, with a pause that leaves the processors to the servers as well.
func StartLoad(t testing.TB, f *Function, queries []Query, pause time.Duration) *Load {
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

// FirstCached finds the first answer that came from the cache.
func FirstCached(requests []Served) (Served, bool) {
	for _, request := range requests {
		if request.Source == FromCache {
			return request, true
		}
	}
	return Served{}, false
}

// WaitCached waits for a cached answer of every load to a request that began after a moment, and tells how long after
// the moment the last of them came. With queries only their answers count.
func WaitCached(t testing.TB, loads []*Load, moment time.Time, queries ...Query) (slowest time.Duration) {
	t.Helper()
	for _, load := range loads {
		var first Served
		engines.WaitFor(t, "the cache answers", func() (ok bool) {
			first, ok = FirstCached(load.Since(moment, queries...))
			return ok
		})
		slowest = max(slowest, first.Ended.Sub(moment))
	}
	return slowest
}

// Check reports every request that was not answered rightly, whenever it began.
func (l *Load) Check(t testing.TB, who string) (requests, problems int) {
	t.Helper()
	all := l.Since(time.Time{})
	for _, s := range all {
		if s.Problem != "" {
			problems++
			t.Errorf("%s: a request at %s: %s", who, s.Begun.Format(time.TimeOnly), s.Problem)
		}
	}
	return len(all), problems
}
