package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// An alarm's metric math holds ten metrics.
func TestAlarmsOfAShardedCacheWatchAsManyNodesAsTheyCan(t *testing.T) {
	alarms := func(nodeGroups, replicas float64) map[string]object {
		f := newFixture()
		f.sharded(nodeGroups, replicas, func(p *props) { p.LogRetention = "" })
		found := map[string]object{}
		for _, r := range synthesize(t, f.stack).allOf(alarm) {
			found[strings.TrimPrefix(r.Properties["AlarmName"].(string), "securebase-prod-redis-")] = r.Properties
		}
		return found
	}
	expression := func(properties object) any { return properties["Metrics"].(list)[0].(object)["Expression"] }

	t.Run("nine nodes are watched by one alarm a metric, and their hits and misses by node group", func(t *testing.T) {
		found := alarms(3, 2)
		require.Contains(t, found, "cpu")
		assert.Equal(t, "MAX([node1, node2, node3, node4, node5, node6, node7, node8, node9])", expression(found["cpu"]))
		assert.Len(t, found["cpu"]["Metrics"], 10)
		assert.Contains(t, found["cpu"]["AlarmDescription"], "Redis query cache securebase-prod, all nodes: Host CPU is above 75%.")
		assert.Equal(t, "MIN([FILL(node1, 0), FILL(node2, 0), FILL(node3, 0), FILL(node4, 0), FILL(node5, 0), FILL(node6, 0), FILL(node7, 0), "+
			"FILL(node8, 0), FILL(node9, 0)])", expression(found["node-unreachable"]), "the math leaves out what is missing")
		assert.Equal(t, "IF(SUM([hits1, hits2, hits3]) + SUM([misses1, misses2, misses3]) >= 100, 100 * SUM([hits1, hits2, hits3]) / "+
			"(SUM([hits1, hits2, hits3]) + SUM([misses1, misses2, misses3])), 100)", expression(found["0002-hit-rate"]))
		assert.Len(t, found, 7+3)
	})
	t.Run("ninety nodes are watched by node group", func(t *testing.T) {
		found := alarms(30, 2)
		assert.Len(t, found, 30*8)
		assert.Equal(t, "MAX([node1, node2, node3])", expression(found["0030-memory"]))
		assert.Contains(t, found["0030-memory"]["AlarmDescription"], "node group 0030: ")
	})
	t.Run("the hit rate of a node group of six is watched by node", func(t *testing.T) {
		found := alarms(2, 5)
		assert.Equal(t, "MAX([node1, node2, node3, node4, node5, node6])", expression(found["0001-cpu"]))
		assert.Contains(t, found, "0002-006-hit-rate")
		assert.Len(t, found, 2*7+12)
	})
}

func TestTheDashboardOfManyNodesShowsNodeGroups(t *testing.T) {
	body := func(nodeGroups, replicas float64) string {
		f := newFixture()
		f.sharded(nodeGroups, replicas, func(p *props) { p.Dashboard = jsii.Bool(true) })
		return fmt.Sprint(synthesize(t, f.stack).one(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"])
	}
	few := body(4, 2)
	assert.Contains(t, few, `"label":"0004-003"`)
	assert.NotContains(t, few, "MAX([")
	many := body(5, 2)
	assert.NotContains(t, many, `"label":"0004-003"`)
	assert.Contains(t, many, `"label":"0005","expression":"MAX([cPUUtilization_0005_001, cPUUtilization_0005_002, cPUUtilization_0005_003])"`)
	assert.Contains(t, many, `"label":"0005","expression":"SUM([evictions_0005_001`)
}

// CloudWatch shows a hundred alarms in a widget.
func TestTheDashboardOfManyAlarmsHasSeveralAlarmWidgets(t *testing.T) {
	f := newFixture()
	f.sharded(15, 1, func(p *rediscache.RedisCacheProps) { p.Dashboard = jsii.Bool(true) })
	body := fmt.Sprint(synthesize(t, f.stack).one(t, dashboard).Properties["DashboardBody"])
	assert.Equal(t, 2, strings.Count(body, `"type":"alarm"`), "of 120 alarms")
}
