import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contract, type Environments, loadContracts, loadEnvironments } from '@slipway/contract';
import type { App } from 'aws-cdk-lib/core';
import { createApp } from '../app.ts';
import { readAssembly, type Template, writeRepository } from '../testing/fixture.ts';

/** A definition that uses what there is to choose, so that what is recorded of it tells of every kind of role. */
const ENVIRONMENTS = `
name: slipway
account: "123456789012"
region: ap-northeast-1
notifications: { email: [team@example.com] }
environments:
  staging:
    gradual: false
    network: { cidr: 10.10.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c], nat: 0 }
  production:
    approval: true
    protect: true
    network:
      { cidr: 10.20.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c], nat: 1, flowLogs: 30, publicTasksFrom: 192.0.2.0/24 }
    capacity: { type: ec2, instanceType: t4g.small }
    domain: { name: example.com, zone: { id: Z0123456789ABCDEFGHIJ, name: example.com } }
    alarms: { email: [team@example.com] }
`;

const SERVICES = {
  blog: 'name: blog\nteam: writers\npath: /blog\ndeployment: { controller: ecs, strategy: canary }\n',
  market: `name: market
team: traders
path: /market
buckets: { snapshots: {} }
secrets:
  SIGNING_KEY: { secret: signing, generate: true }
  PAYMENT_TOKEN: { parameter: payment/token }
schedules:
  cleanup: { cron: "0 3 * * ? *", timezone: Asia/Tokyo, command: [node, cleanup.js] }
scaling: { min: 2, max: 6, requests: 600, cpu: 60 }
`,
  news: `name: news
team: press
path: /news
deployment: { strategy: canary, percentage: 25, interval: 3 }
tables:
  articles: { partitionKey: id, indexes: { byCategory: { partitionKey: category, sortKey: publishedAt } } }
`,
};

export interface Example {
  readonly app: App;
  readonly environments: Environments;
  readonly services: readonly Contract[];
  readonly templates: Readonly<Record<string, Template>>;
}

/** Synthesizes the example; it leaves nothing on the disk. */
export function synthesizeExample(): Example {
  const root = mkdtempSync(join(tmpdir(), 'slipway-example-'));
  try {
    writeRepository(root, { environments: ENVIRONMENTS, services: SERVICES });
    const environments = loadEnvironments(root);
    const { services, problems } = loadContracts(root);
    if (problems.length > 0) throw new Error(`The example is not good: ${problems[0]?.message}`);
    const out = join(root, 'cdk.out');
    const app = createApp(out, { environments, services, definition: 'example', platform: 'example' });
    app.synth();
    return { app, environments, services, templates: readAssembly(out).templates };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
