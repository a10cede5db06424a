#!/usr/bin/env node
import { App } from 'aws-cdk-lib/core';
import { dev, prod } from '../lib/environment';
import { RedisCacheStack } from '../lib/redis-cache-stack';

const app = new App();
for (const environment of [dev, prod]) {
  new RedisCacheStack(app, `securebase-${environment.name}-redis`, environment);
}
