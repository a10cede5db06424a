package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/kmspolicy"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/retention"
)

// logs is LogRetention.
type logs struct{ retention awslogs.RetentionDays }

func newLogs(props *RedisCacheProps) logs {
	return logs{retention: ptr.OrDefault(props.LogRetention, awslogs.RetentionDays_ONE_MONTH)}
}

func (l logs) check(r *check.Report) {
	if !retention.Exists(l.retention) {
		r.Add("LogRetention", string(l.retention), "is not a retention of CloudWatch Logs; use one of awslogs.RetentionDays_*")
	}
}

// logGroups are where ElastiCache delivers its logs; it creates none itself.
type logGroups struct{ slow, engine awslogs.ILogGroup }

// newLogGroups creates a group for each log: ElastiCache refuses to deliver both to one.
func newLogGroups(scope constructs.Construct, s *settings) logGroups {
	if s.encryption.Key.Key != nil {
		kmspolicy.AllowLogGroups(s.encryption.Key.Key, s.logGroupsToEncrypt())
	}
	groups := logGroups{slow: newLogGroup(scope, s, "SlowLog", "slow-log")}
	if known, _ := s.engine.version.lookup(); known.EngineLog {
		groups.engine = newLogGroup(scope, s, "EngineLog", "engine-log")
	}
	return groups
}

func newLogGroup(scope constructs.Construct, s *settings, id, name string) awslogs.ILogGroup {
	return awslogs.NewLogGroup(scope, &id, &awslogs.LogGroupProps{
		LogGroupName:  s.logGroupName(name),
		Retention:     s.logs.retention,
		EncryptionKey: s.encryption.Key.Key,
		RemovalPolicy: s.backup.supportingRemovalPolicy(),
	})
}

// logGroupName is nil where CloudFormation generates the name.
func (s *settings) logGroupName(log string) *string {
	if s.naming.name == nil {
		return nil
	}
	return ptr.To("/aws/elasticache/" + *s.naming.name + "/redis/" + log)
}

// logGroupsToEncrypt is the narrowest pattern that is known at synth.
func (s *settings) logGroupsToEncrypt() string {
	if s.naming.name == nil || check.IsToken(*s.naming.name) {
		return "*"
	}
	return *s.logGroupName("*")
}

// apply refers to the log groups, so CloudFormation creates them first.
func (l logGroups) apply(g *awselasticache.CfnReplicationGroupProps) {
	list := []*awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty{delivery("slow-log", l.slow)}
	if l.engine != nil {
		list = append(list, delivery("engine-log", l.engine))
	}
	g.LogDeliveryConfigurations = list
}

func delivery(log string, group awslogs.ILogGroup) *awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty {
	return &awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty{
		LogType:         &log,
		LogFormat:       ptr.To("json"),
		DestinationType: ptr.To("cloudwatch-logs"),
		DestinationDetails: &awselasticache.CfnReplicationGroup_DestinationDetailsProperty{
			CloudWatchLogsDetails: &awselasticache.CfnReplicationGroup_CloudWatchLogsDestinationDetailsProperty{
				LogGroup: group.LogGroupName(),
			},
		},
	}
}
