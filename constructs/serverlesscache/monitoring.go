package serverlesscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/securebase/cdk-redis-cache/internal/alarmactions"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/metric"
	"github.com/securebase/cdk-redis-cache/internal/numbers"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// monitoring is AlarmActions and Alarms.
type monitoring struct {
	actions alarmactions.Actions
	enabled bool
	alarms  []alarmSetting // one for each of alarmKinds
}

// alarmSetting is one kind of alarm with its threshold and the number of consecutive periods that have to breach it.
type alarmSetting struct {
	alarmKind
	threshold, evaluationPeriods float64
	enabled                      bool
	given                        bool // by the caller
}

func newMonitoring(props *ServerlessCacheProps, n naming) monitoring {
	options := ptr.Value(props.Alarms)
	m := monitoring{actions: alarmactions.Of(props.AlarmActions, n.stack), enabled: ptr.Or(options.Enabled, true)}
	for _, kind := range alarmKinds {
		given := kind.option(&options)
		threshold := ptr.Value(given)
		m.alarms = append(m.alarms, alarmSetting{
			alarmKind:         kind,
			threshold:         ptr.Or(threshold.Threshold, kind.threshold),
			evaluationPeriods: ptr.Or(threshold.EvaluationPeriods, kind.evaluationPeriods),
			enabled:           m.enabled && ptr.Or(threshold.Enabled, true),
			given:             given != nil,
		})
	}
	return m
}

func (m monitoring) check(r *check.Report, n naming, l limits, login auth) {
	m.actions.Check(r, n.environment, m.enabled)
	for _, a := range m.alarms {
		if !a.enabled {
			continue
		}
		property := "Alarms." + a.field
		r.Alarm(property, a.threshold, a.percent, a.evaluationPeriods, a.period)
		if reason := a.nothingToWatch(l, login); a.given && reason != "" {
			r.Add(property, nil, "has nothing to watch: %s; leave it out", reason)
		}
		if a.limit != nil && check.IsNumberToken(a.threshold) {
			r.Add(property+".Threshold", nil, "is a token, but the alarm is computed from it; pass it as a literal")
		}
	}
}

// nothingToWatch says why a cache has no use for the alarm; it is empty where it has.
func (k alarmKind) nothingToWatch(l limits, login auth) string {
	switch {
	case k.limit != nil && k.limit(l).maximum == nil:
		return k.limit(l).property + " has no Maximum"
	case k.ofLogins && login.kind == noLogin:
		return "Authentication is none"
	}
	return ""
}

func (m monitoring) warn(w *warnings) {
	w.when(m.enabled && m.actions.Empty(), "noAlarmActions",
		"AlarmActions: none configured, so alarms notify nobody; pass awscloudwatchactions.NewSnsAction(topic)")
	if m.enabled {
		for _, doubt := range m.actions.Doubts() {
			w.when(true, "alarmTopic", "%s", doubt)
		}
	}
}

// newAlarms creates every alarm that has something to watch.
func newAlarms(c *serverlessCache, s *settings) (alarms []awscloudwatch.CfnAlarm) {
	for _, a := range s.monitoring.alarms {
		if a.enabled && a.nothingToWatch(s.limits, s.auth) == "" {
			alarms = append(alarms, newAlarm(c, s, a))
		}
	}
	return alarms
}

func newAlarm(c *serverlessCache, s *settings, a alarmSetting) awscloudwatch.CfnAlarm {
	threshold := a.threshold
	if a.limit != nil {
		threshold *= *a.limit(s.limits).maximum * a.unit / 100
	}
	props := &awscloudwatch.CfnAlarmProps{
		AlarmDescription:   ptr.To(s.naming.title() + ": " + fmt.Sprintf(a.text, numbers.Text(a.threshold))),
		ComparisonOperator: &a.comparison,
		Threshold:          &threshold,
		EvaluationPeriods:  &a.evaluationPeriods,
		TreatMissingData:   ptr.To("notBreaching"),
	}
	if s.naming.name != nil {
		props.AlarmName = ptr.To(*s.naming.prefix() + "-" + a.suffix)
	}
	if a.metric == cacheHitRate {
		props.Metrics = []*awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			{Id: ptr.To("rate"), Expression: ptr.To(metric.HitRate("hits", "misses")), Label: &a.metric, ReturnData: true},
			c.query("hits", cacheHits, a), c.query("misses", cacheMisses, a),
		}
	} else {
		props.Namespace = ptr.To(metric.Namespace)
		props.MetricName = &a.metric
		props.Dimensions = c.dimensions()
		props.Statistic = &a.statistic
		props.Period = &a.period
	}
	s.monitoring.actions.Apply(props)
	alarm := awscloudwatch.NewCfnAlarm(c, &a.id, props)
	s.monitoring.actions.Bind(c, alarm)
	return alarm
}

// query is a metric that an expression refers to.
func (c *serverlessCache) query(id, name string, a alarmSetting) *awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: &id,
		MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
			Metric: &awscloudwatch.CfnAlarm_MetricProperty{
				Namespace: ptr.To(metric.Namespace), MetricName: &name, Dimensions: c.dimensions(),
			},
			Period: &a.period,
			Stat:   &a.statistic,
		},
		ReturnData: false,
	}
}

func (c *serverlessCache) dimensions() []*awscloudwatch.CfnAlarm_DimensionProperty {
	return []*awscloudwatch.CfnAlarm_DimensionProperty{{Name: ptr.To(dimension), Value: &c.name}}
}
