import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface BootOptions {
  /** The folder that the image holds: the bundle's. */
  readonly folder: string;
  readonly healthPath: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Gets what the bundle writes. */
  readonly output: NodeJS.WritableStream;
}

/** How a boot ended: `undefined` when the bundle got healthy, else a sentence that says why not. */
export type BootFault = string | undefined;

const HOST = '127.0.0.1';

/**
 * Starts a bundle as its container would, waits until its health check answers 200, and stops it again: a bundle
 * that cannot even start never becomes an image in the registry.
 */
export async function boot(options: BootOptions): Promise<BootFault> {
  const port = await freePort();
  const child = spawn(process.execPath, ['main.js'], {
    cwd: options.folder,
    env: { ...options.variables, NODE_ENV: 'production', HOST, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(options.output, { end: false });
  child.stderr.pipe(options.output, { end: false });
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  child.once('error', () => ended.abort());
  try {
    return await waitForHealth(
      `http://${HOST}:${port}${options.healthPath}`,
      options.timeoutMs,
      ended.signal,
    );
  } finally {
    await stop(child, ended.signal);
  }
}

async function waitForHealth(url: string, timeoutMs: number, ended: AbortSignal): Promise<BootFault> {
  const deadline = AbortSignal.timeout(timeoutMs);
  let last = 'nothing';
  while (!deadline.aborted) {
    if (ended.aborted) return 'it ended before its health check answered';
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([deadline, ended]) });
      await answer.body?.cancel();
      if (answer.status === 200) return undefined;
      last = String(answer.status);
    } catch {} // not listening yet, or one of the signals, which the loop looks at
    await delay(50);
  }
  return `its health check answered ${last} instead of 200 for ${timeoutMs / 1000} s`;
}

/** Nobody uses it, so there is nothing to drain. */
async function stop(child: ReturnType<typeof spawn>, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, HOST), 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
