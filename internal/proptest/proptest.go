// Package proptest runs the property tests of the constructs, and draws what their props have in common.
package proptest

import (
	"flag"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Check runs a property so many times, or as -rapid.checks says, and logs the seed, which repeats the run.
func Check(t *testing.T, checks int, property func(t *rapid.T)) {
	t.Helper()
	given := givenFlags()
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": strconv.FormatUint(uint64(time.Now().UnixNano()), 10),
		"rapid.nofailfile": "true", "rapid.shrinktime": "10s",
	} {
		if !given[name] {
			require.NoError(t, flag.Set(name, value))
		}
	}
	t.Logf("-rapid.checks=%s -rapid.seed=%s", flag.Lookup("rapid.checks").Value, flag.Lookup("rapid.seed").Value)
	rapid.Check(t, property)
}

var givenFlags = sync.OnceValue(func() map[string]bool {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
})

// RunExample runs f once with what a seed draws. What f panics with is kept from rapid, which would try again.
func RunExample(seed int, f func(t *rapid.T)) {
	var failure any
	rapid.Custom(func(t *rapid.T) bool {
		defer func() { failure = recover() }()
		f(t)
		return true
	}).Example(seed)
	if failure != nil {
		panic(failure)
	}
}

// Draws tells whether a property is given.
func Draws(t *rapid.T, label string) bool { return rapid.Bool().Draw(t, label+" given") }

// DrawsToken is seldom true: most values are literals.
func DrawsToken(t *rapid.T, label string) bool {
	return rapid.IntRange(0, 5).Draw(t, label+" is a token") == 5
}

// OneOf draws one of the values.
func OneOf[V any](t *rapid.T, label string, from ...V) V {
	return rapid.SampledFrom(from).Draw(t, label)
}
