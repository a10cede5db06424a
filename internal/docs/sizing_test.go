package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// Each row of the table of node types has what the catalog has of the types in its first cell.
func TestTheNodeTypesOfThePageAreThoseOfTheCatalog(t *testing.T) {
	page := readPage(t, "docs/sizing-and-cost.md")
	checked := 0
	page.walk(func(node ast.Node) {
		row, is := node.(*extended.TableRow)
		if !is || !strings.HasPrefix(page.textOf(row.FirstChild()), "cache.") {
			return
		}
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, page.textOf(cell))
		}
		for _, name := range strings.Split(cells[0], ", ") {
			known, found := catalog.FindNodeType(name)
			if !assert.True(t, found && !known.Retired, name) {
				continue
			}
			checked++
			assert.Equal(t, [3]string{vcpus(known), memory(known), known.Network}, [3]string(cells[1:4]), name)
		}
	})
	assert.Greater(t, checked, 8)
}

func vcpus(t catalog.NodeType) string {
	if t.Burstable {
		return fmt.Sprintf("%d, burstable", t.VCPUs)
	}
	return fmt.Sprint(t.VCPUs)
}

func memory(t catalog.NodeType) string {
	text := fmt.Sprintf("%.2f GiB", float64(t.MaxmemoryBytes)/(1<<30))
	if t.DataTiering {
		text += fmt.Sprintf(", %s GiB of SSD", t.SsdGiB)
	}
	return text
}
