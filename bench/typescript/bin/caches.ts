import { App, Stack } from 'aws-cdk-lib/core';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { RedisCache } from '../lib/redis-cache';

// As many prod-shaped caches as the first argument says, 20 to a stack: the twin of ../caches in Go.
const CACHES_PER_STACK = 20;

const app = new App({ analyticsReporting: false });
const caches = Number(process.argv[2]);
for (let first = 0; first < caches; first += CACHES_PER_STACK) {
  const stack = new Stack(app, `Caches${first}`);
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });
  const key = new kms.Key(stack, 'Key');
  const events = new sns.Topic(stack, 'Events');
  const action = new SnsAction(new sns.Topic(stack, 'Alarms'));
  for (let index = first; index < Math.min(first + CACHES_PER_STACK, caches); index++) {
    new RedisCache(stack, `Cache${index}`, {
      name: `cache${index}`,
      vpc,
      nodeType: 'cache.r6g.large',
      numCacheNodes: 2,
      encryptionKey: key,
      notificationTopic: events,
      alarmActions: [action],
    });
  }
}
app.synth();
