import { RemovalPolicy, SecretValue, Aws } from 'aws-cdk-lib/core';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addAlarms, AlarmOfMember } from './alarms';
import { addDashboard } from './dashboard';

export interface RedisCacheProps {
  readonly name: string;
  readonly vpc: ec2.IVpc;
  readonly allowedSecurityGroups?: ec2.ISecurityGroup[];
  readonly nodeType: string;
  readonly numCacheNodes: number;
  readonly encryptionKey?: kms.IKey;
  readonly snapshotRetentionLimit?: number;
  readonly removalPolicy?: RemovalPolicy;
  readonly notificationTopic: sns.ITopic;
  readonly alarmActions: cloudwatch.IAlarmAction[];
  readonly dashboard?: boolean;
}

/** The same resources as RedisCache in Go, made by the same calls: what an app in TypeScript would have of its own. */
export class RedisCache extends Construct {
  readonly replicationGroup: elasticache.CfnReplicationGroup;
  readonly connectionSecret: secretsmanager.Secret;
  readonly slowLog: logs.LogGroup;
  readonly alarms: AlarmOfMember[];

  constructor(scope: Construct, id: string, props: RedisCacheProps) {
    super(scope, id);
    const title = `Redis query cache ${props.name}`;
    const replicas = props.numCacheNodes > 1;

    const subnetGroup = new elasticache.CfnSubnetGroup(this, 'SubnetGroup', {
      description: `Subnets of ${title}`,
      subnetIds: props.vpc.isolatedSubnets.map((subnet) => subnet.subnetId),
    });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Access to ${title}`,
      allowAllOutbound: false,
    });
    for (const allowed of props.allowedSecurityGroups ?? []) {
      securityGroup.addIngressRule(allowed, ec2.Port.tcp(6379), 'Redis client');
    }

    const authToken = new secretsmanager.Secret(this, 'AuthToken', {
      secretName: `${props.name}/redis/auth-token`,
      description: `AUTH token of ${title}; applications read the connection secret`,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'auth_token',
        passwordLength: 32,
        excludePunctuation: true,
        includeSpace: false,
      },
    });
    const token = `{{resolve:secretsmanager:${authToken.secretArn}:SecretString:auth_token::}}`;

    const parameterGroup = new elasticache.CfnParameterGroup(this, 'ParameterGroupRedis7', {
      cacheParameterGroupFamily: 'redis7',
      description: `Parameters of ${title}`,
      properties: { 'maxmemory-policy': 'allkeys-lru', 'slowlog-log-slower-than': '10000' },
    });

    const logPrefix = `/aws/elasticache/${props.name}/redis/`;
    props.encryptionKey?.grant(
      new iam.ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`, {
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': {
              'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${logPrefix}*`,
            },
          },
        },
      }),
      'kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*',
    );
    const logGroup = (logId: string, name: string) => new logs.LogGroup(this, logId, {
      logGroupName: logPrefix + name,
      retention: logs.RetentionDays.ONE_MONTH,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const delivery = (logType: string, group: logs.LogGroup) => ({
      logType,
      logFormat: 'json',
      destinationType: 'cloudwatch-logs',
      destinationDetails: { cloudWatchLogsDetails: { logGroup: group.logGroupName } },
    });
    this.slowLog = logGroup('SlowLog', 'slow-log');
    const engineLog = logGroup('EngineLog', 'engine-log');

    this.replicationGroup = new elasticache.CfnReplicationGroup(this, 'ReplicationGroup', {
      replicationGroupId: `${props.name}-redis`,
      replicationGroupDescription: title,
      engine: 'redis',
      engineVersion: '7.1',
      cacheNodeType: props.nodeType,
      numCacheClusters: props.numCacheNodes,
      cacheParameterGroupName: parameterGroup.ref,
      autoMinorVersionUpgrade: true,
      automaticFailoverEnabled: replicas,
      multiAzEnabled: replicas,
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      port: 6379,
      atRestEncryptionEnabled: true,
      kmsKeyId: props.encryptionKey?.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: token,
      snapshotRetentionLimit: props.snapshotRetentionLimit ?? 7,
      snapshotWindow: '03:00-05:00',
      preferredMaintenanceWindow: 'sun:05:00-sun:07:00',
      logDeliveryConfigurations: [delivery('slow-log', this.slowLog), delivery('engine-log', engineLog)],
      notificationTopicArn: props.notificationTopic.topicArn,
    });
    this.replicationGroup.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.SNAPSHOT);
    this.replicationGroup.node.addDependency(props.notificationTopic);

    const host = this.replicationGroup.attrPrimaryEndPointAddress;
    const reader = replicas ? `,"reader_host":"${this.replicationGroup.attrReaderEndPointAddress}"` : '';
    this.connectionSecret = new secretsmanager.Secret(this, 'Connection', {
      secretName: `${props.name}/redis/connection`,
      description: `Host, port and AUTH token of ${title}`,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
      secretStringValue: SecretValue.unsafePlainText(`{"host":"${host}","port":6379,"auth_token":"${token}"${reader}}`),
    });

    this.alarms = addAlarms(this, { name: props.name, title, nodes: props.numCacheNodes, actions: props.alarmActions });
    if (props.dashboard) {
      addDashboard(this, { name: props.name, title, nodes: props.numCacheNodes, alarms: this.alarms, slowLog: this.slowLog });
    }
  }
}
