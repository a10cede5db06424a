package rediscache

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// What ElastiCache accepts, collected from AWS's documentation; tables/README.md has sources and caveats.
var (
	//go:embed tables/engine-versions.csv
	engineVersionsCsv string
	//go:embed tables/node-types.csv
	nodeTypesCsv string
	//go:embed tables/parameters.csv
	parametersCsv string
)

// mustParseTable calls row with each row of a table by its column names. The tables are part of the build and a test
// reads them whole, so a broken one is a bug of this package and panics.
func mustParseTable(name, table string, row func(column map[string]string)) {
	records, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Errorf("rediscache: tables/%s.csv: %w", name, err))
	}
	header := records[0]
	for _, record := range records[1:] {
		column := make(map[string]string, len(header))
		for i, title := range header {
			column[title] = record[i]
		}
		row(column)
	}
}
