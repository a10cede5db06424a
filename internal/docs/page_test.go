package docs_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

var update = flag.Bool("update", false, "rewrite what is generated")

// root of the module, from this package's directory.
const root = "../.."

// page is a Markdown file of the project.
type page struct {
	path     string // from the root, with slashes
	source   []byte
	document ast.Node
}

func readPage(t testing.TB, path string) page {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return parsePage(filepath.ToSlash(path), source)
}

func parsePage(path string, source []byte) page {
	reader := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	return page{path, source, reader.Parse(text.NewReader(source))}
}

// handbook is the README and docs/.
func handbook(t testing.TB) []page {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	pages := []page{readPage(t, "README.md")}
	for _, path := range paths {
		pages = append(pages, readPage(t, filepath.Join("docs", filepath.Base(path))))
	}
	return pages
}

// walk visits every node of the page once, before its children.
func (p page) walk(visit func(ast.Node)) {
	// Walk ends early only when the callback fails, and this one does not.
	_ = ast.Walk(p.document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			visit(node)
		}
		return ast.WalkContinue, nil
	})
}

// line is the number of the line at an offset into the source.
func (p page) line(offset int) int { return 1 + strings.Count(string(p.source[:offset]), "\n") }

// linesOf is the text of a block as it is written.
func (p page) linesOf(block ast.Node) string {
	var b strings.Builder
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		b.Write(line.Value(p.source))
	}
	return b.String()
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// anchors are the fragments that GitHub gives to the page's headings: lower case, without punctuation, hyphens for
// spaces, and a number for a heading that is there already.
func (p page) anchors() []string {
	var anchors []string
	p.walk(func(node ast.Node) {
		heading, is := node.(*ast.Heading)
		if !is {
			return
		}
		anchor := strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(p.textOf(heading)), ""), " ", "-")
		for n, unique := 1, anchor; slices.Contains(anchors, anchor); n++ {
			anchor = unique + "-" + string(rune('0'+n))
		}
		anchors = append(anchors, anchor)
	})
	return anchors
}

// textOf is what a reader sees of a node.
func (p page) textOf(node ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(node, func(child ast.Node, entering bool) (ast.WalkStatus, error) {
		if leaf, is := child.(*ast.Text); is && entering {
			b.Write(leaf.Segment.Value(p.source))
			if leaf.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// checkGenerated compares what is between <!-- name:begin --> and <!-- name:end --> with want, or rewrites it.
func checkGenerated(t *testing.T, path, name, want string) {
	t.Helper()
	file := filepath.Join(root, path)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	before, rest, hasBegin := strings.Cut(string(content), begin)
	got, after, hasEnd := strings.Cut(rest, end)
	require.True(t, hasBegin && hasEnd, "%s has no lines %sand %s", path, begin, end)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o644))
		return
	}
	wanted, found := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(found)) {
		require.Equal(t, wanted[i], found[i], "%s is not up to date: go test ./internal/docs -update", path)
	}
	assert.Len(t, found, len(wanted), "%s is not up to date: go test ./internal/docs -update", path)
}
