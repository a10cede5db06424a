package rediscache_test

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// What the alarms of a cache watch: metrics, and the number of samples of one.
const samples = "samples of CPUUtilization"

func (d *drawn) drawAlarms(t *rapid.T) {
	topic := func(name string) awscloudwatch.IAlarmAction {
		return topicAction(d.stack, "arn:aws:sns:us-east-1:111122223333:"+name)
	}
	function := func() awscloudwatch.IAlarmAction {
		arn := jsii.String("arn:aws:lambda:us-east-1:111122223333:function:alarm")
		return awscloudwatchactions.NewLambdaAction(awslambda.Function_FromFunctionArn(d.stack, jsii.String("AlarmFunction"), arn), nil)
	}
	switch oneOf(t, "AlarmActions", "none", "topic", "two topics", "function", "both") {
	case "topic":
		d.AlarmActions = &actions{topic("Alarms")}
	case "two topics":
		d.AlarmActions = &actions{topic("Alarms"), topic("Others")}
	case "function":
		d.AlarmActions = &actions{function()}
	case "both":
		d.AlarmActions = &actions{topic("Alarms"), function()}
	}
	if !draws(t, "Alarms") {
		for metric, published := range d.published() {
			if published {
				d.metrics = append(d.metrics, metric)
			}
		}
		return
	}
	enabled := oneOf(t, "Alarms.Enabled", nil, jsii.Bool(true), jsii.Bool(false))
	threshold := func(metric string, most, periods int) *rediscache.AlarmThreshold {
		threshold, on := d.drawThreshold(t, metric, most, periods)
		if on && (enabled == nil || *enabled) {
			d.metrics = append(d.metrics, metric)
		}
		return threshold
	}
	d.Alarms = &rediscache.AlarmOptions{
		Enabled:                enabled,
		Cpu:                    threshold("CPUUtilization", 100, 1440),
		EngineCpu:              threshold("EngineCPUUtilization", 100, 1440),
		CpuCreditBalance:       threshold("CPUCreditBalance", 1e6, 288),
		Memory:                 threshold("DatabaseMemoryUsagePercentage", 100, 1440),
		Evictions:              threshold("Evictions", 1e6, 288),
		CacheHitRate:           threshold("CacheHitRate", 100, 288),
		ReplicationLag:         threshold("ReplicationLag", 1e6, 1440),
		NodeUnreachable:        threshold(samples, 1e6, 1440),
		AuthenticationFailures: threshold("AuthenticationFailures", 1e6, 288),
	}
}

// published tells whether the cache publishes what an alarm watches. Of a node type that is a token nobody knows.
func (d *drawn) published() map[string]bool {
	return map[string]bool{
		"CPUUtilization": true, "EngineCPUUtilization": true, "CPUCreditBalance": d.nodeType["cpu_credit_balance"] == "true",
		"DatabaseMemoryUsagePercentage": true, "Evictions": true, "CacheHitRate": true, "ReplicationLag": d.nodes > 1,
		samples: true, "AuthenticationFailures": d.login != "none",
	}
}

// drawThreshold draws a threshold, which may be nil, and tells whether there is an alarm.
func (d *drawn) drawThreshold(t *rapid.T, metric string, most, periods int) (threshold *rediscache.AlarmThreshold, on bool) {
	published := d.published()[metric]
	if !draws(t, metric) {
		return nil, published
	}
	threshold = &rediscache.AlarmThreshold{Enabled: oneOf(t, metric+" enabled", nil, jsii.Bool(true), jsii.Bool(false))}
	on = threshold.Enabled == nil || *threshold.Enabled
	ofUnknownType := metric == "CPUCreditBalance" && d.nodeType["node_type"] == ""
	if !published && !ofUnknownType {
		threshold.Enabled, on = jsii.Bool(false), false
	}
	if draws(t, metric+" threshold") {
		threshold.Threshold = d.number(t, metric+"Threshold", 0, most)
	}
	if draws(t, metric+" periods") {
		threshold.EvaluationPeriods = d.number(t, metric+"Periods", 1, periods)
	}
	return threshold, on
}

// Every node has an alarm of each kind, or shares one with others in cluster mode, with the given actions both ways.
func (d *drawn) checkAlarms(t *rapid.T, tpl template) {
	found := map[string]int{}
	for id, r := range tpl.allOf(alarm) {
		metric, dimensions := watched(r)
		assert.LessOrEqual(t, len(dimensions), cloudWatchAlarmMetrics, id)
		if d.shards == 0 {
			assert.Len(t, dimensions, map[bool]int{true: 2, false: 1}[metric == "CacheHitRate"], id)
		}
		for _, of := range dimensions {
			require.Len(t, of, 1, id)
			dimension := of.(list)[0].(object)
			assert.Equal(t, "CacheClusterId", dimension["Name"])
			found[metric+" of "+d.nodeOf(dimension["Value"])]++
		}
		missing := map[string]string{
			"CacheHitRate": "notBreaching", "ReplicationLag": "notBreaching", "AuthenticationFailures": "notBreaching", samples: "breaching",
		}[metric]
		assert.Equal(t, cmp.Or(missing, "missing"), r.Properties["TreatMissingData"], id)
		assert.NotEmpty(t, r.Properties["AlarmDescription"])
		assert.Equal(t, r.Properties["AlarmActions"], r.Properties["OKActions"])
		given, _ := r.Properties["AlarmActions"].(list)
		assert.Len(t, given, len(elements(d.AlarmActions)))
	}
	want := map[string]int{}
	for _, metric := range d.metrics {
		for _, node := range d.nodeNames() {
			want[metric+" of "+node] = map[bool]int{true: 2, false: 1}[metric == "CacheHitRate"]
		}
	}
	assert.Equal(t, want, found, "metrics that have an alarm: %v", slices.Sorted(maps.Keys(found)))
}

// watched are the metric of an alarm, and the dimensions of the metrics that it takes.
func watched(r resource) (metric string, dimensions list) {
	statistic := r.Properties["Statistic"]
	metric, _ = r.Properties["MetricName"].(string)
	if metric != "" {
		dimensions = list{r.Properties["Dimensions"]}
	}
	names := map[string]bool{}
	queries, _ := r.Properties["Metrics"].(list)
	for _, query := range queries {
		if stat, is := query.(object)["MetricStat"].(object); is {
			of := stat["Metric"].(object)
			metric, statistic = of["MetricName"].(string), stat["Stat"]
			names[metric] = true
			dimensions = append(dimensions, of["Dimensions"])
		}
	}
	switch {
	case names["CacheHits"] && names["CacheMisses"]:
		metric = "CacheHitRate"
	case statistic == "SampleCount":
		metric = "samples of " + metric
	}
	return metric, dimensions
}

func elements[E any](list *[]E) []E {
	if list == nil {
		return nil
	}
	return *list
}
