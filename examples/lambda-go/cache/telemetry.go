package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// telemetry writes metric and log lines, each with a single Write so that lines never mix.
type telemetry struct {
	metricLine []byte
	now        func() time.Time
	token      func() string
	logger     *slog.Logger
	out        io.Writer
}

func newTelemetry(opts Options, secrets *secretSource) *telemetry {
	out := &lockedWriter{w: opts.Output}
	return &telemetry{
		metricLine: metricLine(opts.Namespace, opts.FunctionName),
		now:        secrets.now,
		token: func() string {
			if held := secrets.held(); held != nil {
				return held.token
			}
			return ""
		},
		logger: slog.New(slog.NewJSONHandler(out, nil)),
		out:    out,
	}
}

// lookup is what one GetOrLoad did, written as one metric line when it is over.
type lookup struct {
	*telemetry
	hit       bool
	failures  int
	operation string
	reason    string
}

// fail counts a failure and logs it. A skip by the open breaker is only counted: the failures that opened it are in the log.
func (l *lookup) fail(ctx context.Context, operation, endpoint, reason string, err error) {
	l.failures++
	l.operation, l.reason = operation, reason
	if reason == ReasonCircuitOpen {
		return
	}
	l.logger.LogAttrs(ctx, slog.LevelWarn, "cache failure",
		slog.String("operation", operation),
		slog.String("endpoint", endpoint),
		slog.String("reason", reason),
		slog.String("error", l.redact(err.Error())))
}

// redact is needed because a server that does not know HELLO or AUTH quotes their arguments in its error, password included.
func (t *telemetry) redact(text string) string {
	text, _, _ = strings.Cut(text, ", with args beginning with")
	text, _, _ = strings.Cut(text, "?Action=connect") // an IAM token
	if token := t.token(); token != "" {
		text = strings.ReplaceAll(text, token, "***")
	}
	return text
}

// metricLine is the part of a metric line between its time and its numbers, the same in every line.
func metricLine(namespace, functionName string) []byte {
	type metric struct{ Name, Unit string }
	type directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []metric
	}
	directives, _ := json.Marshal([]directive{{
		Namespace:  namespace,
		Dimensions: [][]string{{"FunctionName"}},
		Metrics:    []metric{{"CacheHit", "Count"}, {"CacheMiss", "Count"}, {"CacheFailure", "Count"}},
	}})
	name, _ := json.Marshal(functionName)
	return fmt.Appendf(nil, `,"CloudWatchMetrics":%s},"FunctionName":%s,"CacheHit":`, directives, name)
}

// emit writes the metric line, which every hit waits for: hence no JSON encoder.
func (l *lookup) emit() {
	hit, miss := int64(0), int64(1)
	if l.hit {
		hit, miss = 1, 0
	}
	line := make([]byte, 0, len(l.metricLine)+160)
	line = append(line, `{"_aws":{"Timestamp":`...)
	line = strconv.AppendInt(line, l.now().UnixMilli(), 10)
	line = append(line, l.metricLine...)
	line = strconv.AppendInt(line, hit, 10)
	line = append(line, `,"CacheMiss":`...)
	line = strconv.AppendInt(line, miss, 10)
	line = append(line, `,"CacheFailure":`...)
	line = strconv.AppendInt(line, int64(l.failures), 10)
	if l.failures > 0 {
		line = fmt.Appendf(line, `,"operation":%q,"reason":%q`, l.operation, l.reason)
	}
	line = append(line, "}\n"...)
	// A metric that cannot be written is no reason to fail either.
	_, _ = l.out.Write(line)
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
