package rediscache

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
)

// alarmResources are the alarms in the template. A CfnAlarm takes one call, an Alarm with its metrics and actions four
// or more; ten alarms are most of a cache. So CfnAlarms are made, and become Alarms when somebody asks for those. The
// template is the same either way.
type alarmResources struct {
	scope   constructs.Construct
	alarms  []alarm
	actions []awscloudwatch.IAlarmAction
	shared  bool // whether the actions are the same for every alarm
	cfn     []awscloudwatch.CfnAlarm
	l2      []awscloudwatch.Alarm
}

func newAlarmResources(scope constructs.Construct, alarms []alarm, actions []awscloudwatch.IAlarmAction) *alarmResources {
	r := &alarmResources{scope: scope, alarms: alarms, actions: actions}
	if len(alarms) == 0 {
		return r
	}
	arns, shared := sharedActionArns(scope, actions)
	r.shared = shared
	for _, a := range alarms {
		r.cfn = append(r.cfn, newCfnAlarm(scope, a, arns))
	}
	if !shared {
		r.asAlarms()
	}
	return r
}

// sharedActionArns are the ARNs of the actions where every alarm has the same ones. That is so for SNS, the action of
// nearly all alarms; a Lambda action makes a permission for each alarm, and so has to be added to each as an Alarm.
func sharedActionArns(scope constructs.Construct, actions []awscloudwatch.IAlarmAction) (arns *[]any, shared bool) {
	if len(actions) == 0 {
		return nil, true
	}
	for _, action := range actions {
		if !isAction(action, "SnsAction") {
			return nil, false
		}
	}
	arns = &[]any{}
	var anyAlarm awscloudwatch.IAlarm // an SNS action does not look at the alarm that it is bound to, but wants one
	for _, action := range actions {
		arn := askOnce(action, func(action awscloudwatch.IAlarmAction) string {
			if anyAlarm == nil {
				anyAlarm = awscloudwatch.Alarm_FromAlarmArn(scope, ptr("AlarmAction"), ptr("arn:aws:cloudwatch:::alarm:any"))
			}
			return *action.Bind(scope, anyAlarm).AlarmActionArn
		})
		*arns = append(*arns, arn)
	}
	return arns, true
}

// isAction tells CDK's kinds of actions apart, which all have the same methods.
func isAction(action awscloudwatch.IAlarmAction, kind string) bool {
	return fmt.Sprintf("%T", action) == "*awscloudwatchactions.jsiiProxy_"+kind
}

func newCfnAlarm(scope constructs.Construct, a alarm, actionArns *[]any) awscloudwatch.CfnAlarm {
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName:          a.name,
		AlarmDescription:   &a.description,
		ComparisonOperator: ptr(cfnComparison[a.comparison]),
		Threshold:          &a.setting.threshold,
		EvaluationPeriods:  &a.setting.evaluationPeriods,
		TreatMissingData:   ptr("notBreaching"),
		AlarmActions:       actionArns,
		OkActions:          actionArns,
	}
	if a.isHitRate() {
		props.Metrics = []*awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			{Id: ptr("expr_1"), Expression: ptr(hitRateExpression), Label: &a.metric, ReturnData: true},
			a.reads("hits", cacheHits),
			a.reads("misses", cacheMisses),
		}
	} else {
		props.Namespace = ptr(namespace)
		props.MetricName = &a.metric
		props.Dimensions = a.dimensions()
		props.Statistic = &a.statistic
		props.Period = &a.period
	}
	return awscloudwatch.NewCfnAlarm(scope, &a.id, props)
}

var cfnComparison = map[awscloudwatch.ComparisonOperator]string{
	awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD: "GreaterThanThreshold",
	awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD:    "LessThanThreshold",
}

func (a alarm) dimensions() []*awscloudwatch.CfnAlarm_DimensionProperty {
	return []*awscloudwatch.CfnAlarm_DimensionProperty{{Name: ptr("CacheClusterId"), Value: &a.clusterId}}
}

// reads is a metric that the hit rate is made of.
func (a alarm) reads(id, name string) *awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: &id,
		MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
			Metric: &awscloudwatch.CfnAlarm_MetricProperty{
				Namespace:  ptr(namespace),
				MetricName: &name,
				Dimensions: a.dimensions(),
			},
			Period: &a.period,
			Stat:   &a.statistic,
		},
		ReturnData: false,
	}
}

// asAlarms replaces each CfnAlarm by an Alarm with the same logical id, once.
func (r *alarmResources) asAlarms() []awscloudwatch.Alarm {
	if r.l2 != nil || len(r.cfn) == 0 {
		return r.l2
	}
	node, stack := r.scope.Node(), awscdk.Stack_Of(r.scope)
	for i, a := range r.alarms {
		logicalId := stack.Resolve(r.cfn[i].LogicalId()).(string)
		node.TryRemoveChild(&a.id)
		if !r.shared {
			// A Lambda action names its permission after the alarm's id, and may serve the alarms of other caches too.
			a.id += "-" + *node.Addr()
		}
		alarm := newAlarm(r.scope, a)
		alarm.Node().DefaultChild().(awscloudwatch.CfnAlarm).OverrideLogicalId(&logicalId)
		if len(r.actions) > 0 {
			alarm.AddAlarmAction(r.actions...)
			alarm.AddOkAction(okActions(r.actions)...)
		}
		r.l2 = append(r.l2, alarm)
	}
	return r.l2
}

// okActions are all but the making of an OpsItem, which is for what is wrong.
func okActions(actions []awscloudwatch.IAlarmAction) []awscloudwatch.IAlarmAction {
	return slices.DeleteFunc(slices.Clone(actions), func(action awscloudwatch.IAlarmAction) bool { return isAction(action, "SsmAction") })
}

func newAlarm(scope constructs.Construct, a alarm) awscloudwatch.Alarm {
	period := awscdk.Duration_Seconds(&a.period)
	metric := func(name string) awscloudwatch.Metric {
		return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
			Namespace:     ptr(namespace),
			MetricName:    &name,
			DimensionsMap: &map[string]*string{"CacheClusterId": &a.clusterId},
			Statistic:     &a.statistic,
			Period:        period,
		})
	}
	var judged awscloudwatch.IMetric
	if a.isHitRate() {
		judged = awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression:   ptr(hitRateExpression),
			UsingMetrics: &map[string]awscloudwatch.IMetric{"hits": metric(cacheHits), "misses": metric(cacheMisses)},
			Label:        &a.metric,
			Period:       period,
		})
	} else {
		judged = metric(a.metric)
	}
	return awscloudwatch.NewAlarm(scope, &a.id, &awscloudwatch.AlarmProps{
		AlarmName:          a.name,
		AlarmDescription:   &a.description,
		Metric:             judged,
		ComparisonOperator: a.comparison,
		Threshold:          &a.setting.threshold,
		EvaluationPeriods:  &a.setting.evaluationPeriods,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
}
