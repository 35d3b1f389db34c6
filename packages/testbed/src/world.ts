import { replaceIn } from './changes.ts';
import { type Cli, type Ended, enginePid, makeCli, type Running, spawnProgram } from './cli.ts';
import { type Clients, type Moment, startClients } from './clients.ts';
import { type Clone, makeClone } from './clone.ts';
import { type EventRecord, recordEvents } from './event-record.ts';
import { type Listener, listenTo } from './listener.ts';
import { SERVICES, type Where } from './services.ts';
import { shortenBuilds } from './short-builds.ts';
import { until } from './until.ts';

/** A push that is under way or has ended, as its pusher sees it. */
export interface Push extends Running {
  commit: string;
}

export interface Pushed extends Ended {
  commit: string;
}

export interface PushOptions {
  args?: string[];
  cwd?: string;
}

/** A checkout, a running `npm start` and the people who use what it releases. */
export interface World extends AsyncDisposable {
  clone: Clone;
  cli: Cli;
  clients: Clients;
  /** Who follows the prices of market in production. */
  listener: Listener;
  events: EventRecord;
  door(where: Where): string;
  /** Changes files of the checkout and commits them; returns the commit. */
  commit(message: string, ...changes: Change[]): string;
  /** `git push local HEAD:main`, or with other arguments or from another checkout; its output grows while it runs. */
  startPush(how?: PushOptions): Push;
  push(how?: PushOptions): Promise<Pushed>;
  /** `slipway start` again, after `kill`. */
  start(): Promise<void>;
  /** Kills the terminal and the engine; what serves goes on serving. */
  kill(): Promise<void>;
  /** These commits are never to be seen behind a door. */
  forbid(commit: string, where: Where, ...services: string[]): void;
  /** Who saw what was forbidden, since a moment or ever. */
  trespasses(since?: Moment): string[];
}

/** Changes the checkout at `root`. */
export type Change = (root: string) => void;

/** A canary's five minutes pass in a tenth of a second. */
const SPEED = 3000;
const START_LIMIT_MS = 300_000;
const PUSH_LIMIT_MS = 150_000;

/** Boots a clone of this checkout until everything of it is live, and lets the clients in. */
export async function bootWorld(): Promise<World> {
  const clone = makeClone();
  const cli = await makeCli(clone);
  let running: Running | undefined;
  const start = async (): Promise<void> => {
    running = cli.spawn('start', '--speed', String(SPEED));
    await until(() => /Ctrl-C stops (everything|it)\./.test(running!.output()), {
      limitMs: START_LIMIT_MS,
      what: () => running!.output().slice(-4000),
      ended: running,
    });
  };
  const end = async (): Promise<void> => {
    await cli.run('down');
    await running?.ended;
    clone[Symbol.dispose]();
  };
  try {
    shorten(clone);
    await start();
  } catch (error) {
    await end();
    throw error;
  }

  const door = (where: Where): string => `http://127.0.0.1:${cli.env[`SLIPWAY_${where.toUpperCase()}_PORT`]}`;
  const events = recordEvents(`http://127.0.0.1:${cli.env.SLIPWAY_PORT}`);
  const clients = startClients(door);
  const listener = listenTo(`${door('production')}/market/stream`);
  const forbidden: { commit: string; where: Where; services: string[] }[] = [];
  const startPush = ({ args = ['local', 'HEAD:main'], cwd = clone.root }: PushOptions = {}): Push => {
    const commit = clone.git('-C', cwd, 'rev-parse', 'HEAD').trim();
    const push = spawnProgram('git', ['push', ...args], {
      cwd,
      env: { ...cli.env, GIT_CONFIG_NOSYSTEM: '1' },
    });
    const limit = setTimeout(() => push.child.kill(), PUSH_LIMIT_MS);
    void push.ended.then(() => clearTimeout(limit));
    return { ...push, commit };
  };
  return {
    clone,
    cli,
    clients,
    listener,
    events,
    door,
    start,
    startPush,
    push: async how => {
      const { ended, commit } = startPush(how);
      return { ...(await ended), commit };
    },
    commit: (message, ...changes) => {
      for (const change of changes) change(clone.root);
      clone.git('add', '--all');
      clone.git('commit', '--quiet', '--allow-empty', '--message', message);
      return clone.git('rev-parse', 'HEAD').trim();
    },
    kill: async () => {
      running!.child.kill('SIGKILL');
      process.kill(enginePid(cli), 'SIGKILL');
      await running!.ended;
    },
    forbid: (commit, where, ...services) => void forbidden.push({ commit, where, services }),
    trespasses: since =>
      clients.sightings(since).flatMap(seen => {
        const trespass = forbidden.some(
          each =>
            each.commit === seen.commit && each.where === seen.where && each.services.includes(seen.service),
        );
        return trespass ? [`${seen.service} ${seen.commit} in ${seen.where}, ${seen.requests} times`] : [];
      }),
    [Symbol.asyncDispose]: async () => {
      events.stop();
      await Promise.all([clients.stop(), listener.stop()]);
      await end();
    },
  };
}

/**
 * What the stories need not wait for: a task that does not get healthy is given up after 3 s instead of half a minute, and
 * an open stream is cut off after one second, which no speed divides; and the CDK's validation and the second synthesis,
 * which the first releases of other stories go through, cost Check ten seconds.
 */
function shorten(clone: Clone): void {
  for (const { name } of SERVICES)
    replaceIn(`packages/${name}/service.yaml`, '/healthz', '/healthz, grace: 3')(clone.root);
  replaceIn('packages/market/service.yaml', 'drain: 10', 'drain: 1')(clone.root);
  shortenBuilds(clone);
  replaceIn('buildspecs/check.yml', 'pipeline.ts --out', 'pipeline.ts --no-validation --out')(clone.root);
  clone.git('commit', '--quiet', '--all', '--message', 'Have less patience');
}
