import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SystemClock } from '../core/clock.ts';
import type { ProcessSpec } from '../core/processes.ts';
import { type DetachedProcesses, openProcesses } from './processes.ts';
import { listRunning, reapAll } from './reap.ts';

let state: string;
let output: string;
let processes: DetachedProcesses;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'slipway-processes-'));
  output = join(state, 'output.log');
  processes = openProcesses({ state, clock: new SystemClock() });
});

afterEach(async () => {
  processes[Symbol.dispose]();
  await reapAll(state, { graceMs: 0 });
  rmSync(state, { recursive: true, force: true });
});

function shell(id: string, script: string, env: Record<string, string> = {}): ProcessSpec {
  return { id, command: ['/bin/sh', '-c', script], cwd: state, env, output };
}

function exited(id: string, from = processes): Promise<void> {
  return new Promise(resolve => {
    if (from.status(id).state === 'exited') return resolve();
    const stop = from.onExit(each => {
      if (each !== id) return;
      stop();
      resolve();
    });
  });
}

async function runToEnd(spec: ProcessSpec): Promise<{ exitCode?: number; text: string }> {
  await processes.start(spec);
  await exited(spec.id);
  const status = processes.status(spec.id);
  if (status.state !== 'exited') throw new Error(`${spec.id} is ${status.state}`);
  return { ...status, text: readFileSync(output, 'utf8') };
}

const lines = (): string[] => readFileSync(output, 'utf8').split('\n').slice(0, -1);

async function outputHas(text: string): Promise<void> {
  while (!readFileSync(output, 'utf8').includes(text)) await sleep(5);
}

