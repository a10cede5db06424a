package docs_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// Prices in us-east-1: of Valkey nodes in relation to Redis, and of ElastiCache Serverless for Valkey, 2026-06.
const (
	valkeyDiscount  = 0.20
	gigabyteMonth   = 0.084 * hours
	millionECPUs    = 0.0023
	secondsOfMonth  = hours * 3600
	reservedPercent = 25
)

var nodesOfKind = regexp.MustCompile(`^(?:(\d+) shards of )?(\d+) (cache\.[\w.]+)`)

// Below so many GB serverless is cheaper than nodes of the price, at so many requests a second of 1 KB.
func breakEven(nodes, requests float64) string {
	gigabytes := (nodes - requests*secondsOfMonth/1e6*millionECPUs) / gigabyteMonth
	if gigabytes <= 0 {
		return "never"
	}
	return fmt.Sprintf("%.2f GB", gigabytes)
}

func TestTheBreakEvensAreThoseOfThePrices(t *testing.T) {
	page := readPage(t, "docs/sizing-and-cost.md")
	rows := 0
	page.walk(func(node ast.Node) {
		row, is := node.(*extended.TableRow)
		if !is || row.ChildCount() != 7 {
			return
		}
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, page.textOf(cell))
		}
		found := nodesOfKind.FindStringSubmatch(cells[0])
		require.NotNil(t, found, cells[0])
		shards, nodes := 1, 0
		if found[1] != "" {
			shards, _ = strconv.Atoi(found[1])
		}
		nodes, _ = strconv.Atoi(found[2])
		of, known := catalog.FindNodeType(found[3])
		require.True(t, known && nodePrice[found[3]] > 0, found[3])
		price := float64(shards*nodes) * nodePrice[found[3]] * (1 - valkeyDiscount)
		holds := float64(shards) * float64(of.MaxmemoryBytes) / (1 << 30) * (100 - reservedPercent) / 100
		assert.Equal(t, []string{
			fmt.Sprintf("$%.2f", price), fmt.Sprintf("%.1f GiB", holds),
			breakEven(price, 0), breakEven(price, 1_000), breakEven(price, 10_000), breakEven(price, 50_000),
		}, cells[1:], cells[0])
		rows++
	})
	assert.Equal(t, 3, rows)
}

func TestThePageNamesThePricesOfServerless(t *testing.T) {
	text := string(readPage(t, "docs/sizing-and-cost.md").source)
	for _, price := range []string{
		fmt.Sprintf("$%.2f a month", gigabyteMonth), fmt.Sprintf("are $%.2f", 1000*secondsOfMonth/1e6*millionECPUs),
		fmt.Sprintf("0.1 GB, $%.2f", gigabyteMonth/10), fmt.Sprintf("− $%.2f × requests", 1000*secondsOfMonth/1e6*millionECPUs),
	} {
		assert.Contains(t, text, price)
	}
}

func TestTheAlarmsOfShardsCostWhatThePageSays(t *testing.T) {
	sharded := costs(t, goldenTemplates(t)["securebase-sharded-redis.template.json"])
	text := strings.Join(strings.Fields(string(readPage(t, "docs/sizing-and-cost.md").source)), " ")
	assert.Contains(t, text, fmt.Sprintf("More nodes have more alarm metrics: %s a month for 3 shards of 3 nodes", dollars(sharded["Alarms"])))
}
