import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A bundle that runs in a process of its own. */
export type ServiceProcess = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly lines: readonly string[];
  readonly terminate: () => void;
  /** Settles with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
};

/** Another loopback address than the usual one, where the system has several without asking. */
export const ownAddress = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1';

/** Starts the bundle with this environment and nothing else; returns when it listens. It ends with the test program. */
export async function startServiceProcess(
  mainFile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [mainFile], {
    env: { HOST: ownAddress, PORT: '0', DRAIN_QUIET_MS: '50', LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Also after an error that ends the test program: whoever waits for it would wait for this process, too.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const lines: string[] = [];
  const { host, port } = await readAddress(child, lines, ended);
  return {
    host,
    port,
    url: `http://${host}:${port}`,
    lines,
    terminate: () => child.kill('SIGTERM'),
    ended,
    [Symbol.asyncDispose]: async () => {
      end();
      await ended;
      process.off('exit', end);
    },
  };
}

async function readAddress(child: ChildProcess, lines: string[], ended: Promise<number | string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{ host: string; port: number }>();
  const said = text(child.stderr!);
  ended.then(async code => reject(new Error(`the service ended with ${code}: ${await said}`)), reject);
  createInterface({ input: child.stdout! }).on('line', line => {
    lines.push(line);
    const entry = JSON.parse(line);
    if (entry.msg === 'listening') resolve(entry);
  });
  return promise;
}
