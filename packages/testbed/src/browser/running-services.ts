import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startLocalDynamo, startServiceProcess } from '@slipway/service-kit/testing';
import { SERVICES } from '../services.ts';
import { openDoor } from './door.ts';

/** The services of this checkout as processes behind one door, each with tables of its own. */
export type RunningServices = AsyncDisposable & {
  readonly origin: string;
  /** Runs a command of a service once, as `slipway run` does. Throws what it says when it fails. */
  readonly run: (service: string, command: string, ...args: string[]) => Promise<void>;
};

type Variables = Readonly<Record<string, string>>;

/** Starts them from their sources. */
export async function runServices(): Promise<RunningServices> {
  await using opening = new AsyncDisposableStack();
  const door = opening.use(await openDoor());
  const environments = new Map<string, Variables>();
  await Promise.all(
    SERVICES.map(async ({ name, path }) => {
      const tables = opening.use(await startLocalDynamo(folderOf(name)));
      const env = { HOST: '127.0.0.1', SERVICE_USER_URL: `${door.origin}/users`, ...tables.env };
      environments.set(name, env);
      const service = opening.use(await startServiceProcess(sourceOf(name, 'main'), env));
      door.lead(path, service.url);
    }),
  );
  const opened = opening.move();
  return {
    origin: door.origin,
    run: (service, command, ...args) =>
      runOnce(sourceOf(service, `commands/${command}`), args, environments.get(service) ?? {}),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** With the variables that it is given and no others, as in a task. */
async function runOnce(program: string, args: readonly string[], env: Variables): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.slice(-2000)}`);
}

function sourceOf(service: string, program: string): string {
  return join(folderOf(service), `src/${program}.ts`);
}

function folderOf(service: string): string {
  return join(import.meta.dirname, '../../..', service);
}
