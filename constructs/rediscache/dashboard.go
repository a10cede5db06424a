package rediscache

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// graph is one widget: metrics of every node.
type graph struct {
	title   string
	unit    string
	metrics []graphMetric
	max     float64 // top of the axis; 0: CloudWatch decides
	alarm   string  // id of the kind of alarm whose threshold is drawn; empty for none
}

type graphMetric struct{ name, statistic string }

// graphs answer an operator's questions in the order in which they come: is something wrong, is it busy, is it full, does
// it help, who uses it, is it slow.
func graphs(t topology) []graph {
	all := []graph{
		{"CPU of the host", "%", []graphMetric{{cpuUtilization, average}}, 100, "CpuAlarm"},
		{"CPU of the engine's thread", "%", []graphMetric{{engineCPU, average}}, 100, "EngineCpuAlarm"},
		{"Memory", "%", []graphMetric{{memoryUsage, average}}, 100, "MemoryAlarm"},
		{"Evictions", "keys", []graphMetric{{evictions, sum}}, 0, "EvictionsAlarm"},
		{"Cache hit rate", "%", []graphMetric{{cacheHitRate, average}}, 100, "CacheHitRateAlarm"},
		{"Reads: hits and misses", "reads", []graphMetric{{cacheHits, sum}, {cacheMisses, sum}}, 0, ""},
		{"Connections: open and new", "connections", []graphMetric{{currConnections, maximum}, {newConnections, sum}}, 0, ""},
		{"Latency in the engine", "µs", []graphMetric{{getTypeLatency, average}, {setTypeLatency, average}}, 0, ""},
		{"Items", "keys", []graphMetric{{currItems, maximum}}, 0, ""},
		{"Refused logins", "attempts", []graphMetric{{authFailures, sum}}, 0, "AuthenticationFailuresAlarm"},
		{"Swap", "bytes", []graphMetric{{swapUsage, maximum}}, 0, ""},
	}
	if t.replicas() {
		all = append(all, graph{"Replication lag", "seconds", []graphMetric{{replicationLag, maximum}}, 0, "ReplicationLagAlarm"})
	}
	if t.nodeType.CreditBalance {
		all = append(all, graph{"CPU credits", "credits", []graphMetric{{cpuCreditBalance, average}}, 0, "CpuCreditBalanceAlarm"})
	}
	return all
}

// metricsOf is how many metrics the graph has for so many nodes.
func (g graph) metricsOf(nodes int) int { return len(g.metrics) * nodes }

// mostGraphMetrics is what CloudWatch shows in a graph, those of metric math included (CloudWatch quotas, user guide).
const mostGraphMetrics = 500

// mostDashboardMetrics is less than the 2,500 that CloudWatch shows in a dashboard, because the dashboard shares the
// megabyte of the template with the alarms: at 90 nodes, the default quota, both have room.
const mostDashboardMetrics = 700

// shownGraphs are all graphs, unless there are too many nodes for them. Then those with an alarm come first, so that what has
// fired can be seen, and the others take the room that is left.
func shownGraphs(t topology, nodes int) (shown []graph) {
	room := mostDashboardMetrics
	fits := map[string]bool{}
	all := graphs(t)
	for _, withAlarm := range []bool{true, false} {
		for _, g := range all {
			if (g.alarm != "") == withAlarm && g.metricsOf(nodes) <= min(room, mostGraphMetrics) {
				fits[g.title] = true
				room -= g.metricsOf(nodes)
			}
		}
	}
	return slices.DeleteFunc(all, func(g graph) bool { return !fits[g.title] })
}

// mostWidgetAlarms is what an alarm widget shows (dashboard body structure, CloudWatch API reference).
const mostWidgetAlarms = 100

// newDashboard is one page: the alarms, then three graphs to a row, then the last slow commands.
func newDashboard(c *redisCache, s *settings) {
	dashboard := awscloudwatch.NewDashboard(c, ptr.To("Dashboard"), &awscloudwatch.DashboardProps{
		// Dashboards are global in an account, so two regions need two names.
		DashboardName:   s.naming.physicalName(groupIDSuffix + "-" + s.naming.environment.Region),
		DefaultInterval: awscdk.Duration_Hours(ptr.To(3.0)),
	})
	for alarms := range slices.Chunk(c.alarms, mostWidgetAlarms) {
		shown := make([]interfacesawscloudwatch.IAlarmRef, len(alarms))
		for i, alarm := range alarms {
			shown[i] = alarm
		}
		dashboard.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title: ptr.To("Alarms of " + s.naming.title()), Alarms: &shown, Width: ptr.To(24.0), Height: ptr.To(4.0),
		}))
	}
	thresholds := map[string]*float64{}
	for _, a := range s.monitoring.made(s.topology, s.auth) {
		thresholds[a.id] = &a.threshold
	}
	var row []awscloudwatch.IWidget
	for _, g := range shownGraphs(s.topology, len(c.members)) {
		row = append(row, c.widget(g, s.topology, thresholds[g.alarm]))
		if len(row) == 3 {
			dashboard.AddWidgets(row...)
			row = nil
		}
	}
	if len(row) > 0 {
		dashboard.AddWidgets(row...)
	}
	dashboard.AddWidgets(awscloudwatch.NewLogQueryWidget(&awscloudwatch.LogQueryWidgetProps{
		Title:         ptr.To("Slow log"),
		LogGroupNames: &[]*string{c.logs.slow.LogGroupName()},
		QueryLines:    &[]*string{ptr.To("fields @timestamp, @message"), ptr.To("sort @timestamp desc"), ptr.To("limit 20")},
		Width:         ptr.To(24.0), Height: ptr.To(6.0),
	}))
}

// mostLines is how many nodes can still be told apart in a graph. Of more, a graph shows the node groups.
const mostLines = 12

// widget draws a line for every metric of every node, and one for the alarm's threshold where there is an alarm.
func (c *redisCache) widget(g graph, t topology, threshold *float64) awscloudwatch.GraphWidget {
	perLine := 1
	if len(c.members) > mostLines {
		perLine = int(t.clusterMode.replicas) + 1
	}
	var lines []awscloudwatch.IMetric
	for _, metric := range g.metrics {
		for from := 0; from < len(c.members); from += perLine {
			members := c.members[from : from+perLine]
			label := members[0].suffix[1:]
			if perLine > 1 {
				label = label[:len("0001")]
			}
			if len(g.metrics) > 1 {
				label = fmt.Sprintf("%s %s", label, metric.name)
			}
			options := &awscloudwatch.MetricOptions{Label: &label}
			if metric.statistic == sum {
				lines = append(lines, total(members, metric.name, metric.statistic, options))
			} else {
				lines = append(lines, highest(members, metric.name, metric.statistic, options))
			}
		}
	}
	axis := &awscloudwatch.YAxisProps{Label: &g.unit, Min: ptr.To(0.0), ShowUnits: ptr.To(false)}
	if g.max > 0 {
		axis.Max = &g.max
	}
	props := &awscloudwatch.GraphWidgetProps{
		Title: &g.title, Left: &lines, LeftYAxis: axis, Width: ptr.To(8.0), Height: ptr.To(6.0),
	}
	if threshold != nil {
		props.LeftAnnotations = &[]*awscloudwatch.HorizontalAnnotation{{
			Value: threshold, Label: ptr.To("alarm"), Color: awscloudwatch.Color_RED(),
		}}
	}
	return awscloudwatch.NewGraphWidget(props)
}
