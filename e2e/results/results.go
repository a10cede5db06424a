// Package results collects what drills measure, and writes it down where every drill has passed.
package results

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9/logging"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Table is one table of the results page: a row for each thing measured, a column for each engine.
type Table struct {
	file, title string
	mu          sync.Mutex
	rows        []*Row
}

// Row is one line. It is declared beside the drill that fills it; the page has the rows by their drills' numbers.
type Row struct {
	table        *Table
	drill, shows string
	cells        map[string]string // by engine
}

// New is a table that is written to a file in e2e/out under a title.
func New(file, title string) *Table { return &Table{file: file, title: title} }

// Row declares a line: the drill that fills it, and what it shows.
func (table *Table) Row(drill, shows string) *Row {
	row := &Row{table, drill, shows, map[string]string{}}
	table.rows = append(table.rows, row)
	return row
}

// Rows declares a line for each of the names, which begin what it shows.
func (table *Table) Rows(drill, shows string, names ...string) map[string]*Row {
	rows := map[string]*Row{}
	for _, name := range names {
		rows[name] = table.Row(drill, name+": "+shows)
	}
	return rows
}

// Record notes what an engine showed.
func (row *Row) Record(t testing.TB, engine engines.Engine, format string, args ...any) {
	t.Helper()
	row.table.mu.Lock()
	defer row.table.mu.Unlock()
	row.cells[engine.Name] = fmt.Sprintf(format, args...)
	t.Logf("%s: %s", row.shows, row.cells[engine.Name])
}

// Run runs the tests after the checks of what they need. Where all of them have passed it writes the table with more text to
// follow; a line that nobody has filled is a drill that did not do its work.
func (table *Table) Run(m *testing.M, more func() string, checks ...func() error) int {
	flag.Parse()
	for _, check := range checks {
		if err := check(); err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
	}
	// Parallel parts wait for the clock, not for a processor.
	_ = flag.Set("test.parallel", "8")
	// Broken connections are what the drills make.
	logging.Disable()
	code := m.Run()
	if flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String() != "" || code != 0 {
		return code
	}
	if err := table.write(more()); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return 0
}

func (table *Table) write(more string) error {
	page := &strings.Builder{}
	fmt.Fprintf(page, "## %s\n\n| Drill | |", table.title)
	for _, engine := range engines.All {
		version, err := engine.Version()
		if err != nil {
			return err
		}
		fmt.Fprintf(page, " %s %s |", engine.Name, version)
	}
	fmt.Fprint(page, "\n|---|---|"+strings.Repeat("---|", len(engines.All))+"\n")
	slices.SortStableFunc(table.rows, func(a, b *Row) int { return cmp.Compare(a.number(), b.number()) })
	var missing []string
	drill := ""
	for _, row := range table.rows {
		name := ""
		if row.drill != drill {
			name, drill = row.drill, row.drill
		}
		fmt.Fprintf(page, "| %s | %s |", name, row.shows)
		for _, engine := range engines.All {
			if row.cells[engine.Name] == "" {
				missing = append(missing, engine.Name+": "+row.shows)
			}
			fmt.Fprintf(page, " %s |", row.cells[engine.Name])
		}
		fmt.Fprintln(page)
	}
	if len(missing) > 0 {
		return fmt.Errorf("no result for %q", missing)
	}
	path := engines.Path("e2e/out", table.file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(page.String()+more), 0o644)
}

// number is the drill's, with which its name begins.
func (row *Row) number() (number int) {
	_, _ = fmt.Sscan(row.drill, &number)
	return number
}

// Percentile is the value that so many percent of the values do not exceed.
func Percentile[T int | float64 | ~int64](values []T, percent int) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*percent/100]
}
