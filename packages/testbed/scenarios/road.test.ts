import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cli, enginePid, makeCli, processesNaming, type Running } from '../src/cli.ts';
import { type Clone, makeClone } from '../src/clone.ts';
import { recordEvents } from '../src/event-record.ts';
import { answersOf, SERVICES, type Where } from '../src/services.ts';
import { shortenBuilds } from '../src/short-builds.ts';

const RELEASE_MS = 340_000;
const STEP_MS = 60_000;

let clone: Clone;
let cli: Cli;
let head: string;
let running: Running;

beforeAll(async () => {
  clone = makeClone();
  shortenBuilds(clone);
  clone.git('commit', '--quiet', '--all', '--message', 'Have less patience');
  cli = await makeCli(clone);
  head = clone.git('rev-parse', 'HEAD').trim();
}, STEP_MS);

afterAll(async () => {
  await cli?.run('down');
  clone?.[Symbol.dispose]();
}, STEP_MS);

/** Each step builds on the one before, as a user's day does. */
describe('the road, from a clean clone to four services live', () => {
  test(
    'npm start releases every service to staging and production, over an engine that is killed again and again',
    async () => {
      running = cli.spawn('start', '--speed', '300');
      for (const moment of ['✓ Plan', '✓ Check', '✓ Pipelines', '✓ Build', '⏸ Approval']) {
        await until(() => running.output().includes(moment), running);
        await killEngine();
      }
      await until(() => running.output().includes('Ctrl-C stops everything'), running);
      expect(await answers('production')).toEqual(SERVICES.map(service => live(service)));
      expect(await answers('staging')).toEqual(SERVICES.map(service => live(service)));
    },
    RELEASE_MS,
  );

  test('two production tasks take turns, and the production door does not reach the test listener', async () => {
    const tasks = new Set<string>();
    for (let request = 0; request < 40; request++) {
      const answer = await fetch(`${door('production')}/news/json`);
      tasks.add(((await answer.json()) as { task: string }).task);
    }
    expect(tasks.size).toBe(2);
  });

  test(
    'slipway run runs a command once in what is live: its words, its exit code, its variables',
    async () => {
      const program = 'console.log(process.env.SLIPWAY_SERVICE, process.env.SLIPWAY_COMMIT); process.exit(3)';
      const once = await cli.run('run', 'news', '--', 'node', '-e', program);
      expect(once.output).toContain(`news ${head}`);
      expect(once.code).toBe(3);
      const missing = await cli.run('run', 'orders');
      expect(missing.output).toContain('Nothing of "orders" is released in staging: push it first.');
      expect(missing.code).not.toBe(0);
    },
    STEP_MS,
  );

  test(
    'slipway run runs a service once more until it is interrupted, in public only where somebody may reach it',
    async () => {
      const refused = await cli.run('run', 'news', '--public');
      expect(refused.output).toContain('say who with network.publicTasksFrom in pipeline/environments.yaml');
      expect(refused.code).not.toBe(0);
      const once = cli.spawn('run', 'news');
      await until(() => /It listens at \S+\./.test(once.output()), once);
      const address = /It listens at (\S+\/)\./.exec(once.output())![1]!;
      const ask = () => fetch(`${address}news/json`).catch(() => undefined);
      await until(async () => (await ask())?.status === 200, once); // a task that runs listens a moment later
      expect(((await (await ask())!.json()) as { commit: string }).commit).toBe(head);
      once.child.kill('SIGINT');
      expect((await once.ended).output).toContain('is stopped');
      await expect(fetch(`${address}news/json`)).rejects.toThrow();
    },
    STEP_MS,
  );

  test('a second npm start says that it runs already and shows the status', async () => {
    const { code, output } = await cli.run('start');
    expect(output).toContain('Slipway is running already');
    expect(output).toContain(`${head.slice(0, 10)}`);
    expect(code).toBe(0);
  });

  test(
    'the services serve on while the engine is killed and comes back, and nothing is released anew',
    async () => {
      const before = await executions();
      const tasks = await taskIds();
      process.kill(enginePid(cli), 'SIGKILL');
      for (let request = 0; request < 20; request++) {
        expect(await answers('production')).toEqual(SERVICES.map(service => live(service)));
        await delay(25);
      }
      await until(async () => (await cli.run('status')).code === 0, running);
      expect(await executions()).toEqual(before);
      expect(await taskIds()).toEqual(tasks);
    },
    STEP_MS,
  );

  test(
    'with the terminal and the engine killed, npm start takes over what runs',
    async () => {
      const before = await executions();
      const tasks = await taskIds();
      running.child.kill('SIGKILL');
      process.kill(enginePid(cli), 'SIGKILL');
      await running.ended;
      expect(await answers('production')).toEqual(SERVICES.map(service => live(service)));
      running = cli.spawn('start', '--speed', '300');
      await until(() => running.output().includes('Ctrl-C stops everything'), running);
      expect(await executions()).toEqual(before);
      expect(await taskIds()).toEqual(tasks);
    },
    STEP_MS,
  );

  test(
    'slipway down leaves no process behind',
    async () => {
      expect((await cli.run('down')).code).toBe(0);
      await running.ended;
      expect(processesNaming(clone.place)).toEqual([]);
    },
    STEP_MS,
  );

  test(
    'what was down comes back with npm start, at the same versions',
    async () => {
      clone.git('commit', '--quiet', '--allow-empty', '--message', 'Not pushed');
      running = cli.spawn('start', '--speed', '300');
      await until(() => running.output().includes('Ctrl-C stops everything'), running);
      expect(running.output()).toContain('Push it with: git push local HEAD:main');
      await until(async () => (await answers('production')).every(answer => answer.status === 200), running);
      expect(await answers('production')).toEqual(SERVICES.map(service => live(service)));
      expect(await executions()).toHaveLength(SERVICES.length + 1);
    },
    STEP_MS,
  );

  test(
    'Ctrl-C stops everything that was started',
    async () => {
      running.child.kill('SIGINT');
      const { output } = await running.ended;
      expect(output).toContain('Stopping everything that was started');
      expect(processesNaming(clone.place)).toEqual([]);
    },
    STEP_MS,
  );
});

