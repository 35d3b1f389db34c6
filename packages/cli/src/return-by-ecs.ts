import { setTimeout as delay } from 'node:timers/promises';
import type { End } from './return.ts';
import { activeRollout, rollOut, rolloutOf, type ServicePlace, takeBack } from './service-deployments.ts';
import { pauseOf, type Target } from './target.ts';
import type { Version } from './versions.ts';

export interface ReturnByEcsOptions {
  place: ServicePlace;
  version: Version;
  tell(line: string): void;
  signal: AbortSignal;
}

/** Has ECS bring the version back and waits until it did; undefined when `signal` came first. */
export async function goBackByEcs(target: Target, options: ReturnByEcsOptions): Promise<End | undefined> {
  const { place, version, tell, signal } = options;
  let told: string | undefined;
  while (!signal.aborted) {
    const active = await activeRollout(target, place);
    if (!active) {
      await rollOut(target, place, version.taskDefinition);
      tell('ECS begins to deploy it');
      return follow(target, options, undefined);
    }
    if (active.blue === version.taskDefinition && (await takeBack(target, active.id))) {
      tell('the release under way is taken back: what it replaced still runs');
      return follow(target, options, active.id);
    }
    if (told !== active.id) {
      told = active.id;
      tell('a deployment of this service has to end first');
    }
    await pause(target, signal);
  }
  return undefined;
}

/** Until the version runs: by a deployment of its own, or because the one that was to replace it is back. */
async function follow(
  target: Target,
  { place, version, tell, signal }: ReturnByEcsOptions,
  takenBack: string | undefined,
): Promise<End | undefined> {
  let told: string | undefined;
  while (!signal.aborted) {
    const active = await activeRollout(target, place);
    if (active && told !== active.status) {
      told = active.status;
      tell(active.status);
    }
    if (!active) {
      const own =
        takenBack === undefined ? await rolloutOf(target, place, version.taskDefinition) : undefined;
      if (takenBack !== undefined) return { deployment: takenBack, good: true, reason: '' };
      if (own)
        return {
          deployment: own.arn,
          good: own.status === 'SUCCESSFUL',
          reason: `${own.status} ${own.reason}`.trim(),
        };
    }
    await pause(target, signal);
  }
  return undefined;
}

function pause(target: Target, signal: AbortSignal): Promise<void> {
  return delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
}
