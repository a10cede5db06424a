package docs_test

import (
	"bytes"
	"iter"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/yuin/goldmark/ast"
)

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// The README sells and starts; docs/ answers.
func TestTheReadmeIsOnePage(t *testing.T) {
	assert.LessOrEqual(t, bytes.Count(readPage(t, "README.md").source, []byte("\n")), 250)
}

func TestEachPageOfDocsBeginsWithWhatItAnswers(t *testing.T) {
	for _, page := range handbook(t) {
		if page.path == "README.md" {
			continue
		}
		title, is := page.document.FirstChild().(*ast.Heading)
		if !assert.True(t, is && title.Level == 1, "%s has no title", page.path) {
			continue
		}
		question, is := title.NextSibling().(*ast.Paragraph)
		if assert.True(t, is, "%s has no question under its title", page.path) {
			assert.True(t, strings.HasSuffix(page.textOf(question), "?"), "%s does not begin with what it answers", page.path)
			assert.Equal(t, ast.KindEmphasis, question.FirstChild().Kind(), page.path)
		}
	}
}

// The README and the pages link to every page of docs/, so that each is found.
func TestTheReadmeLinksToEveryPage(t *testing.T) {
	destinations := strings.Join(links(readPage(t, "README.md")), "\n")
	for _, page := range handbook(t) {
		if page.path != "README.md" {
			assert.Contains(t, destinations, page.path)
		}
	}
}

// Words are written as AWS writes them: 75%, $300.76, a replication group.
func TestTheWordsAreThoseOfAws(t *testing.T) {
	avoid := regexp.MustCompile(`\d [%$]|\d\$|\bthe cluster\b|\bfor ever\b|\bbelongs into\b`)
	pages := append(handbook(t), readPage(t, "CONTRIBUTING.md"), readPage(t, "SECURITY.md"), readPage(t, "CHANGELOG.md"))
	for _, page := range pages {
		for number, line := range strings.Split(string(page.source), "\n") {
			assert.Empty(t, avoid.FindString(line), "%s:%d: %s", page.path, number+1, line)
		}
	}
}
