package rediscache

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/securebase/cdk-redis-cache/internal/metric"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newAlarms creates every alarm. Roles move at a failover, so every node has the same ones.
func newAlarms(c *redisCache, s *settings) (alarms []awscloudwatch.CfnAlarm) {
	for _, a := range s.monitoring.made(s.topology, s.auth) {
		for _, w := range s.topology.watches(a.metricsOfNode()) {
			alarms = append(alarms, newAlarm(c, s, a, w))
		}
	}
	return alarms
}

func newAlarm(c *redisCache, s *settings, a alarmSetting, w watch) awscloudwatch.CfnAlarm {
	members := c.members[w.from:w.to]
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName:          s.naming.physicalName(groupIDSuffix + w.suffix + "-" + a.suffix),
		AlarmDescription:   ptr.To(s.naming.title() + ", " + w.title + ": " + a.describe()),
		ComparisonOperator: &a.comparison,
		Threshold:          &a.threshold,
		EvaluationPeriods:  &a.evaluationPeriods,
		TreatMissingData:   &a.missing,
	}
	switch {
	case a.metric == cacheHitRate:
		props.Metrics = hitRateQueries(a, members)
	case len(members) > 1:
		props.Metrics = worstNodeQueries(a, members)
	default:
		props.Namespace = ptr.To(namespace)
		props.MetricName = &a.metric
		props.Dimensions = members[0].dimensions()
		props.Statistic = &a.statistic
		props.Period = &a.period
	}
	s.monitoring.actions.Apply(props)
	alarm := awscloudwatch.NewCfnAlarm(c, ptr.To(a.id+w.id), props)
	s.monitoring.actions.Bind(c, alarm)
	return alarm
}

// worstNodeQueries compare the worst node with the threshold. Where missing data is breaching, a node without data counts as
// zero, which the math would leave out.
func worstNodeQueries(a alarmSetting, members []member) []*awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	var queries []*awscloudwatch.CfnAlarm_MetricDataQueryProperty
	var values []string
	for i, m := range members {
		id := fmt.Sprintf("node%d", i+1)
		queries = append(queries, a.query(id, a.metric, m))
		if a.missing == breaching {
			id = "FILL(" + id + ", 0)"
		}
		values = append(values, id)
	}
	worst := "MAX"
	if a.comparison == below {
		worst = "MIN"
	}
	return append(expressionQuery(worst+"(["+strings.Join(values, ", ")+"])", a.metric), queries...)
}

// hitRateQueries are the hit rate of a period in percent.
func hitRateQueries(a alarmSetting, members []member) []*awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	hits, misses := "hits", "misses"
	var queries []*awscloudwatch.CfnAlarm_MetricDataQueryProperty
	if len(members) == 1 {
		queries = append(queries, a.query(hits, cacheHits, members[0]), a.query(misses, cacheMisses, members[0]))
	} else {
		var hitIDs, missIDs []string
		for i, m := range members {
			hitIDs = append(hitIDs, fmt.Sprintf("hits%d", i+1))
			missIDs = append(missIDs, fmt.Sprintf("misses%d", i+1))
			queries = append(queries, a.query(hitIDs[i], cacheHits, m), a.query(missIDs[i], cacheMisses, m))
		}
		hits, misses = "SUM(["+strings.Join(hitIDs, ", ")+"])", "SUM(["+strings.Join(missIDs, ", ")+"])"
	}
	return append(expressionQuery(metric.HitRate(hits, misses), a.metric), queries...)
}

func expressionQuery(expression, label string) []*awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return []*awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		{Id: ptr.To("expr_1"), Expression: &expression, Label: &label, ReturnData: true},
	}
}

// query is a metric of a node that an expression refers to.
func (a alarmSetting) query(id, metric string, m member) *awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: &id,
		MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
			Metric: &awscloudwatch.CfnAlarm_MetricProperty{
				Namespace: ptr.To(namespace), MetricName: &metric, Dimensions: m.dimensions(),
			},
			Period: &a.period,
			Stat:   &a.statistic,
		},
		ReturnData: false,
	}
}

// newErrorsAlarm fires when a function that belongs to the cache has failed within the period.
func newErrorsAlarm(c *redisCache, s *settings, id, suffix string, fn awslambda.Function, period float64, text string) awscloudwatch.CfnAlarm {
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName:          s.naming.physicalName(groupIDSuffix + "-" + suffix),
		AlarmDescription:   ptr.To(s.naming.title() + ": " + text),
		Namespace:          ptr.To("AWS/Lambda"),
		MetricName:         ptr.To("Errors"),
		Dimensions:         []*awscloudwatch.CfnAlarm_DimensionProperty{{Name: ptr.To("FunctionName"), Value: fn.FunctionName()}},
		Statistic:          ptr.To(sum),
		Period:             &period,
		EvaluationPeriods:  ptr.To(1.0),
		ComparisonOperator: ptr.To(above),
		Threshold:          ptr.To(0.0),
		TreatMissingData:   ptr.To(notBreaching),
	}
	s.monitoring.actions.Apply(props)
	alarm := awscloudwatch.NewCfnAlarm(c, &id, props)
	s.monitoring.actions.Bind(c, alarm)
	return alarm
}
