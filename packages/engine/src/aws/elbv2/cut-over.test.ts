import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BalancerClient } from '../../balancer/client.ts';
import { SystemClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { randomIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties } from '../../core/resource.ts';
import { openStore, type Store } from '../../core/store.ts';
import { until } from '../../core/until.ts';
import { type DetachedProcesses, openProcesses } from '../../runtime/processes.ts';
import { createElbv2, type Elbv2 } from './index.ts';
import { NOT_FOUND, PLACE, ruleProperties, targetGroup } from './test-world.ts';

let state: string;
let store: Store;
let processes: DetachedProcesses;
let balancer: BalancerClient;
let elbv2: Elbv2;
const servers: Server[] = [];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'slipway-elbv2-'));
  const clock = new SystemClock();
  store = openStore(join(state, 'engine.sqlite'), clock);
  processes = openProcesses({ state, clock });
  balancer = new BalancerClient({ state, processes, clock, node: process.execPath, log: () => {} });
  const context: Context = {
    ...PLACE,
    store,
    clock,
    state,
    pace: createPace(300),
    ids: randomIds,
    endpoint: () => '',
    log: () => {},
  };
  elbv2 = createElbv2(context, { balancer });
  elbv2.start();
});

afterEach(async () => {
  await balancer.shutdown();
  processes[Symbol.dispose]();
  store.close();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  rmSync(state, { recursive: true, force: true });
});

let count = 0;
async function create(kind: string, properties: Properties): Promise<string> {
  const stack = { name: 'slipway-test', id: 'arn:stack', tags: {}, ...PLACE };
  const type = `AWS::ElasticLoadBalancingV2::${kind}`;
  const request = { stack, logicalId: kind, type, properties, token: `token-${++count}` };
  return (await elbv2.resources[type]!.create(request)).physicalId;
}

/** A task: closed at once when it is stopped, so whoever still talks to it loses. */
async function startTask(answer: string) {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(answer), request.url === '/news/slow' ? 100 : 0);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => server.close().closeAllConnections();
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port, stop };
}

const states = (group: string) => elbv2.targetHealth(group).map(target => target.state);
const isHealthy = (group: string) => until(store, () => states(group).includes('healthy') || undefined);

async function localUrl(listener: string): Promise<string> {
  const answer = await elbv2.api.operations.DescribeTags!(
    { ResourceArns: [listener] },
    { ...PLACE, accessKeyId: 'test' },
  );
  const { TagDescriptions } = answer as { TagDescriptions: { Tags: { Key: string; Value: string }[] }[] };
  return TagDescriptions[0]!.Tags.find(({ Key }) => Key === 'slipway:local')!.Value;
}

test('blue/green behind the door: no request fails from the first shift to the end of the old task', async () => {
  const alb = await create('LoadBalancer', { Name: 'slipway-test', Scheme: 'internal' });
  const listener = await create('Listener', {
    LoadBalancerArn: alb,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [NOT_FOUND],
  });
  const door = await create('LoadBalancer', { Name: 'slipway-test-door', Type: 'network' });
  const behind = await create('TargetGroup', {
    Port: 80,
    Protocol: 'TCP',
    TargetType: 'alb',
    Targets: [{ Id: alb, Port: 80 }],
  });
  const outside = await create('Listener', {
    LoadBalancerArn: door,
    Port: 80,
    Protocol: 'TCP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: behind }],
  });
  const blue = await create('TargetGroup', targetGroup('news-test-blue'));
  const green = await create('TargetGroup', targetGroup('news-test-green'));
  await create('ListenerRule', ruleProperties(listener, blue));
  const [old, next] = [await startTask('blue'), await startTask('green')];
  elbv2.registerTarget(blue, old);
  await isHealthy(blue);
  const url = await localUrl(outside);
  expect(await (await fetch(url)).text()).toBe('No service has this path');

  const load = startLoad(url);
  await load.answered(50);
  elbv2.registerTarget(green, next);
  await expect(elbv2.setWeights(listener, { [blue]: 0, [green]: 100 })).rejects.toThrow(
    'Traffic is not shifted',
  );
  await isHealthy(green);
  for (const weight of [10, 50, 100]) {
    await elbv2.setWeights(listener, { [blue]: 100 - weight, [green]: weight });
    await load.answered(50);
  }
  elbv2.deregisterTarget(blue, old);
  expect(states(blue)).toEqual(['draining']);
  await until(store, () => states(blue).length === 0 || undefined);
  old.stop();
  await load.answered(50);
  const { failures, answers } = await load.stop();
  expect(failures).toEqual([]);
  expect(Object.keys(answers).sort()).toEqual(['blue', 'green']);
  const after = await (await fetch(`${url}/news`)).text();
  expect(after).toBe('green');
}, 15_000);

/** Eight clients on kept connections, two of them slow. */
function startLoad(url: string) {
  const agent = new Agent({ keepAlive: true });
  const answers: Record<string, number> = {};
  const failures: string[] = [];
  let total = 0;
  let running = true;
  const client = async (path: string): Promise<void> => {
    while (running) {
      try {
        const [response] = (await once(get(url + path, { agent }), 'response')) as [IncomingMessage];
        const body = Buffer.concat(await response.toArray()).toString();
        answers[body] = (answers[body] ?? 0) + 1;
        if (response.statusCode !== 200) failures.push(`${path}: ${response.statusCode}`);
      } catch (error) {
        failures.push(`${path}: ${String(error)}`);
      }
      total++;
    }
  };
  const clients = Array.from({ length: 8 }, (_, n) => client(n < 2 ? '/news/slow' : '/news/fast'));
  return {
    answered: async (more: number) => {
      for (const end = total + more; total < end; ) await new Promise(resolve => setTimeout(resolve, 5));
    },
    stop: async () => {
      running = false;
      await Promise.all(clients);
      agent.destroy();
      return { answers, failures };
    },
  };
}
