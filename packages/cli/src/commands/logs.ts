import { setTimeout as delay } from 'node:timers/promises';
import { loadEnvironments } from '@slipway/contract';
import { UserError } from '../errors.ts';
import { executionsOf, pipelineOf } from '../executions.ts';
import { newestBuildLog } from '../failure.ts';
import { type LogLine, linesSince } from '../log-lines.ts';
import { placesOf } from '../places.ts';
import { operatorAccess, pauseOf, type Target, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

export interface LogsOptions extends TargetOptions {
  service: string;
  environment: string;
  follow: boolean;
  build: boolean;
  /** Minutes to look back. */
  since: number;
}

/** Lines that arrive late carry an earlier time: how far to look back while following. */
const LATE_MS = 10_000;

/** `slipway logs <service>`: what its tasks wrote in an environment, or with `build` what its newest build wrote. */
export async function logs(world: World, options: LogsOptions): Promise<number> {
  const { service, environment } = options;
  const access = await operatorAccess(world, options);
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const target = options.build ? access.home : placesOf(environments, access)(environment);
  const source = options.build
    ? await buildSource(target, { product, service })
    : { group: `/${product}/${environment}/${service}`, since: world.now() - options.since * 60_000 };
  const lines = await linesSince(target, source);
  if (!lines)
    throw new UserError(`There is no log of "${service}" in ${environment}: nothing has run there yet.`);
  const show = (line: LogLine): void => world.say(options.build ? line.text : logLine(line, service));
  lines.forEach(show);
  if (lines.length === 0) world.complain(`Nothing was written in the last ${options.since} min.`);
  if (!options.follow) return 0;

  const signal = world.interruption();
  const fresh = createSieve(lines);
  while (!signal.aborted) {
    await delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
    const since = Math.max(source.since, world.now() - LATE_MS);
    for (const line of fresh((await linesSince(target, { ...source, since })) ?? [])) show(line);
  }
  return 0;
}

async function buildSource(
  target: Target,
  { product, service }: { product: string; service: string },
): Promise<{ group: string; streams: string[]; since: number }> {
  const pipeline = await pipelineOf(target, product, service);
  for (const { pipelineExecutionId: id = '' } of await executionsOf(target, pipeline)) {
    const log = await newestBuildLog(target, { pipeline, id });
    if (log) return { group: log.group, streams: [log.stream], since: 0 };
  }
  throw new UserError(`Nothing of ${service} has been built yet.`);
}

/** Lets each line through once, whatever is asked for again. */
export function createSieve(seen: LogLine[]): (lines: LogLine[]) => LogLine[] {
  let known = new Set(seen.map(line => line.id));
  return lines => {
    const fresh = lines.filter(line => !known.has(line.id));
    known = new Set([...lines.map(line => line.id), ...known].slice(0, 100_000));
    return fresh;
  };
}

/** `12:03:04 3f9a1c what it wrote`: the time, the beginning of the task's id, a sidecar's name, the line. */
export function logLine({ at, stream, text }: LogLine, service: string): string {
  const [, container = service, task = stream] = stream.split('/');
  const who = [task.slice(0, 6), ...(container === service ? [] : [container])];
  return [new Date(at).toISOString().slice(11, 19), ...who, text].join(' ');
}
