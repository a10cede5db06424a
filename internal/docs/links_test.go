package docs_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
)

// allPages are the Markdown files of the whole project, without what tools fetch or write.
func allPages(t testing.TB) (pages []page) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == "cdk.out" || name == "bin" || name == ".git") {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			pages = append(pages, readPage(t, relative))
		}
		return nil
	}))
	return pages
}

// links are the destinations of a page's links and pictures.
func links(p page) (destinations []string) {
	p.walk(func(node ast.Node) {
		switch link := node.(type) {
		case *ast.Link:
			destinations = append(destinations, string(link.Destination))
		case *ast.Image:
			destinations = append(destinations, string(link.Destination))
		}
	})
	return destinations
}

func TestEveryRelativeLinkAndAnchorResolves(t *testing.T) {
	checked := 0
	for _, page := range allPages(t) {
		for _, link := range links(page) {
			target, err := url.Parse(link)
			if !assert.NoError(t, err, page.path) || target.IsAbs() {
				continue
			}
			checked++
			path := page.path
			if target.Path != "" {
				path = filepath.ToSlash(filepath.Join(filepath.Dir(page.path), target.Path))
			}
			if _, err := os.Stat(filepath.Join(root, path)); !assert.NoError(t, err, "%s links to %s", page.path, link) {
				continue
			}
			if target.Fragment != "" && strings.HasSuffix(path, ".md") {
				assert.Contains(t, readPage(t, path).anchors(), target.Fragment, "%s links to %s", page.path, link)
			}
		}
	}
	assert.Greater(t, checked, 100, "links that were checked")
}

var pageInGo = regexp.MustCompile(`\bdocs/[\w-]+\.md(?:#([\w-]+))?`)

// Warnings, remedies and comments name pages and headings too.
func TestEveryPageThatGoSourcesNameExists(t *testing.T) {
	checked := 0
	for _, directory := range []string{"cmd", "constructs", "internal/guard", "internal/upgrade", "stacks"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, directory), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, named := range pageInGo.FindAllStringSubmatch(string(source), -1) {
				checked++
				page, _, _ := strings.Cut(named[0], "#")
				if _, err := os.Stat(filepath.Join(root, page)); !assert.NoError(t, err, path) || named[1] == "" {
					continue
				}
				assert.Contains(t, readPage(t, page).anchors(), named[1], "%s names %s", path, named[0])
			}
			return nil
		}))
	}
	assert.Greater(t, checked, 5, "pages that were found")
}

func TestAnchorsOfHeadings(t *testing.T) {
	page := parsePage("page.md", []byte("# If it `fails`, [look](x.md)\n\n## Again\n\n## Again\n\n## r7g_large: 75%\n"))
	assert.Equal(t, []string{"if-it-fails-look", "again", "again-1", "r7g_large-75"}, page.anchors())
}
