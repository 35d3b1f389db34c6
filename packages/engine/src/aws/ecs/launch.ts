import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { Ecs } from './ecs.ts';
import type { ContainerSpec, Image, Placement } from './ports.ts';
import type { Task, TaskContainer } from './task.ts';
import { type ContainerDefinition, type Definition, requireTaskDefinition } from './task-definition.ts';

/** Path prefix of the task metadata endpoint. */
export const METADATA_PREFIX = '/_ecs/v4/';

/** What the task's task definition says. */
export function definitionOf(ecs: Ecs, task: Task): Definition {
  return requireTaskDefinition(ecs, task.taskDefinition).definition;
}

/** The ports that a task's containers are reached at. */
export function containerPorts({ containerDefinitions }: Definition): number[] {
  const ports = containerDefinitions.flatMap(each => each.portMappings ?? []).map(each => each.containerPort);
  return [...new Set(ports)];
}

/** Containers that may start now: `dependsOn` is satisfied. */
export function startable(definition: Definition, task: Task): ContainerDefinition[] {
  const state = new Map(task.containers.map(each => [each.name, each]));
  return definition.containerDefinitions.filter(container => {
    if (state.get(container.name)?.lastStatus !== 'PENDING') return false;
    return (container.dependsOn ?? []).every(({ containerName, condition }) =>
      isMet(state.get(containerName), condition),
    );
  });
}

type Condition = NonNullable<ContainerDefinition['dependsOn']>[number]['condition'];

function isMet(container: TaskContainer | undefined, condition: Condition): boolean {
  if (condition === 'START') return container !== undefined && container.lastStatus !== 'PENDING';
  if (condition === 'COMPLETE') return container?.lastStatus === 'STOPPED';
  if (condition === 'SUCCESS') return container?.lastStatus === 'STOPPED' && container.exitCode === 0;
  return container?.lastStatus === 'RUNNING' && container.health?.status === 'HEALTHY';
}

/** Seconds that a container waits for another unless that one's `startTimeout` says otherwise. */
const START_TIMEOUT_S = 180;

/** A dependency that is not met yet, until when it may be, and why it never will be where that is known. */
export interface Waiting {
  sentence: string;
  deadline: number;
  isVain: boolean;
}

/** What the containers that have not been started wait for, of those that have. */
export function waitingFor(definition: Definition, task: Task): Waiting[] {
  return definition.containerDefinitions.flatMap(({ name, dependsOn = [] }) => {
    if (task.containers.find(each => each.name === name)?.lastStatus !== 'PENDING') return [];
    return dependsOn.flatMap(({ containerName, condition }) => {
      const container = task.containers.find(each => each.name === containerName);
      if (container?.startedAt === undefined || isMet(container, condition)) return [];
      const seconds =
        definition.containerDefinitions.find(each => each.name === containerName)?.startTimeout ??
        START_TIMEOUT_S;
      const { lastStatus, exitCode, health } = container;
      const ended = lastStatus === 'STOPPED' ? `it exited with ${exitCode ?? 'no code'}` : undefined;
      const why = ended ?? health?.output ?? `it is ${health?.status ?? lastStatus}`;
      return {
        sentence: `container ${name} waits for ${containerName} to be ${condition}: ${why}`,
        deadline: container.startedAt + seconds * 1000,
        isVain: ended !== undefined,
      };
    });
  });
}

