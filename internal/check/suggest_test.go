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
