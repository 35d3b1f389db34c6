import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createEcs } from './aws/ecs/index.ts';
import type { ContainerSpec, Runtime, TargetHealth } from './aws/ecs/ports.ts';
import { serviceProperties, taskDefinitionProperties } from './aws/ecs/test-properties.ts';
import { createLambda } from './aws/lambda/index.ts';
import { createLogs } from './aws/logs/index.ts';
import { createScheduler } from './aws/scheduler/index.ts';
import { ManualClock } from './core/clock.ts';
import { Controllers } from './core/controllers.ts';
import { randomIds } from './core/ids.ts';
import type { Properties, ResourceHandlers } from './core/resource.ts';
import { openStore } from './core/store.ts';
import { openTestContext } from './core/test-context.ts';
import { createRoleSessions } from './role-sessions.ts';
import { openProcesses } from './runtime/processes.ts';
import { reapAll } from './runtime/reap.ts';
import { createWire } from './wire/server.ts';

/** Real processes on a busy machine. */
jest.setTimeout(60_000);

/** The function of the platform's templates, as it stands there. */
const CODE = readFileSync(join(import.meta.dirname, '../../../pipeline/functions/run-scheduled.cjs'), 'utf8');
const NAME = 'slipway-news-staging-schedule';
const FUNCTION = `arn:aws:lambda:ap-northeast-1:123456789012:function:${NAME}`;

let root: string;
let engine: Awaited<ReturnType<typeof start>>;
let clock: ManualClock;
let said: string[];
const errors: unknown[] = [];

/** Containers run as long as they are not stopped. */
class Containers implements Runtime {
  readonly started: ContainerSpec[] = [];
  readonly checks = {
    start: async () => {},
    status: () => ({ state: 'unknown' as const }),
    kill: () => {},
    forget: () => {},
  };
  async place({ ports }: { ports: number[] }) {
    return { address: '127.1.1.1', ports: Object.fromEntries(ports.map(port => [port, port])) };
  }
  async start(spec: ContainerSpec) {
    this.started.push(spec);
    return { state: 'running' as const };
  }
  status() {
    return { state: 'running' as const };
  }
  signal(): void {}
  onExit() {
    return () => {};
  }
  forget(): void {}
  retain(): void {}
}

async function start() {
  const state = join(root, 'state');
  const store = openStore(join(root, 'store.sqlite'), clock);
  let endpoint = '';
  const log = (text: string) => void said.push(text);
  const context = openTestContext({ store, clock, state, ids: randomIds, endpoint: () => endpoint, log });
  const processes = openProcesses({ state, clock });
  const logs = createLogs(context);
  const credentials = createRoleSessions(context, { dynamodb: () => undefined });
  const runtime = new Containers();
  const targets: TargetHealth[] = [];
  const ecs = createEcs(context, {
    ...{ runtime, credentials, logs: logs.streams },
    images: {
      resolveImage: async () => ({
        digest: `sha256:${'a'.repeat(64)}`,
        config: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
        layers: [],
      }),
    },
    targets: {
      registerTarget: (_, target) => void targets.push({ ...target, state: 'healthy' }),
      deregisterTarget: () => {},
      targetHealth: () => targets,
    },
  });
  const options = { node: process.execPath };
  const lambda = createLambda(context, { processes, logs: logs.streams, credentials, options });
  const scheduler = createScheduler(context, { invoke: lambda.invoke });
  const onError = (error: unknown) => void errors.push(error);
  const apis = [ecs.api, lambda.api, scheduler.api];
  const wire = createWire({ account: context.account, apis, faces: [], onError });
  const { port } = await wire.listen(0);
  endpoint = `http://127.0.0.1:${port}`;
  const list = [ecs, lambda, scheduler].flatMap(each => each.controllers);
  const controllers = new Controllers({ store, clock, controllers: list, onError });
  controllers.start();
  const resources: ResourceHandlers = { ...ecs.resources, ...lambda.resources, ...scheduler.resources };
  return { store, processes, logs, lambda, ecs, runtime, wire, controllers, resources };
}