/** What the runtime needs to start a container: the task definition, the task's overrides and what ECS injects. */
export async function containerSpec(
  ecs: Ecs,
  task: Task,
  container: ContainerDefinition,
  image: Image,
): Promise<ContainerSpec> {
  const definition = definitionOf(ecs, task);
  const override = task.overrides.containerOverrides?.find(each => each.name === container.name);
  const memory =
    override?.memory ?? container.memory ?? Number(task.overrides.memory ?? definition.memory ?? Number.NaN);
  const command = override?.command ?? container.command;
  return {
    taskId: task.id,
    name: container.name,
    placement: ownPlacement(task.placement!, container),
    image,
    ...(container.entryPoint ? { entryPoint: container.entryPoint } : {}),
    ...(command ? { command } : {}),
    ...(container.workingDirectory ? { workingDirectory: container.workingDirectory } : {}),
    environment: {
      ...plainVariables(ecs, task, container),
      ...(await secretsOf(ecs, definition, container)),
      ...Object.fromEntries((override?.environment ?? []).map(each => [each.name, String(each.value)])),
      ...injected(ecs, task, definition, container),
    },
    output: outputOf(ecs, task, container.name),
    ...(Number.isFinite(memory) ? { memoryMiB: memory } : {}),
    ...(container.healthCheck && {
      healthCheck: container.healthCheck.command.map(word => withOwnAddress(task, word)),
    }),
  };
}

/** The address of the task with the container's own ports: where one is another here, `PORT` becomes that one. */
function ownPlacement({ address, ports }: Placement, { portMappings = [] }: ContainerDefinition): Placement {
  const own = portMappings.flatMap(({ containerPort }) => {
    const here = ports[containerPort];
    return here === undefined ? [] : [[containerPort, here] as const];
  });
  return { address, ports: Object.fromEntries(own) };
}

/** Names that only the network of AWS resolves are given as addresses of this machine, as is the task's own loopback. */
function plainVariables(
  ecs: Ecs,
  task: Task,
  { environment = [] }: ContainerDefinition,
): Record<string, string> {
  return Object.fromEntries(
    environment.map(({ name, value }) => [
      name,
      ecs.ports.localAddress?.(String(value)) ?? withOwnAddress(task, String(value)),
    ]),
  );
}

/**
 * The containers of a task share a loopback interface in AWS, where `127.0.0.1:3001` is the port of a sidecar. Here that is
 * the task's own address, for the ports that its task definition names.
 */
export function withOwnAddress({ placement }: Task, text: string): string {
  return text.replaceAll(/(?<![\w.])(?:127\.0\.0\.1|localhost):(\d{1,5})(?!\d)/g, (written, port) => {
    const here = placement?.ports[port];
    return here === undefined ? written : `${placement?.address}:${here}`;
  });
}

function injected(
  ecs: Ecs,
  task: Task,
  definition: Definition,
  { name }: ContainerDefinition,
): Record<string, string> {
  const { token } = task.containers.find(each => each.name === name)!;
  const role = task.overrides.taskRoleArn ?? definition.taskRoleArn;
  return {
    ...ecs.ports.credentials.environment(role, task.id),
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    ECS_CONTAINER_METADATA_URI_V4: `${ecs.context.endpoint()}${METADATA_PREFIX}${token}`,
  };
}

async function secretsOf(
  ecs: Ecs,
  { executionRoleArn }: Definition,
  { secrets = [] }: ContainerDefinition,
): Promise<Record<string, string>> {
  if (secrets.length === 0) return {};
  const port = ecs.ports.secrets;
  if (!port) throw new Error('ResourceInitializationError: secrets are not carried out locally yet');
  const values = secrets.map(async ({ name, valueFrom }) => {
    const value = await port.value(valueFrom, executionRoleArn).catch(error => {
      const reason = `unable to pull secrets or registry auth: execution resource retrieval failed: ${messageOf(error)}`;
      throw new Error(`ResourceInitializationError: ${reason}`, { cause: error });
    });
    return [name, value];
  });
  return Object.fromEntries(await Promise.all(values));
}

/** The log stream's file, or one of the task's own where no awslogs driver is configured. */
function outputOf({ context, ports }: Ecs, task: Task, name: string): string {
  const log = task.containers.find(each => each.name === name)?.log;
  if (log) return ports.logs.file(log.group, log.stream);
  const directory = join(context.state, 'ecs', 'output');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return join(directory, `${task.id}-${name}.log`);
}
