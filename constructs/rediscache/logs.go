package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
)

// logGroups are where ElastiCache delivers to; it makes none itself.
type logGroups struct{ slow, engine awslogs.ILogGroup }

// newLogGroups makes one group for each log: ElastiCache refuses to deliver both to one.
func newLogGroups(scope constructs.Construct, s *settings) logGroups {
	if s.encryptionKey != nil {
		openKeyForLogs(s)
	}
	logs := logGroups{slow: newLogGroup(scope, s, "SlowLog", "slow-log")}
	if s.engine.lookup().engineLog {
		logs.engine = newLogGroup(scope, s, "EngineLog", "engine-log")
	}
	return logs
}

func newLogGroup(scope constructs.Construct, s *settings, id, name string) awslogs.ILogGroup {
	return awslogs.NewLogGroup(scope, &id, &awslogs.LogGroupProps{
		LogGroupName:  s.logGroupName(name),
		Retention:     s.logRetention,
		EncryptionKey: s.encryptionKey,
		RemovalPolicy: s.supportingRemovalPolicy(),
	})
}

// logGroupName is where a log goes; nil where CloudFormation names it.
func (s *settings) logGroupName(log string) *string {
	if !s.named {
		return nil
	}
	return ptr("/aws/elasticache/" + s.name + "/redis/" + log)
}

// openKeyForLogs admits CloudWatch Logs to the key, for these log groups only; CDK does not do it.
func openKeyForLogs(s *settings) {
	logs := "*"
	if s.named && !isToken(s.name) {
		logs = *s.logGroupName("*")
	}
	service := awsiam.NewServicePrincipal(ptr("logs."+*awscdk.Aws_REGION()+".amazonaws.com"), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:" + logs),
		}},
	})
	s.encryptionKey.Grant(service, ptr("kms:Encrypt*"), ptr("kms:Decrypt*"), ptr("kms:ReEncrypt*"), ptr("kms:GenerateDataKey*"), ptr("kms:Describe*"))
}

// sub is CloudFormation's Fn::Sub.
func sub(text string) map[string]any { return map[string]any{"Fn::Sub": text} }

// deliveries is what the replication group is told of the logs. The names are references, which also makes
// CloudFormation create the log groups first.
func (l logGroups) deliveries() []*awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty {
	list := []*awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty{delivery("slow-log", l.slow)}
	if l.engine != nil {
		list = append(list, delivery("engine-log", l.engine))
	}
	return list
}

func delivery(log string, group awslogs.ILogGroup) *awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty {
	return &awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty{
		LogType:         &log,
		LogFormat:       ptr("json"),
		DestinationType: ptr("cloudwatch-logs"),
		DestinationDetails: &awselasticache.CfnReplicationGroup_DestinationDetailsProperty{
			CloudWatchLogsDetails: &awselasticache.CfnReplicationGroup_CloudWatchLogsDestinationDetailsProperty{
				LogGroup: group.LogGroupName(),
			},
		},
	}
}
