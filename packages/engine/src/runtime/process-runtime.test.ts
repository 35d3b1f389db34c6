import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SystemClock } from '../core/clock.ts';
import { randomIds } from '../core/ids.ts';
import type { ContainerSpec, Image } from './container.ts';
import { makeImage } from './fixtures/image.ts';
import { ProcessRuntime } from './process-runtime.ts';
import { type DetachedProcesses, openProcesses } from './processes.ts';
import { reapAll } from './reap.ts';

const clock = new SystemClock();
let state: string;
let processes: DetachedProcesses;
let runtime: ProcessRuntime;
let image: Image;

const open = (platform: NodeJS.Platform = 'linux'): void => {
  processes = openProcesses({ state, clock });
  runtime = new ProcessRuntime({ state, clock, ids: randomIds, processes, node: process.execPath, platform });
};
const close = (): void => {
  runtime[Symbol.dispose]();
  processes[Symbol.dispose]();
};

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'slipway-runtime-'));
  open();
  image = await makeImage(join(state, 'blobs'));
});
afterEach(async () => {
  close();
  await reapAll(state, { graceMs: 0 });
  rmSync(state, { recursive: true, force: true });
});

let count = 0;
async function spec(over: Partial<ContainerSpec> = {}): Promise<ContainerSpec> {
  const placement = await runtime.place({ ports: [3000], taken: [] });
  const taskId = `task${count++}`;
  const output = join(state, `${taskId}.log`);
  return { taskId, name: 'news_1', placement, image, environment: {}, output, ...over };
}

interface Answer {
  pid: number;
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  tmp: string;
  version?: string;
}
async function ask({ placement }: ContainerSpec, path = '/'): Promise<Answer> {
  for (;;) {
    try {
      const answer = await fetch(`http://${placement.address}:${placement.ports[3000]}${path}`);
      return (await answer.json()) as Answer;
    } catch {
      await sleep(5);
    }
  }
}
async function ended({ taskId, name }: ContainerSpec) {
  for (;;) {
    const status = runtime.status(taskId, name);
    if (status.state === 'exited') return status;
    await sleep(5);
  }
}

