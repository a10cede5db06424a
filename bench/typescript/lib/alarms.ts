import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export const NAMESPACE = 'AWS/ElastiCache';

export interface AlarmsProps {
  readonly name: string;
  readonly title: string;
  readonly nodes: number;
  readonly actions: cloudwatch.IAlarmAction[];
}

export type AlarmOfMember = cloudwatch.CfnAlarm;

export const memberOf = (node: number) => String(node).padStart(3, '0');

const KINDS = [
  { id: 'CpuAlarm', suffix: 'cpu', metric: 'CPUUtilization', statistic: 'Average', period: 60, threshold: 75, periods: 10,
    text: 'CPU of the host above 75 %. Look for costly commands in the slow log and for a jump in connections; then take a larger node type, or send reads to the reader endpoint.' },
  { id: 'MemoryAlarm', suffix: 'memory', metric: 'DatabaseMemoryUsagePercentage', statistic: 'Average', period: 60, threshold: 85, periods: 10,
    text: 'Memory in use above 85 %. Evictions follow: shorten TTLs, look for large keys, or take a node type with more memory.' },
  { id: 'EvictionsAlarm', suffix: 'evictions', metric: 'Evictions', statistic: 'Sum', period: 300, threshold: 1000, periods: 1,
    text: 'More than 1000 keys evicted in five minutes, before their TTL ended. The working set does not fit: take a node type with more memory, or cache less.' },
  { id: 'CacheHitRateAlarm', suffix: 'hit-rate', metric: 'CacheHitRate', statistic: 'Sum', period: 300, threshold: 70, periods: 3,
    text: 'Fewer than 70 % of the reads hit. Look for changed keys or TTLs in the last release, for evictions, and for a restart or failover that emptied the cache.' },
  { id: 'ReplicationLagAlarm', suffix: 'replication-lag', metric: 'ReplicationLag', statistic: 'Maximum', period: 60, threshold: 5, periods: 5,
    text: 'The replica is more than 5 seconds behind: readers see old data, and a failover loses that much. Look for a burst of writes and for network limits of the node type.' },
];

/** Alarms of each member, as CfnAlarm like those of the Go construct; Alarm with its metrics would take longer. */
export function addAlarms(scope: Construct, props: AlarmsProps): AlarmOfMember[] {
  const anyAlarm = cloudwatch.Alarm.fromAlarmArn(scope, 'AlarmAction', 'arn:aws:cloudwatch:::alarm:any');
  const actions = props.actions.map((action) => action.bind(scope, anyAlarm).alarmActionArn);
  const alarms: AlarmOfMember[] = [];
  for (const kind of KINDS) {
    if (kind.metric === 'ReplicationLag' && props.nodes === 1) continue;
    for (let node = 1; node <= props.nodes; node++) {
      const member = memberOf(node);
      const dimensions = [{ name: 'CacheClusterId', value: `${props.name}-redis-${member}` }];
      const reads = (id: string, metricName: string) => ({
        id,
        metricStat: { metric: { namespace: NAMESPACE, metricName, dimensions }, period: kind.period, stat: kind.statistic },
        returnData: false,
      });
      const judged = kind.metric === 'CacheHitRate'
        ? {
          metrics: [
            { id: 'expr_1', expression: 'IF(hits + misses >= 100, 100 * hits / (hits + misses), 100)', label: kind.metric, returnData: true },
            reads('hits', 'CacheHits'),
            reads('misses', 'CacheMisses'),
          ],
        }
        : { namespace: NAMESPACE, metricName: kind.metric, dimensions, statistic: kind.statistic, period: kind.period };
      alarms.push(new cloudwatch.CfnAlarm(scope, `${kind.id}${node}`, {
        alarmName: `${props.name}-redis-${member}-${kind.suffix}`,
        alarmDescription: `${props.title}, node ${member}: ${kind.text}`,
        comparisonOperator: kind.metric === 'CacheHitRate' ? 'LessThanThreshold' : 'GreaterThanThreshold',
        threshold: kind.threshold,
        evaluationPeriods: kind.periods,
        treatMissingData: 'notBreaching',
        alarmActions: actions,
        okActions: actions,
        ...judged,
      }));
    }
  }
  return alarms;
}
