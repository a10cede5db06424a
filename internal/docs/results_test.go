package docs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"
)

var (
	drillNumbers = regexp.MustCompile(`\b[Dd]rills? (\d+)(?: and (\d+))?`)
	number       = regexp.MustCompile(`\d+(?:\.\d+)?`)
	figures      = regexp.MustCompile(`takes (\S+) ms from PostgreSQL \(p99 (\S+) ms\) and (\S+) ms from the cache \(p99 (\S+) ms\)\. ` +
		`.* serves (\d+) requests a second instead of (\d+), and (\d+)% of them never reach the database`)
)

// resultRows are the cells of every row of the page of results.
func resultRows(t testing.TB) (rows [][]string) {
	t.Helper()
	page := readPage(t, "e2e/RESULTS.md")
	page.walk(func(node ast.Node) {
		if row, is := node.(*extended.TableRow); is {
			var cells []string
			for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, page.textOf(cell))
			}
			rows = append(rows, cells)
		}
	})
	require.NotEmpty(t, rows)
	return rows
}

func TestEveryDrillOfThePagesHasResults(t *testing.T) {
	measured := map[string]bool{}
	for _, row := range resultRows(t) {
		drill, _, _ := strings.Cut(row[0], " ")
		measured[drill] = true
	}
	checked := 0
	for _, page := range handbook(t) {
		for _, named := range drillNumbers.FindAllStringSubmatch(string(page.source), -1) {
			for _, drill := range named[1:] {
				if drill != "" {
					checked++
					assert.True(t, measured[drill], "%s: e2e/RESULTS.md has no drill %s; run make e2e-results", page.path, drill)
				}
			}
		}
	}
	assert.Positive(t, checked)
}

// measured are the numbers of the first engine in the row whose title contains a text.
func measured(t testing.TB, title string) []string {
	t.Helper()
	for _, row := range resultRows(t) {
		if len(row) > 2 && strings.Contains(row[1], title) {
			return number.FindAllString(row[2], -1)
		}
	}
	require.Fail(t, "e2e/RESULTS.md has no row "+title)
	return nil
}

// The README rounds milliseconds: whole ones from ten on, else to a tenth.
func rounded(t testing.TB, milliseconds string) string {
	t.Helper()
	var value float64
	_, err := fmt.Sscan(milliseconds, &value)
	require.NoError(t, err)
	if value >= 10 {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.1f", value)
}

func TestTheFiguresOfTheReadmeAreThoseOfTheResults(t *testing.T) {
	text := strings.Join(strings.Fields(string(readPage(t, "README.md").source)), " ")
	got := figures.FindStringSubmatch(text)
	require.NotNil(t, got, "the README has no sentence with the figures")
	database, cache := measured(t, "Go: a year of a customer's orders"), measured(t, "Go: the same, by the cache")
	alone, cached := measured(t, "by the database alone: requests a second"), measured(t, "The same with the cache: requests a second")
	assert.Equal(t, []string{
		rounded(t, database[0]), rounded(t, database[1]), rounded(t, cache[0]), rounded(t, cache[1]), cached[0], alone[0], cached[1],
	}, got[1:], "e2e/RESULTS.md, and the README")

	example := string(readPage(t, "examples/lambda-go/README.md").source)
	assert.Contains(t, example, "takes PostgreSQL "+rounded(t, database[0])+" ms in the median")
}
