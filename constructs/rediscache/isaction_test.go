package rediscache

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
)

// isAction knows actions by the names of CDK's proxies, which are private: this fails when CDK renames them.
func TestEveryKindOfActionIsKnownByItsProxy(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Test"), nil)
	topic := awssns.Topic_FromTopicArn(stack, jsii.String("Topic"), jsii.String("arn:aws:sns:us-east-1:111122223333:t"))
	fn := awslambda.Function_FromFunctionArn(stack, jsii.String("Fn"), jsii.String("arn:aws:lambda:us-east-1:111122223333:function:f"))
	actions := map[string]awscloudwatch.IAlarmAction{
		"SnsAction":    awscloudwatchactions.NewSnsAction(topic),
		"LambdaAction": awscloudwatchactions.NewLambdaAction(fn, nil),
		"Ec2Action":    awscloudwatchactions.NewEc2Action(awscloudwatchactions.Ec2InstanceAction_REBOOT),
		"SsmAction":    awscloudwatchactions.NewSsmAction(awscloudwatchactions.OpsItemSeverity_HIGH, ""),
	}
	for kind := range actions {
		for other, action := range actions {
			assert.Equal(t, kind == other, isAction(action, kind), "%s is a %s", other, kind)
		}
		assert.False(t, isAction(nil, kind))
	}
}
