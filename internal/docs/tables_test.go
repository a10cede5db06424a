package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	markdown "github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"
)

// firstColumn has what stands in backticks in the first column of the tables that have this heading above it.
func firstColumn(t testing.TB, p page, heading string) (names []string) {
	t.Helper()
	p.walk(func(node markdown.Node) {
		table, is := node.(*extended.Table)
		if !is || !strings.HasPrefix(p.textOf(table.FirstChild().FirstChild()), heading) {
			return
		}
		for row := table.FirstChild().NextSibling(); row != nil; row = row.NextSibling() {
			for span := row.FirstChild().FirstChild(); span != nil; span = span.NextSibling() {
				if span.Kind() == markdown.KindCodeSpan {
					names = append(names, p.textOf(span))
				}
			}
		}
	})
	require.NotEmpty(t, names, "%s has no table with the heading %q", p.path, heading)
	return names
}

// sources are the Go files of a package, without its tests.
func sources(t testing.TB, directory string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, directory, "*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	return files
}

// warningIDs are the second argument of each call of when, and what is added to WarningPrefix.
func warningIDs(t testing.TB) (ids []string) {
	t.Helper()
	files := slices.Concat(sources(t, "constructs/rediscache"), sources(t, "constructs/serverlesscache"), sources(t, "stacks"))
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				if selector, is := node.Fun.(*ast.SelectorExpr); is && selector.Sel.Name == "when" && len(node.Args) > 1 {
					ids = append(ids, literals(node.Args[1])...)
				}
			case *ast.BinaryExpr:
				if name := nameOf(node.X); node.Op == token.ADD && name == "WarningPrefix" {
					ids = append(ids, literals(node.Y)...)
				}
			}
			return true
		})
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func literals(expression ast.Expr) []string {
	literal, is := expression.(*ast.BasicLit)
	if !is {
		return nil
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return nil
	}
	return []string{text}
}

func nameOf(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// fieldsOf are the names of a struct's fields.
func fieldsOf(t testing.TB, directory, name string) (fields []string) {
	t.Helper()
	for _, file := range sources(t, directory) {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, is := node.(*ast.TypeSpec)
			if !is || spec.Name.Name != name {
				return true
			}
			for _, field := range spec.Type.(*ast.StructType).Fields.List {
				for _, ident := range field.Names {
					fields = append(fields, ident.Name)
				}
			}
			return false
		})
	}
	require.NotEmpty(t, fields, "no struct %s in %s", name, directory)
	return fields
}

func TestEveryWarningHasARow(t *testing.T) {
	rows := firstColumn(t, readPage(t, "docs/troubleshooting.md"), "Id, after")
	assert.ElementsMatch(t, warningIDs(t), rows)
}

func TestEveryAlarmHasAMeaningAndAFirstCommand(t *testing.T) {
	alarms := slices.DeleteFunc(fieldsOf(t, "constructs/rediscache", "AlarmOptions"), func(name string) bool { return name == "Enabled" })
	var twice []string
	for _, alarm := range alarms {
		twice = append(twice, alarm, alarm) // in the table of meanings and in that of commands
	}
	assert.ElementsMatch(t, twice, firstColumn(t, readPage(t, "docs/monitoring.md"), "Alarm"))
}

func TestEveryServerlessAlarmHasARow(t *testing.T) {
	alarms := slices.DeleteFunc(fieldsOf(t, "constructs/serverlesscache", "AlarmOptions"), func(name string) bool { return name == "Enabled" })
	rows := firstColumn(t, readPage(t, "docs/monitoring.md"), "Serverless alarm")
	assert.ElementsMatch(t, alarms, rows)
}

// Outputs that only other logins and cluster mode have are in the table and in no golden template.
func TestEveryOutputHasARow(t *testing.T) {
	rows := firstColumn(t, readPage(t, "docs/stacks.md"), "Output")
	outputs := map[string]bool{"UserName": true, "ConfigurationEndpointAddress": true}
	for _, template := range goldenTemplates(t) {
		for name := range template.Outputs {
			outputs[name] = true
			assert.Contains(t, rows, name)
		}
	}
	for _, row := range rows {
		assert.True(t, outputs[row], "%s is an output of no template", row)
	}
}
