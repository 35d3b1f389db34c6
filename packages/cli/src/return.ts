import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { pauseOf, type Target } from './target.ts';
import {
  activeDeployment,
  type CodeDeployVersion,
  deployAgain,
  deploymentTarget,
  nameOf,
  readDeployment,
  stopAndReturn,
} from './versions.ts';

export interface ReturnOptions {
  /** CodeDeploy's application and group. */
  group: string;
  version: CodeDeployVersion;
  tell(line: string): void;
  signal: AbortSignal;
}

/** How the way back ended. */
export interface End {
  deployment: string;
  good: boolean;
  reason: string;
}

/** Brings the version back and waits until it has the traffic; undefined when `signal` came first. */
export async function goBack(target: Target, options: ReturnOptions): Promise<End | undefined> {
  const begun = await begin(target, options);
  if (!begun) return undefined;
  return 'deployment' in begun ? begun : followDeployment(target, begun.id, options);
}

/** Starts the way back as soon as the group is free for it. */
async function begin(
  target: Target,
  { group, version, tell, signal }: ReturnOptions,
): Promise<{ id: string } | End | undefined> {
  let told: string | undefined;
  while (!signal.aborted) {
    const active = await activeDeployment(target, group);
    if (!active) {
      const id = await deployAgain(target, group, {
        version,
        description: `Rollback to ${nameOf(version)}`,
      }).catch(ifNamed('DeploymentLimitExceededException'));
      if (id) {
        tell(`deployment ${id} has begun`);
        return { id };
      }
    } else if (active.blue === version.taskDefinition && (await stop(target, active.id))) {
      tell(`deployment ${active.id} is stopped: what it replaced still runs, traffic returns`);
      return afterStop(target, active.id, signal);
    } else if (told !== active.id) {
      told = active.id;
      tell(`deployment ${active.id} of this service has to end first`);
    }
    await pause(target, signal);
  }
  return undefined;
}

/** Whether it could be stopped; one that removes what it replaced cannot. */
async function stop(target: Target, id: string): Promise<boolean> {
  return stopAndReturn(target, id).then(
    () => true,
    error => {
      if (/^(UnsupportedActionForDeploymentType|DeploymentAlreadyCompleted)/.test(String(error?.name)))
        return false;
      throw error;
    },
  );
}

/** A stopped deployment rolls back by one of its own, or by none where no traffic had been shifted yet. */
async function afterStop(
  target: Target,
  id: string,
  signal: AbortSignal,
): Promise<{ id: string } | End | undefined> {
  while (!signal.aborted) {
    const { status, rollbackInfo } = await readDeployment(target, id);
    if (rollbackInfo?.rollbackDeploymentId) return { id: rollbackInfo.rollbackDeploymentId };
    if (status === 'Stopped' && !rollbackInfo) return { deployment: id, good: true, reason: '' };
    if (status === 'Failed' || status === 'Succeeded')
      return {
        deployment: id,
        good: false,
        reason: `it had ${status.toLowerCase()} before it could be stopped`,
      };
    await pause(target, signal);
  }
  return undefined;
}

/** Tells each lifecycle event as it ends, until the traffic is where it belongs. */
async function followDeployment(
  target: Target,
  id: string,
  { tell, signal }: ReturnOptions,
): Promise<End | undefined> {
  const told = new Set<string>();
  while (!signal.aborted) {
    const [info, place] = await Promise.all([readDeployment(target, id), deploymentTarget(target, id)]);
    const events = place?.ecsTarget?.lifecycleEvents ?? [];
    for (const { lifecycleEventName: name = '', status } of events) {
      if (told.has(name) || !/^(Succeeded|Failed)$/.test(status ?? '')) continue;
      told.add(name);
      tell(`${status === 'Failed' ? '✗' : '✓'} ${name}`);
    }
    const end = endOf(info, events);
    if (end) return { deployment: id, ...end };
    await pause(target, signal);
  }
  return undefined;
}

/** How a deployment ended for those who wait for its traffic: what it replaced may still be running. */
export function endOf(
  { status, errorInformation }: DeploymentInfo,
  events: { lifecycleEventName?: string | undefined; status?: string | undefined }[],
): { good: boolean; reason: string } | undefined {
  if (status === 'Failed' || status === 'Stopped')
    return { good: false, reason: errorInformation?.message ?? `it ${status.toLowerCase()}` };
  const shifted = events.length > 0 && events.every(event => event.status === 'Succeeded');
  return status === 'Succeeded' || shifted ? { good: true, reason: '' } : undefined;
}

function ifNamed(name: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  };
}

function pause(target: Target, signal: AbortSignal): Promise<void> {
  return delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
}
