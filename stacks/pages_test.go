package stacks

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The JSON blocks of the pages that are about cdk.json: a context, or an environment of it.
func TestTheEnvironmentsOfThePagesAreAccepted(t *testing.T) {
	tests := []struct{ page, begin, before, after string }{
		{"../README.md", "{\n  \"context\"", "", ""},
		{"../docs/stacks.md", "{\n  \"context\"", "", ""},
		{"../docs/operations.md", "\"prod-b\"", `{"context": {"environments": {`, `}}}`},
	}
	for _, test := range tests {
		t.Run(test.page, func(t *testing.T) {
			page, err := os.ReadFile(test.page)
			require.NoError(t, err)
			_, block, found := strings.Cut(string(page), "```json\n"+test.begin)
			require.True(t, found)
			block, _, _ = strings.Cut(block, "```")

			var file struct{ Context map[string]any }
			require.NoError(t, json.Unmarshal([]byte(test.before+test.begin+block+test.after), &file))
			_, err = EnvironmentsFromContext(awscdk.NewApp(&awscdk.AppProps{Context: &file.Context}))
			assert.NoError(t, err)
		})
	}
}

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
