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

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// The JSON blocks of the pages that are about cdk.json: a context, or an environment of it.
func TestTheEnvironmentsOfThePagesAreAccepted(t *testing.T) {
	tests := []struct{ page, begin, before, after string }{
		{"../README.md", "{\n  \"context\"", "", ""},
		{"../docs/stacks.md", "{\n  \"context\"", "", ""},
		{"../docs/operations.md", "\"prod-b\"", `{"context": {"environments": {`, `}}}`},
		{"../docs/cluster-mode.md", "   \"prod-shards\"", `{"context": {"environments": {`, `}}}`},
		{"../docs/serverless.md", "\"reports\"", `{"context": {"environments": {`, `}}}`},
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
			app := awscdk.NewApp(&awscdk.AppProps{Context: &file.Context, AutoSynth: ptr.To(false)})
			assert.NotPanics(t, func() { NewRedisCacheStacks(app) })
		})
	}
}

// The first cell of a row of the table of settings.
var settingsRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\|")

func TestTheTablesOfSettingsHaveEveryKeyOfAnEnvironment(t *testing.T) {
	assert.ElementsMatch(t, keysOfType[settings](), keysOfSection(t, "Settings"))

	const same = "These mean the same as above: "
	section := sectionOf(t, "Settings of a serverless cache")
	_, asAbove, found := strings.Cut(section, same)
	require.True(t, found)
	asAbove, _, _ = strings.Cut(asAbove, "\n\n")
	keys := keysOfSection(t, "Settings of a serverless cache")
	for _, key := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(asAbove, -1) {
		assert.Contains(t, keysOfType[settings](), key[1])
		keys = append(keys, key[1])
	}
	assert.ElementsMatch(t, keysOfType[serverlessSettings](), keys)
}

func keysOfType[S any]() []string { return slices.Collect(maps.Keys(keysOf(reflect.TypeFor[S]()))) }

// sectionOf docs/stacks.md.
func sectionOf(t *testing.T, heading string) string {
	page, err := os.ReadFile("../docs/stacks.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## "+heading+"\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// keysOfSection are in the rows of its table.
func keysOfSection(t *testing.T, heading string) (rows []string) {
	for _, row := range settingsRow.FindAllStringSubmatch(sectionOf(t, heading), -1) {
		rows = append(rows, row[1])
	}
	return rows
}
