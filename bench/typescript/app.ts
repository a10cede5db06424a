// The yardstick: an app as `cdk init` makes it, with the resources of both golden templates as L1 constructs. It has no
// rules, no defaults and no alarms of its own to compute, so it does less than this project.
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';

const snapshotRetentionLimit = 7;

const app = new App();
for (const name of ['securebase-dev-redis', 'securebase-prod-redis']) {
  // The templates have CDK's own parameter and rule already.
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  const included = new CfnInclude(new Stack(app, name, { synthesizer }), 'Included', {
    templateFile: `testdata/${name}.template.json`,
  });
  const group = included.node.findAll().find((construct) => construct instanceof CfnReplicationGroup);
  group!.snapshotRetentionLimit = snapshotRetentionLimit;
}