function live(service: (typeof SERVICES)[number]) {
  return { service: service.name, status: 200, commit: head, page: true };
}

function door(environment: Where): string {
  return `http://127.0.0.1:${cli.env[`SLIPWAY_${environment.toUpperCase()}_PORT`]}`;
}

function answers(environment: Where) {
  return answersOf(door(environment));
}

/** Kills the engine and waits for the one that is started in its place. */
async function killEngine(): Promise<void> {
  const before = enginePid(cli);
  process.kill(before, 'SIGKILL');
  await until(() => enginePid(cli) !== before, running);
}

/** Every execution that there ever was, from the engine's events. */
async function executions(): Promise<string[]> {
  const started = await eventsOf('CodePipeline Pipeline Execution State Change', 'STARTED');
  return started.map(detail => `${detail.pipeline} ${detail['execution-id']}`).sort();
}

/** The tasks that have ever run, from the engine's events. */
async function taskIds(): Promise<string[]> {
  const running = await eventsOf('ECS Task State Change');
  return [...new Set(running.map(detail => String(detail.taskArn)))].sort();
}

async function eventsOf(type: string, state?: string): Promise<Record<string, unknown>[]> {
  const { endpoint } = JSON.parse(readFileSync(join(cli.state, 'engine.json'), 'utf8')) as {
    endpoint: string;
  };
  const record = recordEvents(endpoint);
  const events = await record.since(0);
  record.stop();
  return events
    .filter(event => event['detail-type'] === type && (state === undefined || event.detail.state === state))
    .map(event => event.detail);
}

/** Waits for `condition`; fails with the output when `process` ends before, or nothing moves any more. */
async function until(condition: () => boolean | Promise<boolean>, process: Running): Promise<void> {
  let over = false;
  void process.ended.then(() => (over = true));
  while (!(await condition())) {
    if (over || process.output().includes('Still running;'))
      throw new Error(`it did not come to that:\n${process.output().slice(-4000)}`);
    await delay(100);
  }
}
