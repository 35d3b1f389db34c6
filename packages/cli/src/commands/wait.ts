import { setTimeout as delay } from 'node:timers/promises';
import { loadEnvironments } from '@slipway/contract';
import { pendingApprovals } from '../approvals.ts';
import { readCheckout } from '../checkout.ts';
import { UserError } from '../errors.ts';
import { executionsOf, failureOf, pipelineNames } from '../executions.ts';
import { shortName } from '../render.ts';
import { operatorTarget, type Target, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

/** Exit codes of `slipway wait`. */
export const LIVE = 0;
export const FAILED = 1;
export const WAITING = 3;

const POLL_MS = 300;

/**
 * `slipway wait [commit]`: waits until everything that the commit affects is live (0), something of it failed (1), or
 * it waits for an approval (3). Throws a UserError when nothing is known of the commit within the time limit.
 */
export async function wait(
  world: World,
  options: TargetOptions & { commit?: string; timeout: number },
): Promise<number> {
  const target = await operatorTarget(world, options);
  const { name: product } = loadEnvironments(world.root);
  const commit = options.commit ?? (await readCheckout(world.root)).head;
  const limit = world.now() + options.timeout * 1000;
  for (;;) {
    const found = await resultOf(target, product, commit);
    if (found) {
      for (const line of found.lines) world.say(line);
      return found.code;
    }
    if (world.now() > limit)
      throw new UserError(`Nothing settled for ${commit} within ${options.timeout} s.`);
    await delay(POLL_MS);
  }
}

interface Result {
  code: number;
  lines: string[];
}

async function resultOf(target: Target, product: string, commit: string): Promise<Result | undefined> {
  const platform = `${product}-platform`;
  const runs = await Promise.all(
    (await pipelineNames(target, product)).map(async pipeline => ({
      pipeline,
      run: (await executionsOf(target, pipeline)).find(execution =>
        execution.sourceRevisions?.some(revision => revision.revisionId?.startsWith(commit)),
      ),
    })),
  );
  if (!runs.some(({ pipeline, run }) => pipeline === platform && run)) return undefined;
  const lines: string[] = [];
  const codes: number[] = [];
  for (const { pipeline, run } of runs) {
    if (!run) continue;
    const code = await codeOf(target, pipeline, run.status ?? '');
    if (code === undefined) return undefined;
    codes.push(code);
    const name = shortName(pipeline);
    if (code === LIVE) lines.push(pipeline === platform ? `✓ ${name}` : `✓ ${name} LIVE`);
    if (code === WAITING) lines.push(`⏸ ${name} WAITING FOR APPROVAL`);
    if (code === FAILED)
      lines.push(`✗ ${name} ${run.status}: ${await failureOf(target, pipeline, run.pipelineExecutionId!)}`);
  }
  return { code: codes.includes(FAILED) ? FAILED : codes.includes(WAITING) ? WAITING : LIVE, lines };
}

async function codeOf(target: Target, pipeline: string, status: string): Promise<number | undefined> {
  if (status === 'Succeeded') return LIVE;
  if (status !== 'InProgress') return FAILED;
  return (await pendingApprovals(target, pipeline)).length > 0 ? WAITING : undefined;
}
