import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listRunning, reapAll } from '../../runtime/reap.ts';

let state: string;
let engines: ChildProcess[];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'slipway-ecs-crash-'));
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await kill(engine);
  await reapAll(state, { graceMs: 0 });
  rmSync(state, { recursive: true, force: true });
});

interface Engine {
  process: ChildProcess;
  endpoint: string;
  client: ECSClient;
  /** Resolves with what the engine says of its service: `STEADY <ms>` or `FAILED <why>`. */
  verdict: Promise<string>;
}

async function startEngine(program = 'echo', port = '0'): Promise<Engine> {
  const argv = [join(import.meta.dirname, 'fixtures/engine.ts'), state, port, program];
  const engine = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  engines.push(engine);
  const lines: string[] = [];
  const reader = createInterface({ input: engine.stdout });
  reader.on('line', line => lines.push(line));
  const line = async (start: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find(each => start.test(each));
      if (found) return found;
      await once(reader, 'line');
    }
  };
  const endpoint = (await line(/^AT /)).slice(3);
  const client = new ECSClient({
    endpoint,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  return { process: engine, endpoint, client, verdict: line(/^(STEADY|FAILED|ERROR) /) };
}

async function kill(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null) return;
  const dead = once(engine, 'exit');
  engine.kill('SIGKILL');
  await dead;
}

const cluster = 'slipway-staging';
async function tasksOf({ client }: Engine) {
  const { taskArns } = await client.send(new ListTasksCommand({ cluster }));
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks!.map(task => ({
    arn: task.taskArn!,
    address: task.attachments![0]!.details!.find(each => each.name === 'privateIPv4Address')!.value!,
  }));
}
async function ask(address: string, path = '/') {
  const response = await fetch(`http://${address}:3000${path}`);
  // biome-ignore lint/suspicious/noExplicitAny: what the fixture program tells of itself
  return (await response.json()) as any;
}
const running = (): number => listRunning(state).length;

describe('tasks as real processes', () => {
  test('serve, tell who they are, and answer the SDK as in AWS', async () => {
    const engine = await startEngine();
    expect(await engine.verdict).toMatch(/^STEADY/);
    const { clusterArns } = await engine.client.send(new ListClustersCommand({}));
    expect(clusterArns).toEqual(['arn:aws:ecs:ap-northeast-1:123456789012:cluster/slipway-staging']);
    const tasks = await tasksOf(engine);
    expect(new Set(tasks.map(each => each.address)).size).toBe(2);
    const metadata = await ask(tasks[0]!.address, '/metadata');
    expect(metadata).toMatchObject({
      Cluster: clusterArns![0],
      TaskARN: tasks[0]!.arn,
      Family: 'slipway-news-staging',
      Revision: '1',
      Containers: [
        {
          Name: 'news',
          ImageID: expect.stringMatching(/^sha256:/),
          Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [tasks[0]!.address] }],
          Labels: { 'com.amazonaws.ecs.task-arn': tasks[0]!.arn },
        },
      ],
    });
    await engine.client.send(new StopTaskCommand({ cluster, task: tasks[0]!.arn }));
    await engine.client.send(new UpdateServiceCommand({ cluster, service: 'news', desiredCount: 1 }));
    while (running() !== 1) await sleep(10);
    const { services } = await engine.client.send(
      new DescribeServicesCommand({ cluster, services: ['news'] }),
    );
    expect(services![0]).toMatchObject({ desiredCount: 1, taskSets: [{ status: 'PRIMARY' }] });
    expect(services![0]!.createdAt).toBeInstanceOf(Date);
  });

  test('that exit at once fail the service with what they said', async () => {
    const engine = await startEngine('fail');
    expect(await engine.verdict).toMatch(/^FAILED .*container news exited with 1/);
  }, 20_000);
});

describe('kill -9 of the engine', () => {
  test('leaves its tasks serving; the next engine adopts them and replaces only what ended meanwhile', async () => {
    const first = await startEngine();
    await first.verdict;
    const before = await tasksOf(first);
    const pids = await Promise.all(before.map(async each => (await ask(each.address)).pid as number));
    await kill(first.process);
    expect((await ask(before[0]!.address)).pid).toBe(pids[0]);
    process.kill(pids[1]!, 'SIGKILL');
    while (running() !== 1) await sleep(5);

    const port = new URL(first.endpoint).port;
    const second = await startEngine('echo', port);
    expect(await second.verdict).toMatch(/^STEADY/);
    while (running() !== 2) await sleep(5);
    const after = await tasksOf(second);
    expect(after.map(each => each.arn)).toContain(before[0]!.arn);
    expect(after.map(each => each.arn)).not.toContain(before[1]!.arn);
    expect((await ask(before[0]!.address)).pid).toBe(pids[0]);
    const { tasks } = await second.client.send(
      new DescribeTasksCommand({ cluster, tasks: [before[1]!.arn] }),
    );
    expect(tasks![0]!.containers![0]!.exitCode).toBe(137);
    expect((await ask(before[0]!.address, '/metadata')).TaskARN).toBe(before[0]!.arn);
  });

  test('between any two steps of a creation ends in exactly the tasks that were wanted', async () => {
    for (const ms of [0, 10, 20, 30, 45, 60]) {
      const engine = await startEngine();
      await sleep(ms);
      await kill(engine.process);
    }
    const last = await startEngine();
    expect(await last.verdict).toMatch(/^STEADY/);
    while (running() !== 2) await sleep(5);
    expect(await tasksOf(last)).toHaveLength(2);
  }, 30_000);
});