async function end(): Promise<void> {
  await engine.controllers.stop();
  await engine.wire.close();
  engine.lambda.close();
  engine.processes[Symbol.dispose]();
  engine.store.close();
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-schedules-'));
  mkdirSync(join(root, 'state'));
  clock = new ManualClock();
  said = [];
  engine = await start();
});
afterEach(async () => {
  await end();
  await reapAll(join(root, 'state'), { graceMs: 100 });
  rmSync(root, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

const stack = { name: 'st', id: 'arn:stack', region: 'ap-northeast-1', account: '123456789012', tags: {} };
const create = (type: string, properties: Properties) =>
  engine.resources[type]!.create({ stack, logicalId: 'Resource', type, properties, token: `create ${type}` });

/** A service whose live version has these variables, and a schedule that is due at once and every hour. */
async function createScheduled(environment: Properties[]): Promise<void> {
  await create('AWS::ECS::Cluster', { ClusterName: 'slipway-staging' });
  await create('AWS::ECS::TaskDefinition', taskDefinitionProperties({ Environment: environment }));
  await create('AWS::ECS::Service', serviceProperties({ DesiredCount: 1 }));
  await create('AWS::Lambda::Function', {
    ...{ FunctionName: NAME, Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 30 },
    Role: 'arn:aws:iam::123456789012:role/schedule',
    Code: { ZipFile: CODE },
    Environment: { Variables: { CLUSTER: 'slipway-staging', SERVICE: 'news' } },
  });
  const input = {
    ...{ schedule: 'snapshot', execution: '<aws.scheduler.execution-id>', command: ['node', 'snapshot.js'] },
    ...{ cpu: 512, memory: 1024, environment: { DAYS: '30' } },
  };
  await create('AWS::Scheduler::Schedule', {
    ...{ Name: 'snapshot', GroupName: NAME, ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' },
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: FUNCTION, RoleArn: 'arn:of:role', Input: JSON.stringify(input) },
  });
}

/** Lets the manual clock pass beside the real processes until `done`. */
async function passUntil(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) {
    await sleep(10);
    clock.advance(100);
    engine.controllers.wake();
  }
}

const scheduled = () => engine.runtime.started.filter(({ command }) => command?.[1] === 'snapshot.js');
const heard = async (text: RegExp) => {
  const caller = { account: '', region: '', accessKeyId: '' };
  const logGroupName = `/aws/lambda/${NAME}`;
  try {
    const answer = await engine.logs.api.operations.FilterLogEvents!({ logGroupName }, caller);
    return (answer as { events: { message: string }[] }).events.some(({ message }) => text.test(message));
  } catch {
    return false; // nothing has run yet
  }
};

test('what is scheduled runs as a task of its own in the version that is live, once', async () => {
  await createScheduled([{ Name: 'SLIPWAY_COMMIT', Value: 'c1' }]);
  // A newer revision that nobody has released.
  engine.ecs.registerTaskDefinition({
    family: 'slipway-news-staging',
    containerDefinitions: [{ name: 'news', image: 'untested' }],
  });
  await passUntil(() => scheduled().length > 0);
  expect(scheduled()[0]).toMatchObject({
    command: ['node', 'snapshot.js'],
    memoryMiB: 1024,
    environment: { SLIPWAY_COMMIT: 'c1', DAYS: '30' },
  });
  await passUntil(() => heard(/snapshot runs as arn:aws:ecs/));
  await end();
  engine = await start();
  await engine.controllers.settled();
  expect(scheduled()).toHaveLength(0);
});

test('a service that is not released yet runs nothing, and says so', async () => {
  await createScheduled([]);
  await passUntil(() => heard(/news is not released yet: snapshot is not run/));
  expect(scheduled()).toEqual([]);
});
