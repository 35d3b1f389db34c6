import { actionsOf, hasDeployed } from './actions.ts';
import type { PendingApproval } from './approvals.ts';
import { failureOf } from './failure.ts';
import { shortName } from './render.ts';
import type { Run } from './runs.ts';
import type { Target } from './target.ts';

/** How a release stands once nothing of it moves any more. */
export type State = 'LIVE' | 'FAILED' | 'WAITING FOR APPROVAL' | 'SUPERSEDED' | 'UNAFFECTED';

export interface Outcome {
  state: State;
  lines: string[];
}

/** Exit codes of the commands that wait for an outcome. */
export const EXIT_CODES: Record<State, number> = {
  LIVE: 0,
  UNAFFECTED: 0,
  FAILED: 1,
  'WAITING FOR APPROVAL': 3,
  SUPERSEDED: 4,
};

/** How one execution stands; undefined while it moves. */
export function stateOf(run: Run): State | undefined {
  if (run.gate) return 'WAITING FOR APPROVAL';
  if (run.status === 'InProgress' || run.status === 'Stopping') return undefined;
  if (run.status === 'Succeeded') return 'LIVE';
  return run.status === 'Superseded' ? 'SUPERSEDED' : 'FAILED';
}

/**
 * How they stand together: what failed comes first, then what waits; undefined while anything moves. `platform` is the
 * pipeline that starts the others: when it alone ran and succeeded, nothing was affected.
 */
export function settle(runs: Run[], platform: string): State | undefined {
  const states = runs.map(stateOf);
  if (states.includes(undefined)) return undefined;
  for (const state of ['FAILED', 'WAITING FOR APPROVAL', 'SUPERSEDED'] as const) {
    if (states.includes(state)) return state;
  }
  return runs.every(run => run.pipeline === platform) ? 'UNAFFECTED' : 'LIVE';
}

export interface OutcomeOptions {
  platform: string;
  /** Whose approval a service waits for and how to give it: `team news: npx slipway approve news`. */
  approver(service: string): string;
  /** What an approval would change, a line each. */
  change?(gate: PendingApproval): Promise<string[]>;
}

/** The outcome of these executions; undefined while anything moves. */
export async function outcomeOf(
  target: Target,
  runs: Run[],
  options: OutcomeOptions,
): Promise<Outcome | undefined> {
  const state = settle(runs, options.platform);
  if (!state) return undefined;
  if (state === 'UNAFFECTED') return { state, lines: ['Nothing is affected: what is live stays as it is.'] };
  const told = runs.filter(run => run.pipeline !== options.platform || stateOf(run) !== 'LIVE');
  const lines = await Promise.all(told.map(run => linesOf(target, run, options)));
  return { state, lines: lines.flat() };
}

async function linesOf(target: Target, run: Run, options: OutcomeOptions): Promise<string[]> {
  const name = shortName(run.pipeline);
  const commit = run.commit?.slice(0, 10) ?? '';
  switch (stateOf(run)) {
    case 'LIVE':
      return [`✓ ${name} LIVE  ${commit}${await remarkOf(target, run, options)}`];
    case 'SUPERSEDED':
      return [`· ${name} SUPERSEDED: a newer push took the place of ${commit}`];
    case 'WAITING FOR APPROVAL': {
      const behind = run.gate?.execution === run.id ? '' : ' (an older run waits first)';
      const change = run.gate && !behind ? await options.change?.(run.gate) : undefined;
      return [
        `⏸ ${name} WAITING FOR APPROVAL by ${options.approver(name)}${behind}`,
        ...(change ?? []).map(line => `    ${line}`),
      ];
    }
    default: {
      const { where, reason, lines } = await failureOf(target, run);
      return [`✗ ${name} FAILED in ${where}: ${reason}`, ...lines.map(line => `    ${line}`)];
    }
  }
}

/** A release that changed nothing is live as well: what runs was released with an earlier commit. */
async function remarkOf(target: Target, run: Run, { platform }: OutcomeOptions): Promise<string> {
  if (run.pipeline === platform || hasDeployed(await actionsOf(target, run))) return '';
  return '  (the same image by the same definition runs already: nothing was deployed)';
}
