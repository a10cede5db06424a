package catalog

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"7.1": {7, 1}, "6.x": {6, math.MaxInt}, "5.0.6": {5, 0}, "10.0": {10, 0}, "6.2.6": {6, 2},
	} {
		version, ok := ParseVersion(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, version, text)
	}
	for _, text := range []string{
		"", "7", "7.", ".1", "7.1.", "x.1", "7.1-beta", " 7.1", "v7.1", "-7.1", "${Token[TOKEN.7]}", "99999999999999999999.1",
	} {
		version, ok := ParseVersion(text)
		assert.False(t, ok, text)
		assert.Zero(t, version, text)
	}
}

func TestVersionsAreInOrder(t *testing.T) {
	ordered := []string{"4.0.10", "5.0.6", "6.0", "6.2", "6.x", "7.0", "7.1", "9.1", "10.0"}
	for i, a := range ordered {
		for j, b := range ordered {
			v, _ := ParseVersion(a)
			w, _ := ParseVersion(b)
			assert.Equal(t, i < j, v.Before(w), "%s before %s", a, b)
		}
		v, _ := ParseVersion(a)
		assert.False(t, v.Before(Version{}))
		assert.True(t, (Version{}).Before(v))
	}
}

func TestVersionString(t *testing.T) {
	for text, want := range map[string]string{"7.1": "7.1", "6.x": "6.x", "5.0.6": "5.0"} {
		version, _ := ParseVersion(text)
		assert.Equal(t, want, version.String())
	}
}
