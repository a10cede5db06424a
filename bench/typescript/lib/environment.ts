import { RemovalPolicy } from 'aws-cdk-lib/core';

export interface Environment {
  readonly name: string;
  readonly nodeType: string;
  readonly numCacheNodes: number;
  readonly snapshotRetentionLimit: number;
  readonly removalPolicy: RemovalPolicy;
  readonly customerManagedKey?: boolean;
  readonly terminationProtection: boolean;
  readonly dashboard?: boolean;
  readonly tags: Record<string, string>;
}

export const dev: Environment = {
  name: 'dev',
  nodeType: 'cache.t3.micro',
  numCacheNodes: 1,
  snapshotRetentionLimit: 1,
  removalPolicy: RemovalPolicy.DESTROY,
  terminationProtection: false,
  tags: { Project: 'SecureBase' },
};

export const prod: Environment = {
  name: 'prod',
  nodeType: 'cache.r6g.large',
  numCacheNodes: 2,
  snapshotRetentionLimit: 7,
  removalPolicy: RemovalPolicy.SNAPSHOT,
  customerManagedKey: true,
  terminationProtection: true,
  dashboard: true,
  tags: { Project: 'SecureBase', Tier: 'Premium' },
};
