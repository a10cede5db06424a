package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/docs"
)

// Node types have a table of their own, with more than a name.
func TestThePageOfPropertiesIsWhatTheSourceSays(t *testing.T) {
	tables, err := docs.Properties(filepath.Join(root, "constructs/rediscache"), "props.go", "NodeType")
	require.NoError(t, err)
	checkGenerated(t, "docs/properties.md", "properties", tables+"\n")
}

func TestThePageOfServerlessCachesIsWhatTheSourceSays(t *testing.T) {
	tables, err := docs.Properties(filepath.Join(root, "constructs/serverlesscache"), "props.go")
	require.NoError(t, err)
	checkGenerated(t, "docs/serverless.md", "properties", tables+"\n")
}

func TestEveryPropertyHasADescriptionAndADefault(t *testing.T) {
	tables, err := docs.Properties(filepath.Join(root, "constructs/rediscache"), "props.go", "NodeType")
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(tables) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "¦"), " | ")
		if !strings.HasPrefix(line, "| `") || len(cells) != 4 {
			continue
		}
		rows++
		assert.NotEmpty(t, strings.TrimSpace(cells[2]), "no default: %s", line)
		assert.NotEqual(t, "|", strings.TrimSpace(cells[3]), "no description: %s", line)
	}
	assert.Greater(t, rows, 40)
}

func TestPropertiesOfASource(t *testing.T) {
	source := `package sample

// SampleProps are the properties of a Sample, see [NestedOptions]. For [New_Sample], or a *[other.Error].
type SampleProps struct {
	// Size of it, small|large.
	//
	// In steps of one.
	//
	// Default: 2.
	Size *float64 ` + "`json:\"size\"`" + `
	// Vpc it lives in. Required.
	Vpc Vpc
	// Nested is more. Default: all, see [NestedOptions].
	Nested *NestedOptions
	hidden int
}

// NestedOptions change less.
type NestedOptions struct {
	// First and Second are alike. Default: none.
	First, Second *[]*string
}

type Result struct{ Value string }

const (
	// Colour_RED is red.
	Colour_RED Colour = "red"
)

// Login_Token takes a token.
func Login_Token(token Value, options *NestedOptions) Login { return nil }

// Sample_FromSampleAttributes imports one.
func Sample_FromSampleAttributes(scope Construct) Sample { return nil }

// Size_LARGE is skipped.
func Size_LARGE() *string { return nil }
`
	directory := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(directory, "props.go"), []byte(source), 0o644))
	inTest := "package sample\n\n// Other_VALUE is a test's.\nconst Other_VALUE = 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(directory, "a_test.go"), []byte(inTest), 0o644))

	got, err := docs.Properties(directory, "props.go", "Size")
	require.NoError(t, err)
	assert.Equal(t, `
## SampleProps

SampleProps are the properties of a Sample, see [NestedOptions](#nestedoptions). For `+"`New_Sample`, or a `*other.Error`"+`.

| Property | Type | Default | Description |
|---|---|---|---|
| `+"`Size` | `*float64`"+` | 2 | Size of it, small\|large. In steps of one. |
| `+"`Vpc` | `Vpc`"+` | required | Vpc it lives in. |
| `+"`Nested` | [`*NestedOptions`](#nestedoptions)"+` | all, see [NestedOptions](#nestedoptions) | Nested is more. |

## NestedOptions

NestedOptions change less.

| Property | Type | Default | Description |
|---|---|---|---|
| `+"`First` | `*[]*string`"+` | none | First and Second are alike. |
| `+"`Second` | `*[]*string`"+` | none | First and Second are alike. |

## Colour

| Value | Description |
|---|---|
| `+"`Colour_RED`"+` | Colour\_RED is red. |

## Login

| Value | Description |
|---|---|
| `+"`Login_Token(token, options)`"+` | Login\_Token takes a token. |
`, got)
}
