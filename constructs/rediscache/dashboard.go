package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
)

// graph is one widget: metrics of every member, or the sum of what the group did.
type graph struct {
	title   string
	unit    string
	metrics []graphMetric
	most    float64 // top of the axis; 0: CloudWatch decides
	line    *alarmSetting
}

type graphMetric struct{ name, statistic string }

// graphs are what an operator asks, in the order in which he asks it: is something wrong, is it busy, is it full, does
// it help, who uses it, is it slow.
func graphs(s *settings) []graph {
	a := s.alarmsMade()
	all := []graph{
		{"CPU of the host", "%", []graphMetric{{cpuUtilization, average}}, 100, &a.cpu},
		{"CPU of the engine's thread", "%", []graphMetric{{engineCpu, average}}, 100, &a.engineCpu},
		{"Memory", "%", []graphMetric{{memoryUsage, average}}, 100, &a.memory},
		{"Evictions", "keys", []graphMetric{{evictions, sum}}, 0, &a.evictions},
		{"Cache hit rate", "%", []graphMetric{{cacheHitRate, average}}, 100, &a.hitRate},
		{"Reads: hits and misses", "reads", []graphMetric{{cacheHits, sum}, {cacheMisses, sum}}, 0, nil},
		{"Connections: open and new", "connections", []graphMetric{{currConnections, maximum}, {newConnections, sum}}, 0, nil},
		{"Latency in the engine", "µs", []graphMetric{{getTypeLatency, average}, {setTypeLatency, average}}, 0, nil},
		{"Items", "keys", []graphMetric{{currItems, maximum}}, 0, nil},
		{"Refused tokens", "attempts", []graphMetric{{authFailures, sum}}, 0, nil},
		{"Swap", "bytes", []graphMetric{{swapUsage, maximum}}, 0, nil},
	}
	if s.replicas() {
		all = append(all, graph{"Replication lag", "seconds", []graphMetric{{replicationLag, maximum}}, 0, &a.replicationLag})
	}
	if nodeTypes()[s.nodeType].burstable {
		all = append(all, graph{"CPU credits", "credits", []graphMetric{{cpuCreditBalance, average}}, 0, nil})
	}
	return all
}

// newDashboard is one page: the alarms, then three graphs to a row, then the last slow commands.
func newDashboard(c *redisCache, s *settings) {
	dashboard := awscloudwatch.NewDashboard(c, ptr("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   s.physicalName(groupIdSuffix),
		DefaultInterval: awscdk.Duration_Hours(ptr(3.0)),
	})
	if len(c.alarms.cfn) > 0 {
		shown := make([]interfacesawscloudwatch.IAlarmRef, len(c.alarms.cfn))
		for i, alarm := range c.alarms.cfn {
			shown[i] = alarm
		}
		dashboard.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title: ptr("Alarms of " + s.title()), Alarms: &shown, Width: ptr(24.0), Height: ptr(4.0),
		}))
	}
	var row []awscloudwatch.IWidget
	for _, g := range graphs(s) {
		row = append(row, c.widget(g))
		if len(row) == 3 {
			dashboard.AddWidgets(row...)
			row = nil
		}
	}
	if len(row) > 0 {
		dashboard.AddWidgets(row...)
	}
	dashboard.AddWidgets(awscloudwatch.NewLogQueryWidget(&awscloudwatch.LogQueryWidgetProps{
		Title:         ptr("Slow log"),
		LogGroupNames: &[]*string{c.logs.slow.LogGroupName()},
		QueryLines:    &[]*string{ptr("fields @timestamp, @message"), ptr("sort @timestamp desc"), ptr("limit 20")},
		Width:         ptr(24.0), Height: ptr(6.0),
	}))
}

func (c *redisCache) widget(g graph) awscloudwatch.GraphWidget {
	var lines []awscloudwatch.IMetric
	for _, m := range g.metrics {
		for node := 1; node <= c.members.count; node++ {
			label := fmt.Sprintf("%03d", node)
			if len(g.metrics) > 1 {
				label += " " + m.name
			}
			lines = append(lines, c.members.metric(m.name, m.statistic, node, &awscloudwatch.MetricOptions{Label: &label}))
		}
	}
	axis := &awscloudwatch.YAxisProps{Label: &g.unit, Min: ptr(0.0), ShowUnits: ptr(false)}
	if g.most > 0 {
		axis.Max = &g.most
	}
	props := &awscloudwatch.GraphWidgetProps{
		Title: &g.title, Left: &lines, LeftYAxis: axis, Width: ptr(8.0), Height: ptr(6.0),
	}
	if g.line != nil && g.line.enabled {
		props.LeftAnnotations = &[]*awscloudwatch.HorizontalAnnotation{{
			Value: &g.line.threshold, Label: ptr("alarm"), Color: awscloudwatch.Color_RED(),
		}}
	}
	return awscloudwatch.NewGraphWidget(props)
}
