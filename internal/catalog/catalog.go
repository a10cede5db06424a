// Package catalog knows which engines, node types and parameters ElastiCache has, and what is true of each. The facts
// are in the CSV files beside it; README.md names their sources and doubts.
package catalog

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

var (
	//go:embed engine-versions.csv
	engineVersionsCsv string
	//go:embed node-types.csv
	nodeTypesCsv string
	//go:embed families.csv
	familiesCsv string
	//go:embed parameters.csv
	parametersCsv string
)

// row is a row of a table. The tables are part of the build and a test reads all of them, so a broken one is a bug and
// panics with the file and the line.
type row struct {
	file  string
	line  int
	cells map[string]string // by the name of the column
}

// readTable returns the rows of a table, whose first row has the names of the columns.
func readTable(file, table string) (rows []row) {
	reader := csv.NewReader(strings.NewReader(table))
	columns, err := reader.Read()
	if err != nil {
		panic(fmt.Errorf("catalog: %s: %w", file, err))
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			panic(fmt.Errorf("catalog: %s: %w", file, err))
		}
		line, _ := reader.FieldPos(0)
		r := row{file: file, line: line, cells: make(map[string]string, len(columns))}
		for i, column := range columns {
			r.cells[column] = cells[i]
		}
		rows = append(rows, r)
	}
}

func (r row) panicf(format string, args ...any) {
	panic(fmt.Sprintf("catalog: %s, line %d: ", r.file, r.line) + fmt.Sprintf(format, args...))
}

func (r row) text(column string) string {
	cell, exists := r.cells[column]
	if !exists {
		r.panicf("no column %s", column)
	}
	return cell
}

func (r row) required(column string) string {
	cell := r.text(column)
	if cell == "" {
		r.panicf("%s is empty", column)
	}
	return cell
}

func (r row) oneOf(column string, allowed ...string) string {
	cell := r.text(column)
	for _, value := range allowed {
		if cell == value {
			return cell
		}
	}
	r.panicf("%s is %q, not one of %s", column, cell, strings.Join(allowed, ", "))
	return ""
}

func (r row) flag(column string) bool { return r.oneOf(column, "true", "false") == "true" }

// number returns a positive whole number, or 0 for an empty cell.
func (r row) number(column string) int64 {
	cell := r.text(column)
	if cell == "" {
		return 0
	}
	number, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || number <= 0 {
		r.panicf("%s is %q, not a positive whole number", column, cell)
	}
	return number
}

// decimal returns the text of a positive number, which may be empty.
func (r row) decimal(column string) string {
	cell := r.text(column)
	if number, err := strconv.ParseFloat(cell, 64); cell != "" && (err != nil || number <= 0) {
		r.panicf("%s is %q, not a positive number", column, cell)
	}
	return cell
}

// version returns a version, or the zero Version for an empty cell.
func (r row) version(column string) Version {
	cell := r.text(column)
	version, ok := ParseVersion(cell)
	if cell != "" && !ok {
		r.panicf("%s is %q, not a version", column, cell)
	}
	return version
}

// index returns the values, one for each row, by their key, and panics where two rows have the same.
func index[K comparable, V any](rows []row, values []V, key func(V) K) map[K]V {
	indexed := make(map[K]V, len(values))
	for i, value := range values {
		if _, twice := indexed[key(value)]; twice {
			rows[i].panicf("%v is there twice", key(value))
		}
		indexed[key(value)] = value
	}
	return indexed
}
