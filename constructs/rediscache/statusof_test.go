package rediscache

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPanicOfTheAppIsPrintedWithoutATrace(t *testing.T) {
	t.Setenv("CDK_DEBUG", "")
	var reader *string
	for _, test := range []struct {
		name   string
		run    func()
		stderr string
		status int
	}{
		{"nothing is printed of an app that is synthesized", func() {}, "", 0},
		{"an error is its text", func() { panic(errors.New("2 invalid properties")) }, "2 invalid properties\n", 1},
		{"any other panic is printed without a trace too", func() { panic("a bug of the app") }, "a bug of the app\n", 1},
		{"a run-time error comes with the way to find its place", func() { _ = *reader },
			"runtime error: invalid memory address or nil pointer dereference\nset CDK_DEBUG=1 to see the place\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr strings.Builder
			assert.Equal(t, test.status, statusOf(&stderr, test.run))
			assert.Equal(t, test.stderr, stderr.String())
		})
	}
	t.Run("what CDK throws at the synthesis keeps its message", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o644))
		var stderr strings.Builder
		assert.Equal(t, 1, statusOf(&stderr, func() { awscdk.NewApp(&awscdk.AppProps{Outdir: &file}).Synth(nil) }))
		assert.Contains(t, stderr.String(), file)
		assert.NotContains(t, stderr.String(), "goroutine ")
	})
	t.Run("CDK_DEBUG=1 leaves the panic to Go, which prints the trace", func(t *testing.T) {
		t.Setenv("CDK_DEBUG", "1")
		var stderr strings.Builder
		assert.PanicsWithValue(t, "a bug of the app", func() { statusOf(&stderr, func() { panic("a bug of the app") }) })
		assert.Empty(t, stderr.String())
	})
}
