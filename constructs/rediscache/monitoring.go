package rediscache

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/securebase/cdk-redis-cache/internal/alarmactions"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/numbers"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// monitoring is NotificationTopic, AlarmActions, Alarms and Dashboard.
type monitoring struct {
	topic         notificationTopic
	actions       alarmactions.Actions
	alarmsEnabled bool
	alarms        []alarmSetting // one for each of alarmKinds
	dashboard     bool
}

// notificationTopic is what the rules need to know about NotificationTopic.
type notificationTopic struct {
	topic           awssns.ITopic
	arn             *string
	encrypted, fifo bool
	environment     environment.Environment
}

// alarmSetting is one kind of alarm with its threshold and the number of consecutive periods that have to breach it.
type alarmSetting struct {
	alarmKind
	threshold, evaluationPeriods float64
	enabled                      bool
	given                        bool // by the caller: a default is never warned of
}

func newMonitoring(props *RedisCacheProps, n naming) monitoring {
	options := ptr.Value(props.Alarms)
	m := monitoring{
		actions:       alarmactions.Of(props.AlarmActions, n.stack),
		alarmsEnabled: ptr.Or(options.Enabled, true),
		dashboard:     ptr.Or(props.Dashboard, false),
	}
	for _, kind := range alarmKinds {
		given := kind.option(&options)
		threshold := ptr.Value(given)
		m.alarms = append(m.alarms, alarmSetting{
			alarmKind:         kind,
			threshold:         ptr.Or(threshold.Threshold, kind.threshold),
			evaluationPeriods: ptr.Or(threshold.EvaluationPeriods, kind.evaluationPeriods),
			enabled:           m.alarmsEnabled && ptr.Or(threshold.Enabled, true),
			given:             given != nil,
		})
	}
	if props.NotificationTopic != nil {
		m.topic = topicOf(props.NotificationTopic, n)
	}
	return m
}

func topicOf(topic awssns.ITopic, n naming) notificationTopic {
	t := notificationTopic{topic: topic, arn: topic.TopicArn()}
	t.environment = environment.OfResource(*t.arn, topic, n.stack, n.environment)
	t.fifo = strings.HasSuffix(*t.arn, ".fifo")
	if cfn, here := topic.Node().DefaultChild().(awssns.CfnTopic); here {
		fifo, _ := cfn.FifoTopic().(bool)
		t.fifo = t.fifo || fifo
		t.encrypted = cfn.KmsMasterKeyId() != nil
	}
	return t
}

// alarm is the setting of a kind of alarm.
func (m monitoring) alarm(id string) alarmSetting {
	return m.alarms[slices.IndexFunc(m.alarms, func(a alarmSetting) bool { return a.id == id })]
}

func (m monitoring) check(r *check.Report, n naming, t topology, login auth) {
	m.topic.check(r, n.environment)
	m.actions.Check(r, n.environment, m.alarmsEnabled)
	m.checkTemplateSize(r, n, t, login)
	for _, a := range m.alarms {
		if !a.enabled {
			continue
		}
		r.Alarm(a.property(), a.threshold, a.percent, a.evaluationPeriods, a.period)
		if a.given && a.nothingToWatch != nil {
			if reason := a.nothingToWatch(t, login); reason != "" && reason != unknownNodeType {
				r.Add(a.property(), nil, "has nothing to watch: %s; leave it out", reason)
			}
		}
	}
}

// check refuses the topics that ElastiCache gives up on without a word.
func (t notificationTopic) check(r *check.Report, own environment.Environment) {
	switch {
	case t.topic == nil:
	case own.Differs(t.environment):
		r.Add("NotificationTopic", nil, "is in %s and the cache in %s; use a topic of the cache's account and region", t.environment, own)
	case t.fifo:
		r.Add("NotificationTopic", nil, "is a FIFO topic, which ElastiCache cannot publish to; use a standard one")
	case t.encrypted:
		r.Add("NotificationTopic", nil, "is encrypted, so ElastiCache cannot publish to it; use a separate topic without a key")
	}
}

func (a alarmSetting) property() string { return "Alarms." + a.field }

func (m monitoring) warn(w *warnings, t topology) {
	w.when(m.alarmsEnabled && m.actions.Empty(), "noAlarmActions",
		"AlarmActions: none configured, so alarms notify nobody; pass awscloudwatchactions.NewSnsAction(topic)")
	if m.alarmsEnabled {
		for _, doubt := range m.actions.Doubts() {
			w.when(true, "alarmTopic", "%s", doubt)
		}
	}
	m.warnOfCPU(w, t)
	for _, a := range m.alarms {
		if !a.enabled {
			continue
		}
		w.when(a.comparison == below && a.percent && a.threshold == 0, "hitRateThreshold",
			"%s.Threshold: 0 is never undercut, so the alarm never fires; set Enabled to false to leave it out", a.property())
		w.when(a.comparison == above && a.percent && a.threshold == 100, "fullThreshold",
			"%s.Threshold: 100 is never exceeded, so the alarm never fires; set Enabled to false to leave it out", a.property())
		w.when(a.percent && a.threshold > 0 && a.threshold < 1, "percentThreshold",
			"%s.Threshold: %s is less than 1%%; thresholds are in percent, so %s%% is %s",
			a.property(), check.Quote(a.threshold), check.Quote(a.threshold*100), check.Quote(a.threshold*100))
	}
}

// warnOfCPU warns of a threshold that the engine's thread, which has one of the vCPUs, cannot reach. AWS advises 90% of its
// share of the host, and an alarm on EngineCPUUtilization instead from 4 vCPUs on (metrics for monitoring, user guide).
func (m monitoring) warnOfCPU(w *warnings, t topology) {
	const fewVCPUs = 3
	cpu := m.alarm("CpuAlarm")
	if !cpu.enabled || !cpu.given || t.nodeType.VCPUs == 0 || t.nodeType.VCPUs > fewVCPUs {
		return
	}
	advised := 90 / float64(t.nodeType.VCPUs)
	w.when(cpu.threshold > advised, "cpuThreshold",
		"Alarms.Cpu.Threshold: %s is above the %s%% that AWS advises for the %d vCPUs of %s: the engine's one thread is full before the alarm fires",
		check.Quote(cpu.threshold), check.Quote(advised), t.nodeType.VCPUs, t.nodeTypeName)
}

func (m monitoring) apply(g *awselasticache.CfnReplicationGroupProps) {
	g.NotificationTopicArn = m.topic.arn
}

// dependOnTopic has the policy of a topic of the same stack created first: ElastiCache gives up on a topic that refuses
// it.
func (m monitoring) dependOnTopic(group awselasticache.CfnReplicationGroup, stack awscdk.Stack) {
	if m.topic.topic != nil && awscdk.Stack_Of(m.topic.topic) == stack {
		group.Node().AddDependency(m.topic.topic)
	}
}

// describe fills the threshold into the text of the alarm.
func (a alarmSetting) describe() string { return fmt.Sprintf(a.text, numbers.Text(a.threshold)) }
