import { setTimeout as delay } from 'node:timers/promises';
import { CodeDeployClient, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import {
  CodePipelineClient,
  type PipelineExecutionSummary,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { DeregisterTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { type Belongings, familyOf, type Place, versionsOfFamily } from './belongings.ts';
import { executionsOf } from './executions.ts';
import { deleteStack } from './stack-deletion.ts';
import { pauseOf, type Target } from './target.ts';
import { activeDeployment } from './versions.ts';

export interface RemovalOptions {
  product: string;
  service: string;
  /** How a place is reached. */
  at(environment: string): Target;
  tell(line: string): void;
  signal: AbortSignal;
}

/**
 * Removes what goes of a service, one after the other; false when `signal` came first. What was removed before is not
 * there any more, so a second call goes on where the first one ended. Throws a UserError when a stack cannot be deleted.
 *
 * The environments come in the order of a release: what goes wrong shows in staging, while production still serves and
 * the directory can still be put back. The stack of the pipeline is the last: the others are deleted with roles in it.
 */
export async function carryOut(
  target: Target,
  { places, pipeline, roles }: Belongings,
  options: RemovalOptions,
): Promise<boolean> {
  for (const place of places) if (!(await clear(target, place, options))) return false;
  for (const { stack, environment } of roles)
    if (!(await remove(options.at(environment), stack, options))) return false;
  if (pipeline === undefined) return true;
  if (!(await stopRuns(target, options))) return false;
  return remove(target, pipeline, options);
}

/** Ends what is released there, then what runs there, then the versions that could run there. */
async function clear(
  target: Target,
  { environment, stack }: Place,
  options: RemovalOptions,
): Promise<boolean> {
  if (stack !== undefined) {
    if (!(await endReleases(target, environment, options))) return false;
    if (!(await remove(options.at(environment), stack, options))) return false;
  }
  await forgetVersions(environment, options);
  return true;
}

/** Ends every run of the service's pipeline and what is being deployed in a place; false when `signal` came first. */
export async function endReleases(
  target: Target,
  environment: string,
  options: RemovalOptions,
): Promise<boolean> {
  const family = familyOf({ ...options, environment });
  if (!(await stopRuns(target, options))) return false;
  if (!(await stopDeployments(options.at(environment), family, options))) return false;
  options.tell(`${environment}: requests under way are answered, then its tasks end`);
  return true;
}

/** Deregisters the task definitions that could run in a place. */
export async function forgetVersions(environment: string, options: RemovalOptions): Promise<void> {
  const here = options.at(environment);
  const client = new ECSClient(here);
  for (const taskDefinition of await versionsOfFamily(here, familyOf({ ...options, environment })))
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
}

async function remove(target: Target, stack: string, { tell, signal }: RemovalOptions): Promise<boolean> {
  const done = await deleteStack(target, stack, signal);
  if (done) tell(`✓ ${stack} is deleted`);
  return done;
}

/** Stops every run of the pipeline and waits until all are over; an approval that is pending is abandoned with its run. */
export async function stopRuns(
  target: Target,
  { product, service, tell, signal }: RemovalOptions,
): Promise<boolean> {
  const pipelineName = `${product}-${service}`;
  const client = new CodePipelineClient(target);
  const asked = new Set<string>();
  while (!signal.aborted) {
    const running = (await runsOf(target, pipelineName)).filter(isUnderWay);
    if (running.length === 0) return true;
    for (const { pipelineExecutionId = '' } of running) {
      if (asked.has(pipelineExecutionId)) continue;
      asked.add(pipelineExecutionId);
      const stop = { pipelineName, pipelineExecutionId, abandon: true, reason: `${service} is removed` };
      await client.send(new StopPipelineExecutionCommand(stop)).catch(unless(/NotStoppable|DuplicatedStop/));
      tell(`run ${pipelineExecutionId.slice(0, 8)} of ${pipelineName} is stopped`);
    }
    await pause(target, signal);
  }
  return false;
}

/** None when the pipeline is not there any more. */
async function runsOf(target: Target, pipeline: string): Promise<PipelineExecutionSummary[]> {
  return (await executionsOf(target, pipeline).catch(unless(/PipelineNotFound/))) ?? [];
}

function isUnderWay({ status }: PipelineExecutionSummary): boolean {
  return status === 'InProgress' || status === 'Stopping';
}

/** Stops a deployment under way where it stands: all of its tasks go. One that cannot be stopped any more is waited for. */
async function stopDeployments(
  target: Target,
  group: string,
  { tell, signal }: RemovalOptions,
): Promise<boolean> {
  const asked = new Set<string>();
  while (!signal.aborted) {
    const active = await activeDeployment(target, group).catch(unless(/DoesNotExist/));
    if (!active) return true;
    if (!asked.has(active.id)) {
      asked.add(active.id);
      const stop = { deploymentId: active.id, autoRollbackEnabled: false };
      const stopped = await new CodeDeployClient(target)
        .send(new StopDeploymentCommand(stop))
        .catch(unless(/UnsupportedActionForDeploymentType|DeploymentAlreadyCompleted/));
      tell(`deployment ${active.id} ${stopped ? 'is stopped' : 'has to end first'}`);
    }
    await pause(target, signal);
  }
  return false;
}

/** Takes an error of that name for an answer of its own. */
function unless(name: RegExp): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && name.test(error.name)) return undefined;
    throw error;
  };
}

function pause(target: Target, signal: AbortSignal): Promise<void> {
  return delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
}
