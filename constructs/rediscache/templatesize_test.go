package rediscache_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// The number of metrics that CloudWatch takes, and the size of a template that CloudFormation does.
const (
	cloudWatchAlarmMetrics     = 10
	cloudWatchGraphMetrics     = 500
	cloudWatchDashboardMetrics = 2500
	cloudWatchWidgetAlarms     = 100
	cloudFormationResources    = 500
	cloudFormationBytes        = 1_000_000
)

// withoutName leaves the id of the group to CloudFormation, so that every dimension is a Fn::Join.
func withoutName(p *props) { p.Name = nil }

func withLongestName(p *props) { p.Name = jsii.String(strings.Repeat("a", 34)) }

func withoutAlarms(p *props) { p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)} }

func withoutDashboard(p *props) { p.Dashboard = nil }

// Each of them is as large as caches of its kind get, or as large as the default quota of 90 nodes allows.
func TestTheLargestShardedCachesFitIntoATemplate(t *testing.T) {
	for _, test := range []struct {
		name                 string
		nodeGroups, replicas float64
		change               []func(p *props)
		alarms, graphs       int
	}{
		{"3 shards of 3 nodes have every graph", 3, 2, nil, 7 + 3, 12},
		{"90 nodes in 15 shards have an alarm a shard", 15, 5, nil, 7*15 + 90, 7},
		{"90 nodes in 45 shards", 45, 1, nil, 8 * 45, 7},
		{"90 nodes in 45 shards, of a group that CloudFormation names", 45, 1, []func(p *props){withoutName}, 8 * 45, 7},
		{"52 shards, with the longest name", 52, 1, []func(p *props){withLongestName}, 8 * 52, 6},
		{"56 shards without a dashboard", 56, 1, []func(p *props){withLongestName, withoutDashboard}, 8 * 56, 0},
		{"500 nodes without alarms", 250, 1, []func(p *props){withoutAlarms}, 0, 1},
		{"500 nodes without alarms, of a group that CloudFormation names", 100, 4, []func(p *props){withoutAlarms, withoutName}, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			f.sharded(test.nodeGroups, test.replicas, func(p *props) {
				p.Dashboard = jsii.Bool(true)
				for _, change := range test.change {
					change(p)
				}
			})
			text, err := json.MarshalIndent(*assertions.Template_FromStack(f.stack, nil).ToJSON(), "", " ")
			require.NoError(t, err)
			var tpl template
			require.NoError(t, json.Unmarshal(text, &tpl))
			assert.Less(t, len(text), cloudFormationBytes)
			assert.LessOrEqual(t, len(tpl.Resources), cloudFormationResources)
			assert.Len(t, tpl.allOf(alarm), test.alarms)
			for id, r := range tpl.allOf(alarm) {
				assert.LessOrEqual(t, metricsOfAlarm(r), cloudWatchAlarmMetrics, id)
			}
			assert.Equal(t, test.graphs, checkDashboardLimits(t, tpl), "graphs")
			t.Logf("%d resources, %d bytes", len(tpl.Resources), len(text))
		})
	}
}

func metricsOfAlarm(r resource) (number int) {
	queries, _ := r.Properties["Metrics"].(list)
	for _, query := range queries {
		if query.(object)["MetricStat"] != nil {
			number++
		}
	}
	return max(number, 1)
}

// checkDashboardLimits counts the graphs of the template's dashboard, which may be none.
func checkDashboardLimits(t require.TestingT, tpl template) (graphs int) {
	for _, r := range tpl.allOf(dashboard) {
		var body struct {
			Widgets []struct {
				Type       string
				Properties struct{ Metrics, Alarms []any }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(plainText(r.Properties["DashboardBody"])), &body))
		metrics := 0
		for _, widget := range body.Widgets {
			assert.LessOrEqual(t, len(widget.Properties.Alarms), cloudWatchWidgetAlarms)
			if widget.Type != "metric" {
				continue
			}
			graphs++
			shown := metricsOfGraph(widget.Properties.Metrics)
			assert.Positive(t, shown)
			assert.LessOrEqual(t, shown, cloudWatchGraphMetrics)
			metrics += shown
		}
		assert.LessOrEqual(t, metrics, cloudWatchDashboardMetrics)
	}
	return graphs
}

// metricsOfGraph counts those that metric math takes, not the math.
func metricsOfGraph(metrics []any) (number int) {
	for _, metric := range metrics {
		if _, isMetric := metric.(list)[0].(string); isMetric {
			number++
		}
	}
	return number
}

// plainText is JSON with references in it, with a 0 for each: some are texts, and some numbers.
func plainText(value any) string {
	if text, is := value.(string); is {
		return text
	}
	var text strings.Builder
	for _, part := range value.(object)["Fn::Join"].(list)[1].(list) {
		if literal, is := part.(string); is {
			text.WriteString(literal)
		} else {
			text.WriteString("0")
		}
	}
	return text.String()
}

func TestShardedCachesThatNoTemplateHasRoomForAreRefused(t *testing.T) {
	remedy := "use fewer node groups or replicas, switch off kinds of Alarms, or all of them with Alarms.Enabled false"
	for _, test := range []struct {
		name                 string
		nodeGroups, replicas float64
		change               func(p *props)
		want                 string // empty: accepted
	}{
		{"56 shards have 448 alarms", 56, 1, nil, ""},
		{"57 shards have more alarms than there is room for", 57, 1, nil,
			"ClusterMode.NumNodeGroups: 57 creates 456 alarms; a template holds at most 500 resources, of which about 450 can be " +
				"alarms; use fewer node groups, switch off kinds of Alarms, or all of them with Alarms.Enabled false"},
		{"57 shards with a kind less have room", 57, 1, func(p *props) {
			p.Alarms = &rediscache.AlarmOptions{ReplicationLag: &rediscache.AlarmThreshold{Enabled: jsii.Bool(false)}}
		}, ""},
		{"many replicas make the alarms too long", 40, 4, nil,
			"ClusterMode.NumNodeGroups: 40 with ReplicasPerNodeGroup 4 makes a template of about 1098 KB, mostly alarms, but " +
				"CloudFormation takes 1000 KB; " + remedy},
		{"a dashboard needs room too", 56, 1, func(p *props) { p.Dashboard = jsii.Bool(true) },
			"ClusterMode.NumNodeGroups: 56 with ReplicasPerNodeGroup 1 makes a template of about 1056 KB, mostly alarms, but " +
				"CloudFormation takes 1000 KB; " + remedy + ", or leave out the Dashboard"},
		{"50 shards and a dashboard have room", 50, 1, func(p *props) { p.Dashboard = jsii.Bool(true) }, ""},
		{"ids that CloudFormation generates need more room", 50, 1, func(p *props) { p.Dashboard, p.Name = jsii.Bool(true), nil },
			"ClusterMode.NumNodeGroups: 50 with ReplicasPerNodeGroup 1 makes a template of about 1082 KB, mostly alarms, but " +
				"CloudFormation takes 1000 KB; " + remedy + ", or leave out the Dashboard; with a Name the template is smaller"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			if test.want == "" {
				f.sharded(test.nodeGroups, test.replicas, test.change)
				return
			}
			err := validationError(t, func() { f.sharded(test.nodeGroups, test.replicas, test.change) })
			assert.EqualError(t, err, invalid("Test/Cache", test.want))
		})
	}
}
