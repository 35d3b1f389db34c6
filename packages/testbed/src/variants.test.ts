import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ROOT } from './clone.ts';
import { type LoneEngine, startLoneEngine } from './lone-engine.ts';
import { create, synthesizeVariant, type VariantStack } from './variants.ts';

/** Mostly seeds that start and the synthesis: a busy machine takes minutes. */
const LIMIT_MS = 300_000;

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'slipway-variants-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const HOME = 'account: "123456789012"\nregion: ap-northeast-1\nenvironments:\n';
const zones = 'zones: [ap-northeast-1a, ap-northeast-1c]';
const service = (name: string, more = '') => `name: ${name}\nteam: ${name}\npath: /${name}\n${more}`;
const news = service('news', 'tables: { articles: { partitionKey: id } }\n');

/** Every way in which a version may take over, each by a service of its own. */
const WAYS: Record<string, string> = {
  atonce: '{ strategy: all-at-once }',
  tenth: '{ strategy: canary, percentage: 25, interval: 3 }',
  steps: '{ strategy: linear, percentage: 20, interval: 1 }',
  rolls: '{ controller: ecs, strategy: rolling }',
  swaps: '{ controller: ecs, strategy: all-at-once, bake: 1 }',
  ecstenth: '{ controller: ecs, strategy: canary, percentage: 2.5, interval: 20, bake: 30 }',
  ecssteps: '{ controller: ecs, strategy: linear, percentage: 10, interval: 1, bake: 0 }',
};
const OF_ECS = Object.keys(WAYS).filter(name => WAYS[name]?.includes('controller: ecs'));
const ways = Object.fromEntries(
  Object.entries(WAYS).map(([name, way]) => [
    name,
    service(name, `tasks: { production: 1 }\ndeployment: ${way}\n`),
  ]),
);

/** All that a contract can say besides. */
const orders = `${service('orders')}cpu: 512
memory: 1024
buckets: { receipts: {} }
tables: { orders: { partitionKey: id } }
calls: [atonce]
environment: { GREETING: hello }
secrets: { SIGNING_KEY: { secret: signing, generate: true } }
dependsOn: { cache: HEALTHY }
containers:
  cache:
    image: public.ecr.aws/docker/library/redis:7.4
    memory: 256
    ports: [6379]
    health: { command: [redis-cli, ping], grace: 5 }
schedules:
  cleanup: { cron: "0 3 * * ? *", timezone: Asia/Tokyo, command: [node, cleanup.js] }
  poll: { rate: 5 minutes, command: [node, poll.js] }
scaling: { min: 1, max: 6, requests: 600, cpu: 60, schedule: { morning: { cron: "0 8 * * ? *", min: 4 } } }
`;

/** What the engine refuses by name, until it carries it out. */
const REFUSED = /^CREATE_FAILED: .*The deployment strategy \w+ of ECS is not carried out locally yet/;
const outcome = ([name, status]: readonly [string, string]): [string, string] =>
  OF_ECS.some(each => name === `slipway-${each}-production`) && REFUSED.test(status)
    ? [name, 'CREATE_COMPLETE']
    : [name, status];
const complete = (stacks: VariantStack[]) => stacks.map(({ name }) => [name, 'CREATE_COMPLETE']);

test(
  'every strategy, sidecars, secrets, schedules, scaling, a domain, private endpoints: each stack is carried out, or refused by name',
  async () => {
    const environment = `  production:
    network: { ${zones}, nat: 0, endpoints: [secretsmanager], flowLogs: 14, publicTasksFrom: 203.0.113.0/24 }
    alarms: { email: [team@example.com] }
    domain: { name: services.example.com, zone: { id: Z0123456789, name: example.com } }
`;
    const stacks = await synthesizeVariant({
      environments: HOME + environment,
      services: { ...ways, orders },
    });
    await using engine = await startLoneEngine({ state: join(place, 'state') });
    const made: [string, string][] = [];
    for (const stack of stacks) {
      // A release registers what ECS shall run before the service is made.
      const name = OF_ECS.find(each => stack.name === `slipway-${each}-production`);
      if (name) await registerSeed(engine, name);
      made.push([stack.name, await create(engine, stack)]);
    }
    expect(made.map(outcome)).toEqual(complete(stacks));
    const recorded = await recordedBy(engine);
    expect(recorded).toContainEqual(expect.stringMatching(/HTTPS|TLS/));
    expect(recorded).not.toContainEqual(expect.stringMatching(/Spot/));
  },
  LIMIT_MS,
);

