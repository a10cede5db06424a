package cache

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// telemetry writes metric and log lines, each with a single Write so that lines never mix.
type telemetry struct {
	namespace    string
	functionName string
	now          func() time.Time
	token        func() string
	logger       *slog.Logger
	out          io.Writer
}

func newTelemetry(opts Options, secrets *secretSource) *telemetry {
	out := &lockedWriter{w: opts.Output}
	return &telemetry{
		namespace:    opts.Namespace,
		functionName: opts.FunctionName,
		now:          secrets.now,
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

type emfMetric struct {
	Name string
	Unit string
}

type emfDirective struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []emfMetric
}

type emfMetadata struct {
	Timestamp         int64
	CloudWatchMetrics []emfDirective
}

type emfLine struct {
	Metadata     emfMetadata `json:"_aws"`
	FunctionName string
	CacheHit     int
	CacheMiss    int
	CacheFailure int
	Operation    string `json:"operation,omitempty"`
	Reason       string `json:"reason,omitempty"`
}

func (l *lookup) emit() {
	line := emfLine{
		Metadata: emfMetadata{
			Timestamp: l.now().UnixMilli(),
			CloudWatchMetrics: []emfDirective{{
				Namespace:  l.namespace,
				Dimensions: [][]string{{"FunctionName"}},
				Metrics:    []emfMetric{{"CacheHit", "Count"}, {"CacheMiss", "Count"}, {"CacheFailure", "Count"}},
			}},
		},
		FunctionName: l.functionName,
		CacheMiss:    1,
		CacheFailure: l.failures,
		Operation:    l.operation,
		Reason:       l.reason,
	}
	if l.hit {
		line.CacheHit, line.CacheMiss = 1, 0
	}
	text, err := json.Marshal(line)
	if err != nil {
		return
	}
	// A metric that cannot be written is no reason to fail either.
	_, _ = l.out.Write(append(text, '\n'))
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
