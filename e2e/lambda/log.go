package lambda

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Metrics are the counts of the function's metric lines, in CloudWatch's embedded format.
type Metrics struct{ CacheHit, CacheMiss, CacheFailure int }

// Logged reads the function's log from a position on, when it holds that many lookups: their metrics added up, and the reasons
// of the failure lines. The log takes another way than the answers, so it may come a moment later.
func (f *Function) Logged(t testing.TB, from, lookups int) (metrics Metrics, reasons []string) {
	t.Helper()
	engines.WaitFor(t, fmt.Sprintf("%d lookups are in the log", lookups), func() bool {
		metrics, reasons = f.logged(from)
		return metrics.CacheHit+metrics.CacheMiss >= lookups
	})
	return metrics, reasons
}

func (f *Function) logged(from int) (metrics Metrics, reasons []string) {
	for line := range strings.Lines(f.Output()[from:]) {
		var l struct {
			Metrics
			AWS    json.RawMessage `json:"_aws"`
			Reason string          `json:"reason"`
		}
		if json.Unmarshal([]byte(line), &l) != nil {
			continue
		}
		if l.AWS != nil {
			metrics.CacheHit += l.CacheHit
			metrics.CacheMiss += l.CacheMiss
			metrics.CacheFailure += l.CacheFailure
		} else if l.Reason != "" {
			reasons = append(reasons, l.Reason)
		}
	}
	return metrics, reasons
}
