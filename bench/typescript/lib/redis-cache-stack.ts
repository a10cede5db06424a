import { Aws, CfnOutput, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib/core';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Environment } from './environment';
import { RedisCache } from './redis-cache';

/** The same resources as RedisCacheStack in Go. */
export class RedisCacheStack extends Stack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, {
      description: `ElastiCache query cache of securebase-${environment.name}`,
      terminationProtection: environment.terminationProtection,
    });
    const prefix = `securebase-${environment.name}`;
    for (const [key, value] of Object.entries(environment.tags)) {
      Tags.of(this).add(key, value);
    }

    const key = environment.customerManagedKey ? this.newKey(prefix) : undefined;
    const vpc = this.newVpc(key);
    const clients = new ec2.SecurityGroup(this, 'ClientSecurityGroup', {
      vpc, description: 'Clients of the Redis query cache', allowAllOutbound: true,
    });
    const alarmTopic = this.newAlarmTopic(id, key);
    const eventTopic = this.newEventTopic(id);
    const cache = new RedisCache(this, 'Cache', {
      name: prefix,
      vpc,
      allowedSecurityGroups: [clients],
      nodeType: environment.nodeType,
      numCacheNodes: environment.numCacheNodes,
      encryptionKey: key,
      snapshotRetentionLimit: environment.snapshotRetentionLimit,
      removalPolicy: environment.removalPolicy,
      notificationTopic: eventTopic,
      alarmActions: [new SnsAction(alarmTopic)],
      dashboard: environment.dashboard,
    });

    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description });
    const group = cache.replicationGroup;
    output('PrimaryEndpointAddress', group.attrPrimaryEndPointAddress, 'Host for reads and writes');
    if (environment.numCacheNodes > 1) {
      output('ReaderEndpointAddress', group.attrReaderEndPointAddress, 'Host for reads from the replicas');
    }
    output('AuthTokenSecretArn', cache.connectionSecret.secretArn, 'Secret with host, port and auth_token, for REDIS_AUTH_SECRET');
    output('ConnectionString', `rediss://${group.attrPrimaryEndPointAddress}:6379`, 'TLS; the token is in the secret');
    output('ReplicationGroupId', group.ref, 'Id of the replication group');
    output('ClientSecurityGroupId', clients.securityGroupId, 'Security group that may reach the cache');
  }

  get availabilityZones() {
    const zones = Fn.getAzs();
    return [Fn.select(0, zones), Fn.select(1, zones)];
  }

  private newKey(prefix: string) {
    const key = new kms.Key(this, 'Key', {
      alias: `alias/${prefix}-redis`,
      description: `Redis query cache ${prefix}: data, snapshots, secrets, logs and alarms`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'DenyGrantsExceptForAwsServices',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
    }));
    return key;
  }

  private newVpc(key?: kms.Key) {
    const cidr = '10.0.0.0/16';
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });

    key?.grant(
      new iam.ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`, {
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*` },
        },
      }),
      'kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*',
    );
    const flowLogs = new logs.LogGroup(this, 'FlowLogs', {
      retention: logs.RetentionDays.ONE_MONTH, encryptionKey: key, removalPolicy: RemovalPolicy.DESTROY,
    });
    const policy = new iam.ManagedPolicy(this, 'FlowLogPolicy', {
      description: 'Write VPC flow logs',
      statements: [new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [flowLogs.logGroupArn],
      })],
    });
    const role = new iam.Role(this, 'FlowLogRole', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:vpc-flow-log/*` },
        },
      }),
      managedPolicies: [policy],
    });
    vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(flowLogs, role.withoutPolicyUpdates()) });

    const endpointGroup = new ec2.SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc, description: 'Access to the Secrets Manager endpoint', allowAllOutbound: false,
    });
    endpointGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.HTTPS, 'HTTPS from the VPC');
    vpc.addInterfaceEndpoint('SecretsManager', {
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER, securityGroups: [endpointGroup], open: false,
    });
    return vpc;
  }

  private newAlarmTopic(id: string, key?: kms.Key) {
    const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
    const topic = new sns.Topic(this, 'AlarmTopic', { displayName: `Alarms of ${id}`, enforceSSL: true, masterKey: key });
    topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'AllowCloudWatchAlarms',
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }));
    key?.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
    return topic;
  }

  private newEventTopic(id: string) {
    const topic = new sns.Topic(this, 'EventTopic', { displayName: `ElastiCache events of ${id}`, enforceSSL: true });
    topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'AllowElastiCacheEvents',
      principals: [new iam.AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'AWS:SourceOwner': Aws.ACCOUNT_ID } },
    }));
    return topic;
  }
}
