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

// watches are the alarms of a kind that has so many metrics for each node.
//
// With cluster mode disabled a node has its own alarm, which names the node. In cluster mode that would be hundreds: nine
// nodes have 72 alarms, and a template has room for 500 resources. So an alarm watches as many nodes as its metric math can
// hold: all of them, else those of a node group, else one. Its threshold stays that of a node, because the math takes the
// worst node. CloudWatch has no other alarm on many nodes that fits: SEARCH cannot be in an alarm, and the query of a Metrics
// Insights alarm knows no prefix of an id, so it names each node or takes those of every cache in the region.
func (t topology) watches(metricsOfNode int) (watches []watch) {
	suffixes := t.nodeSuffixes()
	if !t.clusterMode.on {
		for i, suffix := range suffixes {
			watches = append(watches, watch{numbers.Text(float64(i + 1)), suffix, "node " + suffix[1:], i, i + 1})
		}
		return watches
	}
	ofGroup := int(t.clusterMode.replicas) + 1
	switch {
	case metricsOfNode*len(suffixes) <= mostAlarmMetrics:
		return []watch{{"", "", "all nodes", 0, len(suffixes)}}
	case metricsOfNode*ofGroup <= mostAlarmMetrics:
		for from := 0; from < len(suffixes); from += ofGroup {
			group := suffixes[from][:len("-0001")]
			watches = append(watches, watch{group[1:], group, "node group " + group[1:], from, from + ofGroup})
		}
	default:
		for i, suffix := range suffixes {
			watches = append(watches, watch{suffix[1:], suffix, "node " + suffix[1:], i, i + 1})
		}
	}
	return watches
}

// metricsOfNode is how many metrics of a node an alarm of the kind has.
func (k alarmKind) metricsOfNode() int {
	if k.metric == cacheHitRate {
		return 2 // hits and misses
	}
	return 1
}
