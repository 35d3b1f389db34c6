import type { Retained } from './belongings.ts';
import type { FoundStack } from './inventory.ts';

/** What goes and what stays, with the reason. */
export interface DestructionPlan {
  /** In the order in which they go. */
  stacks: FoundStack[];
  /** What goes with its stack. */
  belongings: Retained[];
  left: { what: string; why: string }[];
}

/**
 * Decides what goes: everything but data, unless that was asked for, and what nobody knows. A data stack goes only with
 * all that it holds; one that stays keeps its data findable when the product is deployed again.
 */
export function planDestruction(stacks: FoundStack[], retained: Retained[], data: boolean): DestructionPlan {
  const left: DestructionPlan['left'] = [];
  const goes = (stack: FoundStack): boolean => {
    if (stack.kind === 'unknown') left.push({ what: `the stack ${stack.name}`, why: 'it is none of ours' });
    if (stack.kind !== 'data') return stack.kind !== 'unknown';
    const held = retained.filter(each => each.stack.name === stack.name && each.stack.spot === stack.spot);
    return data && held.every(({ protection }) => protection === undefined);
  };
  const going = stacks.filter(goes);
  const belongings: Retained[] = [];
  for (const each of retained) {
    const { kind, name, isData, protection } = each;
    if (protection) left.push({ what: `${kind} ${name}`, why: protection });
    else if (isData && !data) left.push({ what: `${kind} ${name}`, why: 'data: slipway destroy --data' });
    else belongings.push(each);
  }
  return { stacks: going, belongings, left };
}

/** The plan for people. */
export function planLines({ stacks, belongings, left }: DestructionPlan): string[] {
  const where = ({ spot }: FoundStack): string => `(${spot.account}, ${spot.region})`;
  return [
    'This is deleted:',
    ...stacks.map(stack => `  stack       ${stack.name}  ${where(stack)}`),
    ...belongings.map(
      ({ kind, name, stack }) => `  ${kind.padEnd(10)}  ${name}  ${where(stack)}, with all it holds`,
    ),
    left.length > 0 ? 'This stays:' : 'Nothing stays.',
    ...left.map(({ what, why }) => `  ${what}  (${why})`),
  ];
}