test(
  'instances on demand and on Spot, and Fargate Spot: each stack is carried out, and what is only recorded is told',
  async () => {
    const network = (range: number) => `network: { ${zones}, cidr: 10.${range}.0.0/16 }`;
    const environments = `${HOME}  bought:
    ${network(1)}
    protect: true
    capacity: { type: ec2, instanceType: t4g.medium, count: 2 }
  lent:
    ${network(2)}
    capacity: { type: ec2, instanceType: t4g.small, market: spot, public: true }
  spot:
    ${network(3)}
    capacity: { type: fargate-spot, onDemand: 1, spot: 4 }
`;
    const stacks = await synthesizeVariant({ environments, services: { news } });
    await using engine = await startLoneEngine({ state: join(place, 'state') });
    const made: [string, string][] = [];
    for (const stack of stacks) made.push([stack.name, await create(engine, stack)]);
    expect(made).toEqual(complete(stacks));
    expect(await recordedBy(engine)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^instances:/), expect.stringMatching(/^Fargate Spot:/)]),
    );
  },
  LIMIT_MS,
);

test(
  'three regions and two accounts: each stack is carried out by an engine of its account and region',
  async () => {
    const environments = readFileSync(join(ROOT, 'docs/examples/asia.environments.yaml'), 'utf8');
    const stacks = await synthesizeVariant({ environments, services: { news } });
    const bySpot = Map.groupBy(stacks, ({ account, region }) => `${account} ${region}`);
    expect([...bySpot.keys()].sort()).toEqual([
      ...['111111111111 ap-northeast-1', '111111111111 ap-northeast-3', '111111111111 ap-southeast-1'],
      ...['222222222222 ap-northeast-1', '222222222222 ap-northeast-3', '222222222222 ap-southeast-1'],
    ]);
    for (const [spot, there] of bySpot) {
      const [account, region] = spot.split(' ');
      await using engine = await startLoneEngine({
        state: join(place, spot),
        account: account!,
        region: region!,
      });
      const made: [string, string][] = [];
      for (const stack of there) made.push([stack.name, await create(engine, stack)]);
      expect([spot, made]).toEqual([spot, complete(there)]);
    }
  },
  LIMIT_MS,
);

/** The seed of the service `atonce`, for another one. */
async function registerSeed(engine: LoneEngine, name: string): Promise<void> {
  const ecs = (operation: string, input: object) =>
    engine.json('ecs', `AmazonEC2ContainerServiceV20141113.${operation}`, input);
  const seed = await ecs('DescribeTaskDefinition', { taskDefinition: 'slipway-atonce-production' });
  const { taskDefinition } = JSON.parse(seed.replaceAll('atonce', name)) as {
    taskDefinition: Record<string, unknown>;
  };
  const {
    taskDefinitionArn: _,
    revision: __,
    status: ___,
    registeredAt: ____,
    ...definition
  } = taskDefinition;
  await ecs('RegisterTaskDefinition', definition);
}

/** What `slipway status` tells of it. */
async function recordedBy({ endpoint }: LoneEngine): Promise<string[]> {
  const answer = await fetch(`${endpoint}/_slipway/not-carried-out`);
  return ((await answer.json()) as { notCarriedOut: { what: string }[] }).notCarriedOut.map(
    ({ what }) => what,
  );
}