describe('a container as a process', () => {
  test("runs the image's command with the engine's node, in its own root and its own environment", async () => {
    const container = await spec({ environment: { TABLE_ARTICLES: 'articles', NODE_ENV: 'staging' } });
    await runtime.start(container);
    const answer = await ask(container);
    expect(answer.argv[0]).toBe(process.execPath);
    expect(answer.env).toMatchObject({
      HOST: container.placement.address,
      PORT: '3000',
      NODE_ENV: 'staging',
      TABLE_ARTICLES: 'articles',
    });
    const known = ['HOST', 'PORT', 'NODE_ENV', 'TABLE_ARTICLES', 'HOME', 'HOSTNAME', 'PATH', 'TMPDIR', 'PWD'];
    expect(Object.keys(answer.env).sort()).toEqual([...known, 'DRAIN_QUIET_MS'].sort());
    expect(answer.cwd).toMatch(/\/root\/app$/);
    expect(statSync(answer.tmp).isDirectory()).toBe(true);
  });

  test('waits shortly for late requests when it is stopped, unless its task says how long', async () => {
    const [plain, told] = [await spec(), await spec({ environment: { DRAIN_QUIET_MS: '2000' } })];
    await Promise.all([runtime.start(plain), runtime.start(told)]);
    expect((await ask(plain)).env.DRAIN_QUIET_MS).toBe('50');
    expect((await ask(told)).env.DRAIN_QUIET_MS).toBe('2000');
  });

  test('has an address of its own, so that two listen on the same port', async () => {
    const [a, b] = [await spec(), await spec()];
    await Promise.all([runtime.start(a), runtime.start(b)]);
    expect(a.placement.address).not.toBe(b.placement.address);
    expect(a.placement.address).not.toMatch(/^127\.0\.0\./);
    expect((await ask(a)).pid).not.toBe((await ask(b)).pid);
  });

  test('gets a port of its own where there is only one loopback address', async () => {
    close();
    open('darwin');
    const container = await spec();
    expect(container.placement.address).toBe('127.0.0.1');
    await runtime.start(container);
    expect((await ask(container)).env.PORT).toBe(String(container.placement.ports[3000]));
  });

  test('can write beside its program without another task of the image seeing it', async () => {
    const [a, b] = [await spec(), await spec()];
    await Promise.all([runtime.start(a), runtime.start(b)]);
    const writer = await ask(a, '/write');
    expect(readFileSync(join(writer.cwd, 'written.txt'), 'utf8')).toBe('mine');
    const { cwd } = await ask(b);
    expect(() => statSync(join(cwd, 'written.txt'))).toThrow();
    expect(statSync(join(cwd, 'echo.mjs')).mode & 0o222).toBe(0);
  });

  test('is the same one for the next engine, and is not started again', async () => {
    const container = await spec();
    await runtime.start(container);
    const { pid } = await ask(container);
    close();
    open();
    expect(await runtime.start(container)).toEqual({ state: 'running' });
    expect((await ask(container)).pid).toBe(pid);
    const told = new Promise<string>(resolve => runtime.onExit(resolve));
    runtime.signal(container.taskId, container.name, 'SIGTERM');
    expect(await told).toBe(container.taskId);
    expect(runtime.status(container.taskId, container.name)).toEqual({ state: 'exited', exitCode: 0 });
    runtime.forget(container.taskId, [container.name]);
    expect(runtime.status(container.taskId, container.name)).toEqual({ state: 'unknown' });
  });

  test('over its memory is killed with 137 and says why', async () => {
    const container = await spec({ command: ['node', '/app/greedy.mjs'], memoryMiB: 128 });
    await runtime.start(container);
    expect(await ended(container)).toEqual({
      state: 'exited',
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
  });

  test('that does not hear SIGTERM ends by SIGKILL', async () => {
    const container = await spec({ command: ['node', 'deaf.mjs'] });
    await runtime.start(container);
    const said = async (text: string): Promise<void> => {
      while (!readFileSync(container.output, 'utf8').includes(text)) await sleep(5);
    };
    await said('running');
    runtime.signal(container.taskId, container.name, 'SIGTERM');
    await said('not now');
    expect(runtime.status(container.taskId, container.name)).toEqual({ state: 'running' });
    runtime.signal(container.taskId, container.name, 'SIGKILL');
    expect(await ended(container)).toEqual({ state: 'exited', exitCode: 137 });
  });

  test('of a task that nobody knows is killed', async () => {
    const [known, unknown] = [await spec(), await spec()];
    await Promise.all([runtime.start(known), runtime.start(unknown)]);
    runtime.retain([known.taskId]);
    expect(await ended(unknown)).toEqual({ state: 'exited', exitCode: 137 });
    expect(runtime.status(known.taskId, known.name)).toEqual({ state: 'running' });
  });

  test('whose layer tries to leave its root is refused, and nothing is left of it', async () => {
    const evil = await makeImage(join(state, 'blobs'), {
      entries: [{ type: 'symlink', path: 'app/up', target: '../../../../etc' }],
    });
    const container = await spec({ image: evil });
    await expect(runtime.start(container)).rejects.toThrow(/unpacking layer sha256:.*root/);
    expect(runtime.status(container.taskId, container.name)).toEqual({ state: 'unknown' });
  });
});

describe('a health check', () => {
  const run = ({ taskId, name }: ContainerSpec, number = 1) => ({ taskId, name, number });
  async function result(container: ContainerSpec, number = 1) {
    await runtime.checks.start(run(container, number));
    for (;;) {
      const status = runtime.checks.status(run(container, number));
      if (status.state === 'exited') return status;
      await sleep(5);
    }
  }
  const told = `console.log(process.env.HOST, process.cwd().endsWith('/root/app')); process.exit(Number(process.argv[1]))`;

  test("runs in its container's root and environment and tells how it ended", async () => {
    const healthCheck = ['CMD', 'node', '-e', told, '3'];
    const container = await spec({ healthCheck });
    await runtime.start(container);
    const { address } = container.placement;
    expect(await result(container)).toEqual({ state: 'exited', exitCode: 3, output: `${address} true` });
    runtime.checks.forget(run(container));
    expect(runtime.checks.status(run(container))).toEqual({ state: 'unknown' });
  });

  test('may be a line for the shell, whose failure is told with what it wrote', async () => {
    const container = await spec({ healthCheck: ['CMD-SHELL', 'test -f echo.mjs && no-such-program'] });
    await runtime.start(container);
    const status = await result(container);
    expect(status).toMatchObject({ exitCode: 127, output: expect.stringContaining('no-such-program') });
  });

  test('of a program that the image does not bring here is refused with its container, clearly', async () => {
    const container = await spec({ healthCheck: ['CMD', 'redis-cli', 'ping'] });
    await expect(runtime.start(container)).rejects.toThrow(
      /its health check cannot be run: the process runtime runs Node programs only and has no "redis-cli"/,
    );
  });

  test('wakes whoever waits for its task, can be killed, and goes with its task', async () => {
    const container = await spec({ healthCheck: ['CMD-SHELL', 'sleep 60'] });
    await runtime.start(container);
    const exits: string[] = [];
    runtime.onExit(taskId => exits.push(taskId));
    await runtime.checks.start(run(container));
    await runtime.checks.start(run(container));
    runtime.checks.kill(run(container));
    expect(await result(container)).toMatchObject({ exitCode: 137 });
    while (exits.length === 0) await sleep(5);
    expect(exits).toEqual([container.taskId]);
    await runtime.checks.start(run(container, 2));
    runtime.signal(container.taskId, container.name, 'SIGKILL');
    await ended(container);
    runtime.forget(container.taskId, [container.name]);
    while (processes.ids().length > 0) await sleep(5);
  });
});
