import { type ActionDeclaration, runOrders, type StageDeclaration } from './declaration.ts';
import type { Execution } from './execution.ts';
import type { Transition } from './pipeline.ts';

/**
 * What happens to an execution that waits for a stage: it is superseded by a newer one that waits for the same stage,
 * waits for the transition, the lock or its turn, or enters.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export function gateOf(
  execution: Execution,
  active: Execution[],
  transition: Transition,
): 'enter' | 'wait' | 'supersede' {
  const here = active.filter(other => other.id !== execution.id && other.at.stage === execution.at.stage);
  const waiting = here.filter(other => !other.at.entered && other.status === 'InProgress');
  if (execution.mode === 'SUPERSEDED' && waiting.some(other => other.number > execution.number))
    return 'supersede';
  if (!transition.enabled) return 'wait';
  if (execution.mode === 'PARALLEL') return 'enter';
  if (here.some(other => other.at.entered)) return 'wait';
  if (execution.mode === 'QUEUED' && waiting.some(other => other.number < execution.number)) return 'wait';
  return 'enter';
}

export type StageDecision =
  | { next: 'wait' }
  | { next: 'start'; actions: ActionDeclaration[] }
  | { next: 'fail' }
  | { next: 'stop' }
  | { next: 'succeed' };

/**
 * What an execution inside a stage does next: actions of one runOrder start together and end before the next ones
 * start; what is in progress always ends first, whether a neighbour failed or a stop was asked for.
 */
export function decideStage(
  stage: StageDeclaration,
  statuses: Record<string, string | undefined>,
  stopping: boolean,
): StageDecision {
  for (const group of runOrders(stage)) {
    const of = group.map(action => statuses[action.name]);
    if (of.includes('InProgress')) return { next: 'wait' };
    if (stopping) return { next: 'stop' };
    if (of.some(status => status === 'Failed' || status === 'Abandoned')) return { next: 'fail' };
    const actions = group.filter(action => statuses[action.name] === undefined);
    if (actions.length > 0) return { next: 'start', actions };
  }
  return { next: 'succeed' };
}