describe('a detached process', () => {
  test('runs with exactly its environment, its output in its file and its exit code kept', async () => {
    const env = { NAME: "it's $HOME", 'odd.name': 'kept', PATH: '/usr/bin:/bin' };
    const spec = { ...shell('a', '', env), command: ['/usr/bin/env'] as [string] };
    const ended = await runToEnd(spec);
    const seen = ended.text.split('\n').filter(line => !/^(PWD=.*|)$/.test(line));
    expect(seen.sort()).toEqual(["NAME=it's $HOME", 'PATH=/usr/bin:/bin', 'odd.name=kept']);
    expect(await runToEnd(shell('b', 'echo problem >&2; exit 7'))).toMatchObject({ exitCode: 7 });
    expect(lines()).toContain('problem');
  });

  test('is started once, however often and however much at once it is asked for', async () => {
    const spec = shell('once', 'echo started; sleep 60');
    await Promise.all([processes.start(spec), processes.start(spec), processes.start(spec)]);
    await outputHas('started');
    expect((await processes.start(spec)).state).toBe('running');
    processes.signal('once', 'SIGKILL');
    await exited('once');
    expect(await processes.start(spec)).toEqual({ state: 'exited', exitCode: 137 });
    expect(lines()).toEqual(['started']);
  });

  test('may end on SIGTERM in its own time and way, and its exit code is its own', async () => {
    await processes.start(
      shell('polite', 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.01; done'),
    );
    await outputHas('up');
    processes.signal('polite', 'SIGTERM');
    await exited('polite');
    expect(processes.status('polite')).toEqual({ state: 'exited', exitCode: 3 });
    expect(lines()).toContain('bye');
  });

  test('that a signal ends has 128 + its number', async () => {
    await processes.start({ ...shell('killed', ''), command: ['/bin/sleep', '60'] });
    processes.signal('killed', 'SIGTERM');
    await exited('killed');
    expect(processes.status('killed')).toEqual({ state: 'exited', exitCode: 143 });
  });

  test('takes its children with it, however it ends', async () => {
    const child = `${process.execPath} -e "console.log('child', process.pid); setInterval(() => {}, 1e6)"`;
    await processes.start(shell('tree', `${child} & ${child} & sleep 60`));
    while (lines().length < 2) await sleep(5);
    processes.signal('tree', 'SIGKILL');
    await exited('tree');
    expect(processes.status('tree')).toEqual({ state: 'exited', exitCode: 137 });
    const pids = lines().map(line => Number(line.split(' ')[1]));
    const leaving = async (pid: number): Promise<void> => {
      while (isRunning(pid)) await sleep(5);
    };
    await Promise.all(pids.map(leaving));
    await runToEnd(shell('leaver', `${child} & while ! grep -q 'child.*' ${output}; do :; done; exit 0`));
    const last = Number(lines().at(-1)!.split(' ')[1]);
    await leaving(last);
  });

  test('whose program is missing ends with 127; a missing directory or a NUL is refused', async () => {
    expect(await runToEnd({ ...shell('none', ''), command: ['/nowhere/at-all'] })).toMatchObject({
      exitCode: 127,
    });
    await expect(processes.start({ ...shell('cwd', ''), cwd: join(state, 'missing') })).rejects.toThrow(
      /no directory/,
    );
    await expect(processes.start(shell('nul', 'a\0b'))).rejects.toThrow(/NUL/);
    await expect(processes.start(shell('../up', 'true'))).rejects.toThrow(/no process id/);
  });

  test('is unknown before it started and after it was forgotten, and cannot be forgotten while it runs', async () => {
    expect(processes.status('x')).toEqual({ state: 'unknown' });
    await processes.start(shell('x', 'sleep 60'));
    expect(() => processes.forget('x')).toThrow(/still runs/);
    processes.signal('x', 'SIGKILL');
    await exited('x');
    processes.forget('x');
    expect(processes.status('x')).toEqual({ state: 'unknown' });
  });
});

describe('after kill -9 of the engine', () => {
  async function startUnderSupervisor(id: string, script: string): Promise<{ pid: number }> {
    const argv = [
      join(import.meta.dirname, 'fixtures/supervisor.ts'),
      state,
      id,
      output,
      '/bin/sh',
      '-c',
      script,
    ];
    const supervisor = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(supervisor.stdout, 'data')) as [Buffer];
    const dead = once(supervisor, 'exit');
    supervisor.kill('SIGKILL');
    await dead;
    return JSON.parse(line.toString());
  }

  test('what ran is adopted: same pid, not started again, its exit is told', async () => {
    const { pid } = await startUnderSupervisor(
      'kept',
      'echo up; while [ ! -f go ]; do sleep 0.01; done; exit 5',
    );
    expect(await processes.start(shell('kept', 'echo again'))).toEqual({ state: 'running', pid });
    const told = exited('kept');
    await runToEnd(shell('go', 'touch go'));
    await told;
    expect(processes.status('kept')).toEqual({ state: 'exited', exitCode: 5 });
    expect(lines()).toEqual(['up']);
  });

  test('what ended meanwhile is reported by the next engine', async () => {
    processes[Symbol.dispose]();
    await startUnderSupervisor('short', 'echo up; sleep 0.1; exit 6');
    while (listRunning(state).length > 0) await sleep(10);
    processes = openProcesses({ state, clock: new SystemClock() });
    await new Promise<void>(resolve => processes.onExit(id => id === 'short' && resolve()));
    expect(processes.status('short')).toEqual({ state: 'exited', exitCode: 6 });
  });

  test('everything that it left can be listed and ended without an engine', async () => {
    await startUnderSupervisor('stubborn', 'trap "" TERM; echo up; while :; do sleep 0.05; done');
    await outputHas('up');
    await processes.start(shell('soft', 'sleep 60'));
    expect(listRunning(state).map(each => each.id)).toEqual(['soft', 'stubborn']);
    expect(await reapAll(state, { graceMs: 50 })).toEqual([
      { id: 'soft', outcome: 'ended' },
      { id: 'stubborn', outcome: 'killed' },
    ]);
    expect(listRunning(state)).toEqual([]);
    expect(await reapAll(state)).toEqual([
      { id: 'soft', outcome: 'gone' },
      { id: 'stubborn', outcome: 'gone' },
    ]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
