package engines

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// Must unwraps a value whose error would make the rest of the test meaningless.
func Must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// WaitFor polls until something is so, and fails the test when it takes too long.
func WaitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("timed out after a minute; wanted: %s", what)
		}
	}
}

// Keys lists a map in an order that is always the same.
func Keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
