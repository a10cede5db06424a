package rediscache

import "github.com/securebase/cdk-redis-cache/internal/check"

// Limits of a CloudFormation template (CloudFormation quotas). CDK refuses the first without saying what to change, and only
// warns of the second, which CloudFormation refuses.
const (
	mostResources     = 500
	mostTemplateBytes = 1e6
)

// The room for the rest of the cache and of its stack: a stack of cdk.json has 35 other resources in 40 KB.
const (
	resourcesBesideAlarms = 50
	bytesBesideAlarms     = 40e3
)

// templateSize is what grows with the nodes: alarms, their metrics, and the metrics of the dashboard.
type templateSize struct{ alarms, alarmMetrics, dashboardMetrics int }

func (m monitoring) templateSize(t topology, login auth) (size templateSize) {
	nodes := int(t.clusterMode.nodes())
	for _, a := range m.made(t, login) {
		size.alarms += len(t.watches(a.metricsOfNode()))
		size.alarmMetrics += a.metricsOfNode() * nodes
	}
	if m.dashboard {
		for _, g := range shownGraphs(t, nodes) {
			size.dashboardMetrics += g.metricsOf(nodes)
		}
	}
	return size
}

// bytes of the template, as CDK indents it: measured with the longest name. Without a literal id of the group, each dimension
// is a Fn::Join.
func (s templateSize) bytes(literalID bool) float64 {
	if literalID {
		return float64(bytesBesideAlarms + 915*s.alarms + 425*s.alarmMetrics + 265*s.dashboardMetrics)
	}
	return float64(bytesBesideAlarms + 800*s.alarms + 575*s.alarmMetrics + 292*s.dashboardMetrics)
}

// checkTemplateSize refuses a cache in cluster mode that no template has room for. Numbers that are wrong are told already.
func (m monitoring) checkTemplateSize(r *check.Report, n naming, t topology, login auth) {
	const groups = "ClusterMode.NumNodeGroups"
	if !t.clusterMode.on || r.Has(groups) || r.Has("ClusterMode.ReplicasPerNodeGroup") {
		return
	}
	size := m.templateSize(t, login)
	literalID := n.groupID != nil && !check.IsToken(*n.groupID)
	bytes := size.bytes(literalID)
	switch {
	case size.alarms > mostResources-resourcesBesideAlarms:
		r.Add(groups, t.clusterMode.nodeGroups,
			"makes %d alarms, but a CloudFormation template has room for %d resources, about %d of them alarms; "+
				"use fewer node groups, switch off kinds of Alarms, or all of them with Alarms.Enabled false",
			size.alarms, mostResources, mostResources-resourcesBesideAlarms)
	case bytes > mostTemplateBytes:
		remedy := "use fewer node groups or replicas, switch off kinds of Alarms, or all of them with Alarms.Enabled false"
		if m.dashboard {
			remedy += ", or leave out the Dashboard"
		}
		if !literalID {
			remedy += "; with a Name the template is smaller"
		}
		r.Add(groups, t.clusterMode.nodeGroups,
			"with ReplicasPerNodeGroup %s makes a template of about %.0f KB, mostly alarms, but CloudFormation takes %.0f KB; %s",
			check.Quote(t.clusterMode.replicas), bytes/1000, mostTemplateBytes/1000, remedy)
	}
}
