import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './clone.ts';

/** An engine without a command line beside it: what anybody sees of it is AWS's APIs. */
export interface LoneEngine extends AsyncDisposable {
  endpoint: string;
  region: string;
  /** A call of the Query protocol; its answer as text. Throws with the answer of a refusal. */
  query(
    service: string,
    Action: string,
    parameters?: Record<string, string>,
    region?: string,
  ): Promise<string>;
  /** A call of a JSON protocol. Throws with the answer of a refusal. */
  json(service: string, target: string, input?: object): Promise<string>;
  /** A request to S3. */
  get(service: string, path: string): Promise<string>;
  /** Its process ends as if its machine lost power; what it started stays. */
  kill(): Promise<void>;
  /** It answers again, with all that it had. */
  revive(): Promise<void>;
}

export interface LoneEngineOptions {
  /** A directory of its own. */
  state: string;
  /** Whose program it is, and whose packages builds get. */
  root?: string;
  account?: string;
  region?: string;
  /** `<load balancer>:<port>=<local port>` */
  listen?: string[];
}

export async function startLoneEngine(options: LoneEngineOptions): Promise<LoneEngine> {
  const { state, root = ROOT, account = '123456789012', region = 'ap-northeast-1', listen = [] } = options;
  mkdirSync(state, { recursive: true });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const engine = (...words: string[]) =>
    spawn(process.execPath, [join(root, 'packages/engine/bin/slipway-engine.ts'), ...words], {
      ...{ cwd: state, stdio: 'ignore' },
      env: { HOME: state, PATH: process.env.PATH, LANG: 'C.UTF-8' },
    });
  const start = async () => {
    const started = engine(
      ...['run', '--state', state, '--checkout', root, '--port', String(port), '--speed', '3000'],
      ...['--account', account, '--region', region, ...listen.flatMap(each => ['--listen', each])],
    );
    const exit = new Promise<void>(resolve => started.once('exit', () => resolve()));
    const answers = () =>
      fetch(`${endpoint}/_slipway/engine`).then(
        answer => answer.ok,
        () => false,
      );
    while (!(await answers())) {
      if (started.exitCode !== null) throw new Error('the engine did not start');
      await delay(50);
    }
    return { exit, signal: (name: NodeJS.Signals) => started.kill(name) };
  };
  const ask = async (service: string, path: string, init: RequestInit = {}, at = region): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIAANYBODY/20300101/${at}/${service}/aws4_request, SignedHeaders=host, Signature=x`;
    const answer = await fetch(`${endpoint}${path}`, {
      ...init,
      headers: { ...init.headers, authorization, 'x-amz-date': '20300101T000000Z' },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  let running = await start();
  return {
    endpoint,
    region,
    query: (service, Action, parameters = {}, at = region) =>
      ask(
        service,
        '/',
        {
          ...{ method: 'POST', body: String(new URLSearchParams({ Action, ...parameters })) },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        at,
      ),
    json: (service, target, input = {}) =>
      ask(service, '/', {
        ...{ method: 'POST', body: JSON.stringify(input) },
        headers: {
          'content-type': `application/x-amz-json-${service === 'dynamodb' ? '1.0' : '1.1'}`,
          'x-amz-target': target,
        },
      }),
    get: (service, path) => ask(service, path),
    kill: async () => {
      running.signal('SIGKILL');
      await running.exit;
    },
    revive: async () => {
      running = await start();
    },
    [Symbol.asyncDispose]: async () => {
      running.signal('SIGTERM');
      await running.exit;
      const reaping = engine('reap', '--state', state);
      await new Promise(resolve => reaping.once('exit', resolve));
    },
  };
}

/** The texts of an element or member of that name, in order. */
export function named(answer: string, name: string): string[] {
  const found = answer.matchAll(new RegExp(`(?:<${name}>|"${name}":")([^<"]+)`, 'g'));
  return [...found].map(([, text]) => text!);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
