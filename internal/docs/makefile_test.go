package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
)

var (
	makeTarget  = regexp.MustCompile(`(?m)^([a-z0-9-]+):.*\n\t`)
	makeCommand = regexp.MustCompile(`\bmake((?:\s[a-z][a-z0-9-]*)+)`)
	phonyNames  = regexp.MustCompile(`(?m)^\.PHONY: (.*)$`)
)

// recipes are the targets of the Makefile that have at least one command.
func recipes(t testing.TB) (targets []string, makefile string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	for _, target := range makeTarget.FindAllStringSubmatch(string(text), -1) {
		targets = append(targets, target[1])
	}
	return targets, string(text)
}

// codeOf is what a page shows as code, in lines and in blocks.
func codeOf(p page) string {
	var code strings.Builder
	p.walk(func(node ast.Node) {
		switch node.Kind() {
		case ast.KindCodeSpan:
			code.WriteString(p.textOf(node) + "\n\n")
		case ast.KindFencedCodeBlock:
			code.WriteString(p.linesOf(node) + "\n\n")
		}
	})
	return code.String()
}

// A merge can drop a recipe and leave its name in .PHONY: make then does nothing, and succeeds.
func TestEveryPhonyTargetHasARecipe(t *testing.T) {
	targets, makefile := recipes(t)
	phony := phonyNames.FindStringSubmatch(makefile)
	require.NotNil(t, phony, "the Makefile has no line .PHONY")
	names := strings.Fields(phony[1])
	require.NotEmpty(t, names)
	for _, name := range names {
		assert.Contains(t, targets, name)
	}
}

func TestEveryMakeCommandOfThePagesHasARecipe(t *testing.T) {
	targets, _ := recipes(t)
	script, err := os.ReadFile(filepath.Join(root, ".ci/run"))
	require.NoError(t, err)
	code := map[string]string{".ci/run": string(script)}
	for _, page := range append(handbook(t), readPage(t, "CONTRIBUTING.md"), readPage(t, "SECURITY.md")) {
		code[page.path] = codeOf(page)
	}
	var named []string
	for path, text := range code {
		for line := range strings.Lines(text) {
			for _, command := range makeCommand.FindAllStringSubmatch(line, -1) {
				for _, target := range strings.Fields(command[1]) {
					named = append(named, target)
					assert.Contains(t, targets, target, "%s: make%s", path, command[1])
				}
			}
		}
	}
	slices.Sort(named)
	assert.Greater(t, len(slices.Compact(named)), 10, "of the commands that were found")
}
