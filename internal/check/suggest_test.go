package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDidYouMeanNamesTheNearest(t *testing.T) {
	known := []string{"nodeType", "numCacheNodes", "nodeTypo", "a"}
	for given, want := range map[string]string{
		"nodetype":      `; did you mean "nodeType"?`,
		"nodeTyp":       `; did you mean "nodeType"?`, // as near as nodeTypo, and first in the alphabet
		"numCachNode":   `; did you mean "numCacheNodes"?`,
		"NODETYPE":      `; did you mean "nodeType"?`,
		"colour":        "",
		"":              "",
		"snapshotLimit": "",
	} {
		assert.Equal(t, want, DidYouMean(given, known), given)
	}
}

func TestEditDistanceCountsLetters(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"lagre", "large", 2}} {
		assert.Equal(t, test.want, editDistance(test.a, test.b), "%s to %s", test.a, test.b)
	}
}

func TestNearCountsLettersInAnyCase(t *testing.T) {
	for _, test := range []struct {
		a, b    string
		letters int
		want    bool
	}{{"Project", "project", 0, true}, {"projects", "project", 0, false}, {"projects", "project", 1, true}, {"product", "project", 1, false}} {
		assert.Equal(t, test.want, Near(test.a, test.b, test.letters), "%s and %s, %d", test.a, test.b, test.letters)
	}
}
