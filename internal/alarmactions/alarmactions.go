// Package alarmactions puts the same actions on every alarm of a cache.
package alarmactions

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Actions are AlarmActions. The zero value has none.
type Actions struct {
	actions   []awscloudwatch.IAlarmAction
	topicArns map[int]*string // of SNS actions, by their place
	oneAlarm  bool            // that a Lambda action can be on
}

// permissionsFlag gives the permission that a Lambda action adds for each alarm an id of its own.
const permissionsFlag = "@aws-cdk/aws-cloudwatch-actions:changeLambdaPermissionLogicalIdForLambdaAction"

// Of reads the actions, which may be nil, for alarms of the stack.
func Of(actions *[]awscloudwatch.IAlarmAction, stack awscdk.Stack) Actions {
	given := slices.Clone(ptr.Value(actions))
	a := Actions{actions: given, topicArns: topicArnsOf(given)}
	if slices.ContainsFunc(given, isLambdaAction) {
		a.oneAlarm = !*awscdk.FeatureFlags_Of(stack).IsEnabled(ptr.To(permissionsFlag))
	}
	return a
}

// Empty reports that there is no action.
func (a Actions) Empty() bool { return len(a.actions) == 0 }

// most is for each state of an alarm (PutMetricAlarm, API reference).
const most = 5

// Check wants actions that the alarms of a cache of this environment can have. Without alarms, the actions are not used.
func (a Actions) Check(r *check.Report, own environment.Environment, alarms bool) {
	check.NoNil(r, "AlarmActions", a.actions)
	if len(a.actions) > most {
		r.Add("AlarmActions", nil, "has %d actions; a CloudWatch alarm supports at most %d", len(a.actions), most)
	}
	for i, action := range a.actions {
		if isAction(action, "Ec2Action") {
			r.Add(check.Element("AlarmActions", i), nil, "is an EC2 action, which needs an alarm on an instance; use an SNS or Lambda action")
		}
		if alarms && a.oneAlarm && isLambdaAction(action) {
			r.Add(check.Element("AlarmActions", i), nil, "is a Lambda action, which more than one alarm can have only with the feature flag %q; "+
				"set it to true in the context of cdk.json", permissionsFlag)
		}
		topic := environment.OfArn(ptr.Value(a.topicArns[i]))
		if environment.Differ(own.Region, topic.Region) { // another account is allowed, where the topic's policy allows it
			r.Add(check.Element("AlarmActions", i), nil, "publishes to a topic in %s and the cache is in %s; use a topic of the cache's region", topic, own)
		}
	}
}

// topicArnsOf are the ARNs of the topics of SNS actions, by their place. An action tells its topic only when it is bound,
// which for SNS changes nothing and does not depend on the alarm; so it is bound in a stack that is not part of the app.
func topicArnsOf(actions []awscloudwatch.IAlarmAction) map[int]*string {
	arns := map[int]*string{}
	var alarm awscloudwatch.IAlarm
	var scratch awscdk.Stack
	for i, action := range actions {
		if !isAction(action, "SnsAction") {
			continue
		}
		if alarm == nil {
			scratch = awscdk.NewStack(nil, ptr.To("AlarmActions"), nil)
			alarm = awscloudwatch.Alarm_FromAlarmArn(scratch, ptr.To("Alarm"), ptr.To("arn:aws:cloudwatch:::alarm:any"))
		}
		arns[i] = action.Bind(scratch, alarm).AlarmActionArn
	}
	return arns
}

// onlyTopics reports whether every action is an SNS action, so that all alarms have the same ones.
func (a Actions) onlyTopics() bool { return len(a.topicArns) == len(a.actions) }

// Apply gives an alarm actions that do not depend on it.
func (a Actions) Apply(alarm *awscloudwatch.CfnAlarmProps) {
	if len(a.actions) == 0 || !a.onlyTopics() {
		return
	}
	arns := make([]any, len(a.actions))
	for i := range a.actions {
		arns[i] = a.topicArns[i]
	}
	alarm.AlarmActions, alarm.OkActions = &arns, &arns
}

// Bind gives an alarm of the scope all actions where one is not an SNS action. Such a one is bound to each alarm by its ARN: a Lambda
// action adds a permission for each alarm, whose id has to be unique among all the caches that the function serves.
func (a Actions) Bind(scope constructs.Construct, alarm awscloudwatch.CfnAlarm) {
	if a.onlyTopics() {
		return
	}
	id := *alarm.Node().Id() + "-" + *scope.Node().Addr()
	byArn := awscloudwatch.Alarm_FromAlarmArn(scope, &id, alarm.AttrArn())
	var all, ok []*string
	for i, action := range a.actions {
		arn := a.topicArns[i]
		if arn == nil {
			arn = action.Bind(scope, byArn).AlarmActionArn
		}
		all = append(all, arn)
		if !isAction(action, "SsmAction") { // an OpsItem is for what is wrong
			ok = append(ok, arn)
		}
	}
	alarm.SetAlarmActions(&all)
	if len(ok) > 0 {
		alarm.SetOkActions(&ok)
	}
}

func isLambdaAction(action awscloudwatch.IAlarmAction) bool { return isAction(action, "LambdaAction") }

// isAction tells CDK's kinds of actions apart. All of them have the same method, so a Go type switch cannot; their proxies'
// names can, and a test fails when those change.
func isAction(action awscloudwatch.IAlarmAction, kind string) bool {
	return fmt.Sprintf("%T", action) == "*awscloudwatchactions.jsiiProxy_"+kind
}
