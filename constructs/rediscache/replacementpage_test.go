package rediscache_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const replacementPage = "docs/replacement.md"

// replacesRow is a row of the page's table.
type replacesRow struct {
	properties []string
	change     string
	replaces   bool
}

var (
	replacesTable = regexp.MustCompile(`(?s)<!-- replaces:begin -->(.*?)<!-- replaces:end -->`)
	inBackticks   = regexp.MustCompile("`([^`]+)`")
	yesOrNo       = regexp.MustCompile(`^\**(yes|no)\b`)
)

func replacesRows(t testing.TB, page string) (rows []replacesRow) {
	t.Helper()
	table := replacesTable.FindStringSubmatch(page)
	require.NotNil(t, table, "no table between <!-- replaces:begin --> and <!-- replaces:end -->")
	for i, line := range strings.Split(strings.TrimSpace(table[1]), "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for c := range cells {
			cells[c] = strings.TrimSpace(cells[c])
		}
		require.Len(t, cells, 3, line)
		switch i {
		case 0:
			require.Equal(t, []string{"Property", "Change", "Replaces the group"}, cells)
			continue
		case 1:
			continue // the rule under the heading
		}
		row := replacesRow{change: cells[1]}
		for _, name := range inBackticks.FindAllStringSubmatch(cells[0], -1) {
			row.properties = append(row.properties, name[1])
		}
		require.NotEmpty(t, row.properties, "no property in backticks: %s", line)
		verdict := yesOrNo.FindStringSubmatch(strings.ToLower(cells[2]))
		require.NotNil(t, verdict, "neither yes nor no: %s", line)
		row.replaces = verdict[1] == "yes"
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows, "the table is empty")
	return rows
}

// The table has a yes for every property with a change that replaces the replication group, and no row that is wrong.
func TestPageSaysWhatReplacesTheGroup(t *testing.T) {
	page, err := os.ReadFile("../../" + replacementPage)
	require.NoError(t, err)
	type verdict struct {
		property string
		replaces bool
	}
	proven, said := map[verdict]bool{}, map[verdict]bool{}
	for _, c := range changes() {
		proven[verdict{c.property, c.replacesGroup()}] = true
	}
	for _, row := range replacesRows(t, string(page)) {
		for _, property := range row.properties {
			v := verdict{property, row.replaces}
			said[v] = true
			assert.True(t, proven[v], "%s: `%s`, %s: no change of it does that", replacementPage, property, row.change)
		}
	}
	for v := range proven {
		if v.replaces {
			assert.True(t, said[v], "%s: no row says that a change of `%s` replaces the group", replacementPage, v.property)
		}
	}
}
