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
		require.Positive(t, nodePrice[found[3]], found[3])
		price := float64(shards*nodes) * nodePrice[found[3]] * (1 - valkeyDiscount)
		assert.Equal(t, []string{
			fmt.Sprintf("$%.2f", price), fmt.Sprintf("%.1f GiB", float64(shards)*holds(t, found[3])),
			breakEven(price, 0), breakEven(price, 1_000), breakEven(price, 10_000), breakEven(price, 50_000),
		}, cells[1:], cells[0])
		rows++
	})
	assert.Equal(t, 5, rows)
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

// The worked example of the page: 2 GB and 500 requests a second.
func TestTheWorkedExampleIsThatOfThePrices(t *testing.T) {
	const gigabytes, requests = 2, 500
	text := strings.Join(strings.Fields(string(readPage(t, "docs/sizing-and-cost.md").source)), " ")
	data, ecpus := gigabytes*gigabyteMonth, requests*secondsOfMonth/1e6*millionECPUs
	serverless := fmt.Sprintf("%d × $%.2f + %.1f × $%.2f = %s a month", gigabytes, gigabyteMonth, requests/1000.0,
		2*ecpus, dollars(data+ecpus))
	assert.Contains(t, text, serverless)
	byDay := (gigabytes+0.2)/2*gigabyteMonth + ecpus
	assert.Contains(t, text, "serverless costs "+dollars(byDay)+" and is cheaper")
	nodes := 2 * nodePrice["cache.t4g.medium"] * (1 - valkeyDiscount)
	assert.Contains(t, text, fmt.Sprintf("two `cache.t4g.medium`, which hold %.1f GiB, cost %s", holds(t, "cache.t4g.medium"), dollars(nodes)))
	assert.Less(t, nodes, data+ecpus, "the nodes are cheaper")
	assert.Less(t, byDay, nodes, "serverless is cheaper where the data is there by day only")
	assert.Greater(t, holds(t, "cache.t4g.medium"), gigabytes*1e9/(1<<30), "the nodes hold the data")
}

// holds is the data in GiB that a node has room for.
func holds(t testing.TB, name string) float64 {
	t.Helper()
	of, known := catalog.FindNodeType(name)
	require.True(t, known, name)
	return float64(of.MaxmemoryBytes) / (1 << 30) * (100 - reservedPercent) / 100
}

func TestTheAlarmsOfShardsCostWhatThePageSays(t *testing.T) {
	sharded := costs(t, goldenTemplates(t)["securebase-sharded-redis.template.json"])
	text := strings.Join(strings.Fields(string(readPage(t, "docs/sizing-and-cost.md").source)), " ")
	assert.Contains(t, text, fmt.Sprintf("More nodes have more alarm metrics: %s a month for 3 shards of 3 nodes", dollars(sharded["Alarms"])))
}
