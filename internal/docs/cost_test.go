package docs_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"
)

// Prices in us-east-1, on demand, of AWS's price pages of 2026-11; hourly ones for 730 hours.
const (
	hours          = 730
	endpointZone   = 0.01 * hours
	secretPrice    = 0.40
	metricPrice    = 0.10
	keyPrice       = 1.00
	dashboardPrice = 3.00
)

// Of Redis OSS nodes.
var nodePrice = map[string]float64{
	"cache.t3.micro": 0.017 * hours, "cache.t4g.medium": 0.065 * hours, "cache.m7g.large": 0.158 * hours, "cache.r6g.large": 0.206 * hours,
}

// costs of a template by the row of the table.
func costs(t testing.TB, of template) map[string]float64 {
	sum := map[string]float64{}
	for _, resource := range of.Resources {
		p := resource.Properties
		switch resource.Type {
		case "AWS::ElastiCache::ReplicationGroup":
			price, known := nodePrice[p["CacheNodeType"].(string)]
			require.True(t, known, "no price of %s", p["CacheNodeType"])
			sum["Nodes"] += price * nodesOf(p)
		case "AWS::EC2::VPCEndpoint":
			if p["VpcEndpointType"] == "Interface" {
				sum["Endpoint"] += endpointZone * float64(len(p["SubnetIds"].([]any)))
			}
		case "AWS::SecretsManager::Secret":
			sum["Secrets"] += secretPrice
		case "AWS::CloudWatch::Alarm":
			sum["Alarms"] += metricPrice * metricsOf(p)
		case "AWS::KMS::Key":
			sum["Key"] += keyPrice
		case "AWS::CloudWatch::Dashboard":
			sum["Dashboard"] += dashboardPrice
		}
	}
	for _, name := range []string{"Nodes", "Endpoint", "Secrets", "Alarms", "Key", "Dashboard"} {
		sum["Sum"] += sum[name]
	}
	return sum
}

// nodesOf a replication group.
func nodesOf(group map[string]any) float64 {
	if shards, sharded := group["NumNodeGroups"].(float64); sharded {
		return shards * (1 + group["ReplicasPerNodeGroup"].(float64))
	}
	return group["NumCacheClusters"].(float64)
}

// metricsOf an alarm: one, or those that its expression takes.
func metricsOf(alarm map[string]any) (number float64) {
	metrics, isMath := alarm["Metrics"].([]any)
	if !isMath {
		return 1
	}
	for _, metric := range metrics {
		if metric.(map[string]any)["MetricStat"] != nil {
			number++
		}
	}
	return number
}

func TestTheCostTableIsThatOfTheTemplates(t *testing.T) {
	templates := goldenTemplates(t)
	dev, prod := costs(t, templates["securebase-dev-redis.template.json"]), costs(t, templates["securebase-prod-redis.template.json"])
	got := costRows(readPage(t, "docs/sizing-and-cost.md"))
	require.Len(t, got, 7, "rows of the table")
	for i, name := range []string{"Nodes", "Endpoint", "Secrets", "Alarms", "Key", "Dashboard", "Sum"} {
		assert.Equal(t, [2]string{dollars(dev[name]), dollars(prod[name])}, got[i], name)
	}
}

// costRows are the last two cells of the rows of the table with a column for dev.
func costRows(p page) (rows [][2]string) {
	p.walk(func(node ast.Node) {
		row, is := node.(*extended.TableRow)
		if !is || row.ChildCount() != 4 || p.textOf(row.Parent().FirstChild().FirstChild().NextSibling().NextSibling()) != "dev" {
			return
		}
		rows = append(rows, [2]string{p.textOf(row.LastChild().PreviousSibling()), p.textOf(row.LastChild())})
	})
	return rows
}

func dollars(amount float64) string {
	if amount == 0 {
		return ""
	}
	return fmt.Sprintf("$%.2f", amount)
}
