package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// alarmActions puts AlarmActions on every alarm of a cache.
type alarmActions struct {
	scope     constructs.Construct
	actions   []awscloudwatch.IAlarmAction
	topicArns map[int]*string // of SNS actions, by their place
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
func (a alarmActions) onlyTopics() bool { return len(a.topicArns) == len(a.actions) }

// apply gives an alarm actions that do not depend on it.
func (a alarmActions) apply(alarm *awscloudwatch.CfnAlarmProps) {
	if len(a.actions) == 0 || !a.onlyTopics() {
		return
	}
	arns := make([]any, len(a.actions))
	for i := range a.actions {
		arns[i] = a.topicArns[i]
	}
	alarm.AlarmActions, alarm.OkActions = &arns, &arns
}

// bind gives an alarm all actions where one is not an SNS action. Such a one is bound to each alarm by its ARN: a Lambda
// action adds a permission for each alarm, whose id has to be unique among all the caches that the function serves.
func (a alarmActions) bind(alarm awscloudwatch.CfnAlarm) {
	if a.onlyTopics() {
		return
	}
	id := *alarm.Node().Id() + "-" + *a.scope.Node().Addr()
	byArn := awscloudwatch.Alarm_FromAlarmArn(a.scope, &id, alarm.AttrArn())
	var all, ok []*string
	for i, action := range a.actions {
		arn := a.topicArns[i]
		if arn == nil {
			arn = action.Bind(a.scope, byArn).AlarmActionArn
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

// isAction tells CDK's kinds of actions apart. All of them have the same method, so a Go type switch cannot; their proxies'
// names can, and a test fails when those change.
func isAction(action awscloudwatch.IAlarmAction, kind string) bool {
	return fmt.Sprintf("%T", action) == "*awscloudwatchactions.jsiiProxy_"+kind
}
