import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort, median, timeToHealthy } from './spawn-time.ts';

/** A program that is asked, and what it is asked. */
export interface Contender {
  readonly name: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

export interface Speed {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Of the program's own processor time for one request, in microseconds; it hardly depends on what else runs. */
  readonly cpuUs: number;
  /** Beside the first program in the same round, since a machine is not as fast in each round: the middle of these. */
  readonly ofFirst: { readonly requestsPerSecond: number; readonly cpu: number };
  /** What it holds in memory after all rounds, in MB. */
  readonly rssMb: number;
}

const CONNECTIONS = 32;
const load = join(import.meta.dirname, '../fixtures/load.mjs');

/** Starts all, warms them up and asks them in turn, round by round; returns the middle of each one's rounds. The first is what the others are compared to. */
export async function compareSpeeds<Names extends string>(
  contenders: Readonly<Record<Names, Contender>>,
  { rounds, requests }: { rounds: number; requests: number },
): Promise<Record<Names, Speed>> {
  const logs = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const running: [Names, Running][] = [];
  const measured = new Map<Names, Round[]>();
  try {
    for (const [name, contender] of Object.entries(contenders) as [Names, Contender][]) {
      running.push([name, await start(contender, join(logs, name))]);
      measured.set(name, []);
    }
    for (const [, each] of running) await ask(each, requests);
    for (let round = 0; round < rounds; round++) {
      for (const [name, each] of round % 2 === 0 ? running : running.toReversed()) {
        measured.get(name)!.push(await ask(each, requests));
      }
    }
    const first = measured.get(running[0]![0])!;
    return Object.fromEntries(
      running.map(([name, { pid }]) => {
        const found = measured.get(name)!;
        const ofFirst = (of: (round: Round) => number): number =>
          median(found.map((round, index) => of(round) / of(first[index]!)));
        const speed: Speed = {
          requestsPerSecond: median(found.map(({ rate }) => rate)),
          p99Ms: median(found.map(({ p99 }) => p99)),
          cpuUs: median(found.map(({ cpu }) => cpu)),
          ofFirst: { requestsPerSecond: ofFirst(({ rate }) => rate), cpu: ofFirst(({ cpu }) => cpu) },
          rssMb: readRssMb(pid),
        };
        return [name, speed];
      }),
    ) as Record<Names, Speed>;
  } finally {
    for (const [, each] of running) await each.stop();
    rmSync(logs, { recursive: true, force: true });
  }
}

interface Round {
  readonly rate: number;
  readonly p99: number;
  readonly cpu: number;
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly contender: Contender;
  readonly stop: () => Promise<void>;
}

/** Starts a program and returns when it answers. Its log goes to a file, as a task's goes to its log driver. */
async function start(contender: Contender, log: string): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [contender.program], {
    env: { HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production', ...contender.env },
    stdio: ['ignore', openSync(log, 'a'), 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  while (child.exitCode === null) {
    const answer = await askOnce(port, contender).catch(() => undefined);
    if (answer?.ok) return { pid: child.pid!, port, contender, stop };
    if (answer !== undefined) {
      await stop();
      throw new Error(`${contender.name} answers ${answer.status} to ${contender.method} ${contender.path}`);
    }
  }
  throw new Error(`${contender.name} ended with ${child.exitCode}`);
}

function askOnce(port: number, { method, path, body }: Contender): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body !== undefined && { body }) });
}

/** Returns what a program answers, once. */
export async function readAnswer(contender: Contender): Promise<unknown> {
  const running = await start(contender, '/dev/null');
  try {
    return await (await askOnce(running.port, contender)).json();
  } finally {
    await running.stop();
  }
}

async function ask({ pid, port, contender }: Running, requests: number): Promise<Round> {
  const before = readCpuUs(pid);
  const asked = {
    host: '127.0.0.1',
    port,
    request: renderRequest(contender),
    connections: CONNECTIONS,
    requests,
  };
  const child = spawn(process.execPath, [load, JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { seconds, failures, p99 } = JSON.parse(await text(child.stdout));
  if (failures > 0) throw new Error(`${contender.name} failed ${failures} of ${requests} requests`);
  return { rate: requests / seconds, p99, cpu: (readCpuUs(pid) - before) / requests };
}

function renderRequest({ method, path, body }: Contender): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: application/json'];
  if (body !== undefined)
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** Of Linux; elsewhere it is not measured. */
function readCpuUs(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000; // ticks of a hundredth of a second
}

function readRssMb(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  return Number(kB) / 1000;
}

/** What a service weighs before it is asked anything. */
export async function weigh(
  program: string,
  healthPath: string,
  runs: number,
): Promise<{ kB: number; readyMs: number }> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await timeToHealthy(program, healthPath));
  return { kB: statSync(program).size / 1000, readyMs: median(times) };
}
