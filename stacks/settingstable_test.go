package stacks

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The first cell of a row of the table of settings.
var settingsRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\|")

func TestTheTableOfSettingsHasEveryKeyOfAnEnvironment(t *testing.T) {
	page, err := os.ReadFile("../docs/stacks.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## Settings\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")

	var rows []string
	for _, row := range settingsRow.FindAllStringSubmatch(section, -1) {
		rows = append(rows, row[1])
	}
	assert.ElementsMatch(t, slices.Sorted(maps.Keys(keysOf(reflect.TypeFor[settings]()))), rows)
}
