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
	scope   constructs.Construct
	actions []awscloudwatch.IAlarmAction
	shared  []*string // the ARNs of SNS actions; nil in the places of the others
}

// topicsOf are the environments of the topics of SNS actions, by their place. An action tells its topic only when it is
// bound, which for SNS changes nothing; so it is bound in a stack that is not part of the app.
func topicsOf(actions []awscloudwatch.IAlarmAction) map[int]environment {
	topics := map[int]environment{}
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
		topics[i] = environmentOfArn(*action.Bind(scratch, alarm).AlarmActionArn)
	}
	return topics
}

// newAlarmActions binds SNS actions once: their ARN is the topic's, whatever the alarm.
func newAlarmActions(scope constructs.Construct, s *settings) alarmActions {
	if !s.monitoring.alarmsEnabled {
		return alarmActions{}
	}
	actions := s.monitoring.actions
	a := alarmActions{scope: scope, actions: actions, shared: make([]*string, len(actions))}
	var anyAlarm awscloudwatch.IAlarm // an SNS action does not look at the alarm, but wants one
	for i, action := range actions {
		if !isAction(action, "SnsAction") {
			continue
		}
		if anyAlarm == nil {
			anyAlarm = awscloudwatch.Alarm_FromAlarmArn(scope, ptr.To("AlarmAction"), ptr.To("arn:aws:cloudwatch:::alarm:any"))
		}
		a.shared[i] = action.Bind(scope, anyAlarm).AlarmActionArn
	}
	return a
}

// bind gives the alarm its actions. Any other action than SNS is bound to each alarm by its ARN: a Lambda action adds a
// permission for each alarm, whose id has to be unique among all the caches that the function serves.
func (a alarmActions) bind(alarm awscloudwatch.CfnAlarm) {
	if len(a.actions) == 0 {
		return
	}
	var all, ok []*string
	var byArn awscloudwatch.IAlarm
	for i, action := range a.actions {
		arn := a.shared[i]
		if arn == nil {
			if byArn == nil {
				id := *alarm.Node().Id() + "-" + *a.scope.Node().Addr()
				byArn = awscloudwatch.Alarm_FromAlarmArn(a.scope, &id, alarm.AttrArn())
			}
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
