import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@aws-sdk/client-ecs';
import { loadContracts, loadEnvironments } from '@slipway/contract';
import { UserError } from '../errors.ts';
import { liveServices } from '../live.ts';
import { linesSince } from '../log-lines.ts';
import { networkOf, publicNetwork, startOneOff, stopOneOff, taskNow } from '../one-off.ts';
import { groupOfPlace, placesOf } from '../places.ts';
import { isLocal, operatorAccess, pauseOf, type Target, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';
import { createSieve } from './logs.ts';

export interface RunOptions extends TargetOptions {
  service: string;
  environment: string;
  /** With a public address, and port 80 open. */
  public: boolean;
  /** In place of the image's own command. */
  command: string[];
}

/** Lines of a task that has stopped arrive late. */
const LAST_LINES_MS = 3000;

/**
 * `slipway run <service> [command…]`: one task, once, of what is live in an environment: its image, variables, secrets
 * and rights. Shows what it writes. Exits with the command's own code; without a command the service itself runs until
 * it is interrupted, and is stopped then.
 */
export async function runOnce(world: World, options: RunOptions): Promise<number> {
  const { service, environment, command } = options;
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const target = placesOf(environments, await operatorAccess(world, options))(environment);
  const [live] = await liveServices(target, { product, environment, services: [service] });
  if (!live?.commit)
    throw new UserError(`Nothing of "${service}" is released in ${environment}: push it first.`);

  const key = { cluster: `${product}-${groupOfPlace(environment)}`, service };
  const place = `${product}-${environment}`;
  const network = options.public ? await publicNetwork(target, place) : await networkOf(target, key);
  const startedAt = world.now();
  const arn = await startOneOff(target, {
    ...{ key, taskDefinition: live.taskDefinition, network },
    ...(command.length > 0 && { command }),
    // On a laptop only root may listen on port 80, and nobody but this machine would reach it.
    ...(options.public && !isLocal(target) && { variables: { PORT: '80' } }),
  });
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  world.complain(`${service} runs once in ${environment} as task ${id}, at ${live.commit.slice(0, 10)}.`);

  const inPublic = options.public && !isLocal(target);
  const port = inPublic ? 80 : portOf(world.root, service);
  const log = { group: `/${product}/${environment}/${service}`, streams: [`${service}/${service}/${id}`] };
  return attend(world, target, {
    ...{ cluster: key.cluster, arn, id, service },
    show: showLines(world, target, { ...log, since: startedAt - LAST_LINES_MS }),
    ...(command.length === 0 && { tell: (task: Task) => addressOf(task, port, inPublic) }),
  });
}

interface Attended {
  cluster: string;
  arn: string;
  id: string;
  service: string;
  /** Shows what the task has written since the last time. */
  show(): Promise<void>;
  /** What to say once it runs; nothing for a command, which says what it has to say itself. */
  tell?(task: Task): string;
}

/** Stays with a task until it has stopped, by itself or because the user interrupts. @returns the exit code */
async function attend(world: World, target: Target, run: Attended): Promise<number> {
  const { cluster, arn, id, service, show } = run;
  const signal = world.interruption();
  let { tell } = run;
  for (let stopping = false; ; ) {
    const task = await taskNow(target, cluster, arn);
    await show();
    if (!task || task.lastStatus === 'STOPPED') {
      await delay(isLocal(target) ? 0 : LAST_LINES_MS);
      await show();
      if (!stopping) return exitCodeOf(world, service, task);
      world.complain(`${service}'s task ${id} is stopped.`);
      return 0;
    }
    if (tell && task.lastStatus === 'RUNNING') {
      world.complain(`${tell(task)} Ctrl-C stops it.`);
      tell = undefined;
    }
    if (signal.aborted && !stopping) {
      stopping = true;
      await stopOneOff(target, cluster, arn);
    }
    await delay(pauseOf(target), undefined, stopping ? {} : { signal }).catch(() => undefined);
  }
}

/** Shows what is new at each call. */
function showLines(world: World, target: Target, where: { group: string; streams: string[]; since: number }) {
  const fresh = createSieve([]);
  return async (): Promise<void> => {
    for (const line of fresh((await linesSince(target, where)) ?? [])) world.say(line.text);
  };
}

function portOf(root: string, service: string): number {
  return loadContracts(root, { only: service }).services[0]?.port ?? 3000;
}

function addressOf({ attachments = [], containers = [] }: Task, port: number, isPublic: boolean): string {
  const details = attachments.flatMap(each => each.details ?? []);
  const detail = (name: string) => details.find(each => each.name === name)?.value;
  const network = containers.flatMap(each => each.networkInterfaces ?? []);
  const address = detail('privateIPv4Address') ?? network[0]?.privateIpv4Address ?? 'its own address';
  if (!isPublic) return `It listens at http://${address}:${port}/.`;
  const eni = detail('networkInterfaceId') ?? 'its interface';
  return `It listens on port ${port} of the public address of ${eni} (aws ec2 describe-network-interfaces tells it).`;
}

function exitCodeOf(world: World, service: string, task: Task | undefined): number {
  const container = task?.containers?.find(each => each.name === service);
  if (container?.exitCode !== undefined) return container.exitCode;
  world.complain(
    `The task ended before it ran: ${container?.reason ?? task?.stoppedReason ?? 'ECS forgot it'}`,
  );
  return 1;
}
