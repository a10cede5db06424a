import { Duration } from 'aws-cdk-lib/core';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AlarmOfMember, memberOf, NAMESPACE } from './alarms';

export interface DashboardProps {
  readonly name: string;
  readonly title: string;
  readonly nodes: number;
  readonly alarms: AlarmOfMember[];
  readonly slowLog: logs.ILogGroup;
}

const GRAPHS: { title: string; unit: string; metrics: [string, string][]; most?: number; line?: number }[] = [
  { title: 'CPU of the host', unit: '%', metrics: [['CPUUtilization', 'Average']], most: 100, line: 75 },
  { title: "CPU of the engine's thread", unit: '%', metrics: [['EngineCPUUtilization', 'Average']], most: 100 },
  { title: 'Memory', unit: '%', metrics: [['DatabaseMemoryUsagePercentage', 'Average']], most: 100, line: 85 },
  { title: 'Evictions', unit: 'keys', metrics: [['Evictions', 'Sum']], line: 1000 },
  { title: 'Cache hit rate', unit: '%', metrics: [['CacheHitRate', 'Average']], most: 100, line: 70 },
  { title: 'Reads: hits and misses', unit: 'reads', metrics: [['CacheHits', 'Sum'], ['CacheMisses', 'Sum']] },
  { title: 'Connections: open and new', unit: 'connections', metrics: [['CurrConnections', 'Maximum'], ['NewConnections', 'Sum']] },
  { title: 'Latency in the engine', unit: 'µs', metrics: [['GetTypeCmdsLatency', 'Average'], ['SetTypeCmdsLatency', 'Average']] },
  { title: 'Items', unit: 'keys', metrics: [['CurrItems', 'Maximum']] },
  { title: 'Refused tokens', unit: 'attempts', metrics: [['AuthenticationFailures', 'Sum']] },
  { title: 'Swap', unit: 'bytes', metrics: [['SwapUsage', 'Maximum']] },
  { title: 'Replication lag', unit: 'seconds', metrics: [['ReplicationLag', 'Maximum']], line: 5 },
];

export function addDashboard(scope: Construct, props: DashboardProps) {
  const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: `${props.name}-redis`,
    defaultInterval: Duration.hours(3),
  });
  dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({
    title: `Alarms of ${props.title}`, alarms: props.alarms, width: 24, height: 4,
  }));
  const widgets = GRAPHS.map((graph) => {
    const left = graph.metrics.flatMap(([metricName, statistic]) =>
      Array.from({ length: props.nodes }, (_, index) => {
        const member = memberOf(index + 1);
        return new cloudwatch.Metric({
          namespace: NAMESPACE,
          metricName,
          statistic,
          dimensionsMap: { CacheClusterId: `${props.name}-redis-${member}` },
          label: graph.metrics.length > 1 ? `${member} ${metricName}` : member,
        });
      }));
    return new cloudwatch.GraphWidget({
      title: graph.title,
      left,
      leftYAxis: { label: graph.unit, max: graph.most, min: 0, showUnits: false },
      leftAnnotations: graph.line === undefined ? undefined : [{ color: cloudwatch.Color.RED, label: 'alarm', value: graph.line }],
      width: 8,
      height: 6,
    });
  });
  for (let row = 0; row < widgets.length; row += 3) {
    dashboard.addWidgets(...widgets.slice(row, row + 3));
  }
  dashboard.addWidgets(new cloudwatch.LogQueryWidget({
    title: 'Slow log',
    logGroupNames: [props.slowLog.logGroupName],
    queryLines: ['fields @timestamp, @message', 'sort @timestamp desc', 'limit 20'],
    width: 24,
    height: 6,
  }));
}
