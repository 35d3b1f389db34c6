import { findServices, loadEnvironments } from '@slipway/contract';
import { answerApproval } from '../approvals.ts';
import { UserError } from '../errors.ts';
import { changeBehind, changeLines, waitingGate } from '../gate.ts';
import { operatorTarget, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

export interface AnswerOptions extends TargetOptions {
  service: string;
  stage?: string;
}

/** CodePipeline takes this many characters with an answer. */
const LONGEST_SUMMARY = 512;

/** `slipway approve <service>`: shows what would change, and lets it through. */
export async function approve(world: World, options: AnswerOptions & { comment?: string }): Promise<number> {
  const to = await answer(world, options, { status: 'Approved', summary: options.comment ?? '' });
  world.say(`Approved${options.comment ? `: ${options.comment}` : ''}.`);
  if (to) world.say(`It is on its way; npx slipway wait ${to.slice(0, 10)} tells when it is live.`);
  return 0;
}

/** `slipway reject <service> --reason …`: shows what would have changed, and stops it. */
export async function reject(world: World, options: AnswerOptions & { reason: string }): Promise<number> {
  if (!options.reason.trim()) throw new UserError('--reason is empty: say why, for whoever pushed it.');
  await answer(world, options, { status: 'Rejected', summary: options.reason });
  world.say(`Rejected: ${options.reason}. What was live stays live.`);
  return 0;
}

async function answer(
  world: World,
  options: AnswerOptions,
  result: { status: 'Approved' | 'Rejected'; summary: string },
): Promise<string | undefined> {
  if (result.summary.length > LONGEST_SUMMARY)
    throw new UserError(
      `The text has ${result.summary.length} characters: at most ${LONGEST_SUMMARY} are kept.`,
    );
  const target = await operatorTarget(world, options);
  const environments = loadEnvironments(world.root);
  const gate = await waitingGate(target, environments.name, options);
  const change = await changeBehind(target, environments, {
    ...{ gate, root: world.root, services: findServices(world.root) },
  });
  for (const line of changeLines(change)) world.say(line);
  if (gate.behind.length > 0) world.say('  A newer run waits behind this one and comes next.');
  await answerApproval(target, gate, result).catch(error => {
    if (!/^(InvalidApprovalToken|ApprovalAlreadyCompleted)/.test(String(error?.name))) throw error;
    throw new UserError(
      `Somebody has answered for ${options.service} in the meantime: see npx slipway status.`,
    );
  });
  return change.to;
}
