package rediscache

import "github.com/securebase/cdk-redis-cache/internal/numbers"

// watch is what one alarm watches: a node, or several by metric math.
type watch struct {
	id       string // end of the construct's id
	suffix   string // of the physical name, between the group's id and the alarm's
	title    string
	from, to int // of the nodes
}

// mostAlarmMetrics is what CloudWatch evaluates in the metric math of one alarm (user guide, "Using math expressions").
const mostAlarmMetrics = 10

// watches returns what each alarm of a kind watches; the kind reads metricsPerNode metrics of every node.
//
// With cluster mode disabled a node has its own alarm, which names the node. In cluster mode that would be hundreds: nine
// nodes have 72 alarms, and a template has room for 500 resources. So an alarm watches as many nodes as its metric math can
// hold: all of them, else those of a node group, else one. Its threshold stays that of a node, because the math takes the
// worst node. CloudWatch has no other alarm on many nodes that fits: SEARCH cannot be in an alarm, and the query of a Metrics
// Insights alarm knows no prefix of an id, so it names each node or takes those of every cache in the region.
func (t topology) watches(metricsPerNode int) (watches []watch) {
	suffixes := t.nodeSuffixes()
	nodes, ofGroup := len(suffixes), int(t.clusterMode.replicas)+1
	switch {
	case t.clusterMode.on && metricsPerNode*nodes <= mostAlarmMetrics:
		return []watch{{title: "all nodes", to: nodes}}
	case t.clusterMode.on && metricsPerNode*ofGroup <= mostAlarmMetrics:
		for from := 0; from < nodes; from += ofGroup {
			watches = append(watches, watchOf("node group ", suffixes[from][:len("-0001")], from, from+ofGroup))
		}
		return watches
	}
	for i, suffix := range suffixes {
		w := watchOf("node ", suffix, i, i+1)
		if !t.clusterMode.on {
			w.id = numbers.Text(float64(i + 1))
		}
		watches = append(watches, w)
	}
	return watches
}

func watchOf(noun, suffix string, from, to int) watch {
	return watch{id: suffix[1:], suffix: suffix, title: noun + suffix[1:], from: from, to: to}
}

// metricsPerNode is how many metrics of a node an alarm of the kind reads.
func (k alarmKind) metricsPerNode() int {
	if k.metric == cacheHitRate {
		return 2 // hits and misses
	}
	return 1
}
