import { findServices, formatProblem, loadContracts, loadEnvironments } from '@slipway/contract';
import { doorUrl } from '../balancers.ts';
import { pipelineNames } from '../executions.ts';
import { failureOf } from '../failure.ts';
import { type LiveService, liveServices } from '../live.ts';
import { type NotCarriedOut, notCarriedOut, notCarriedOutLines } from '../not-carried-out.ts';
import { stateOf } from '../outcome.ts';
import { owners } from '../owners.ts';
import { removedLine, removedServices } from '../removed.ts';
import { duration, shortName } from '../render.ts';
import { newestRuns, type Run } from '../runs.ts';
import { type Access, operatorAccess, type Target, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

/** Where one service stands in one environment. */
export interface ServiceStatus extends Partial<Omit<LiveService, 'environment' | 'service'>> {
  service: string;
  url?: string;
}

/** Where one pipeline stands: its newest run. */
export interface PipelineStatus {
  pipeline: string;
  state: string;
  commit?: string;
  waits?: { stage: string; team: string; since?: string; behindOlder: boolean };
  failure?: { where: string; reason: string };
}

export interface Status {
  environments: { environment: string; url?: string; services: ServiceStatus[] }[];
  pipelines: PipelineStatus[];
  /** Services that still run although their directories are gone. */
  removed: string[];
  /** Contracts that cannot be read, which are not released. */
  problems: string[];
  /** What the definition asks for and this machine only records; nothing in AWS. */
  notCarriedOut: NotCarriedOut[];
}

/** `slipway status`: what is live where, what the pipelines do, and what waits for whom. */
export async function status(world: World, options: TargetOptions & { json: boolean }): Promise<number> {
  const access = await operatorAccess(world, options);
  if (options.json) world.say(JSON.stringify(await readStatus(world, access), null, 2));
  else await printStatus(world, access);
  return 0;
}

/** Prints the status of the target, a few lines per environment and one per pipeline. */
export async function printStatus(world: World, access: Access): Promise<void> {
  for (const line of statusLines(await readStatus(world, access), world.now())) world.say(line);
}

export async function readStatus(world: World, access: Access): Promise<Status> {
  const target = access.home;
  const { name: product, environments } = loadEnvironments(world.root);
  const { services, problems } = loadContracts(world.root);
  const names = services.map(each => each.name);
  const known = {
    product,
    environments: environments.map(each => each.name),
    services: findServices(world.root),
  };
  const [places, runs, removed, missed] = await Promise.all([
    Promise.all(
      environments.toReversed().map(async place => {
        const { name: environment } = place;
        const here = access.at(place);
        const [url, live] = await Promise.all([
          doorUrl(here, product, environment),
          liveServices(here, { product, environment, services: names }),
        ]);
        return {
          environment,
          ...(url && { url }),
          services: services.map(({ name, path }) => {
            const { environment: _, service: __, ...found } = live.find(each => each.service === name) ?? {};
            return { service: name, ...(url && { url: `${url}${path}/` }), ...found };
          }),
        };
      }),
    ),
    pipelineNames(target, product).then(async pipelines => ({
      pipelines,
      newest: await newestRuns(target, pipelines),
    })),
    removedServices(target, known),
    notCarriedOut(target),
  ]);
  const teamOf = owners(world.root);
  const pipelines = await Promise.all(
    runs.pipelines.map(pipeline => {
      const run = runs.newest.find(each => each.pipeline === pipeline);
      return run ? pipelineStatus(target, run, teamOf) : { pipeline, state: 'never ran' };
    }),
  );
  const told = problems.map(formatProblem);
  return { environments: places, pipelines, removed, problems: told, notCarriedOut: missed };
}

async function pipelineStatus(
  target: Target,
  run: Run,
  teamOf: (service: string) => string,
): Promise<PipelineStatus> {
  const { pipeline, status: state, commit, gate } = run;
  const { where, reason } = stateOf(run) === 'FAILED' ? await failureOf(target, run) : {};
  return {
    pipeline,
    state,
    ...(commit && { commit }),
    ...(gate && {
      waits: {
        stage: gate.stage,
        team: teamOf(shortName(pipeline)),
        ...(gate.since && { since: gate.since.toISOString() }),
        behindOlder: gate.execution !== run.id,
      },
    }),
    ...(where && reason && { failure: { where, reason } }),
  };
}

/** The status for people. */
export function statusLines(status: Status, now: number): string[] {
  const { environments, pipelines, removed, problems } = status;
  return [
    ...environments.flatMap(({ environment, url, services }) => [
      `${environment}  ${url ?? 'not there yet'}`,
      ...services.map(serviceLine),
    ]),
    'pipelines',
    ...pipelines.map(each => pipelineLine(each, now)),
    ...removed.map(removedLine),
    ...problems.map(problem => `not released: ${problem}`),
    ...notCarriedOutLines(status.notCarriedOut),
  ];
}

function serviceLine(status: ServiceStatus): string {
  const { service, url, desired, running, commit, taskDefinition, rollout } = status;
  const tasks = desired === undefined ? 'not there' : `${running}/${desired} tasks`;
  const revision = taskDefinition?.slice(taskDefinition.lastIndexOf('/') + 1);
  const version = commit ? `${commit.slice(0, 10)}  ${revision}` : 'not released';
  const brings = rollout ? `, ECS brings ${rollout.slice(rollout.lastIndexOf('/') + 1)}` : '';
  return `  ${service.padEnd(10)} ${(url ?? '').padEnd(34)} ${tasks.padEnd(11)} ${version}${brings}`;
}

function pipelineLine({ pipeline, state, commit, waits, failure }: PipelineStatus, now: number): string {
  const at = commit ? `  ${commit.slice(0, 10)}` : '';
  return `  ${shortName(pipeline).padEnd(10)} ${[waitText(waits, now), failureText(failure), state].find(Boolean)}${at}`;
}

function waitText(waits: PipelineStatus['waits'], now: number): string | undefined {
  if (!waits) return undefined;
  const since = waits.since ? `, for ${duration(now - Date.parse(waits.since))}` : '';
  const behind = waits.behindOlder ? ' behind an older run' : '';
  return `waits${behind} for the approval of team ${waits.team} (${waits.stage}${since})`;
}

function failureText(failure: PipelineStatus['failure']): string | undefined {
  return failure && `Failed in ${failure.where}: ${failure.reason}`;
}
