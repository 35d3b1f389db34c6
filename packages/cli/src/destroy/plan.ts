import type { Protection } from '../protection.ts';
import { releaseCommand } from '../protection.ts';
import { holdsData, type Retained } from './belongings.ts';
import type { FoundStack } from './inventory.ts';

/** What goes and what stays, with the reason. */
export interface DestructionPlan {
  /** In the order in which they go. */
  stacks: FoundStack[];
  /** What goes with its stack. */
  belongings: Retained[];
  /** What the definition protects against its deletion, by the stack that goes. */
  protections: Map<FoundStack, Protection[]>;
  left: { what: string; why: string }[];
}

/**
 * Decides what goes: everything but data, unless that was asked for, and what nobody knows. A stack of data goes only with
 * all that it holds; one that stays keeps its data findable when the product is deployed again.
 */
export function planDestruction(stacks: FoundStack[], retained: Retained[], data: boolean): DestructionPlan {
  const left: DestructionPlan['left'] = [];
  const goes = (stack: FoundStack): boolean => {
    if (stack.kind === 'unknown') left.push({ what: `the stack ${stack.name}`, why: 'it is none of ours' });
    if (!holdsData(stack)) return stack.kind !== 'unknown';
    const held = retained.filter(each => each.stack.name === stack.name && each.stack.spot === stack.spot);
    return data && held.every(({ protection }) => protection === undefined);
  };
  const going = stacks.filter(goes);
  const belongings: Retained[] = [];
  for (const each of retained) {
    const { kind, name, isData, protection } = each;
    if (isData && !data) left.push({ what: `${kind} ${name}`, why: 'data: slipway destroy --data' });
    else if (protection) left.push({ what: `${kind} ${name}`, why: protection });
    else if (stacks.includes(each.stack) && !going.includes(each.stack))
      left.push({
        what: `${kind} ${name}`,
        why: `goes with ${each.stack.name}, which still holds what is protected`,
      });
    else belongings.push(each);
  }
  return { stacks: going, belongings, protections: new Map(), left };
}

/** The plan for people. */
export function planLines({ stacks, belongings, protections, left }: DestructionPlan): string[] {
  const where = ({ spot }: FoundStack): string => `(${spot.account}, ${spot.region})`;
  return [
    'This is deleted:',
    ...stacks.map(stack => `  stack       ${stack.name}  ${where(stack)}`),
    ...belongings.map(
      ({ kind, name, stack }) => `  ${kind.padEnd(10)}  ${name}  ${where(stack)}, with all it holds`,
    ),
    ...[...protections].flatMap(([stack, each]) => each.map(part => protectionLine(part, stack))),
    left.length > 0 ? 'This stays:' : 'Nothing stays.',
    ...left.map(({ what, why }) => `  ${what}  (${why})`),
  ];
}

function protectionLine({ kind, name }: Protection, { spot }: FoundStack): string {
  const way =
    kind === 'instances'
      ? `protected; when it is their turn, by hand: ${releaseCommand(name, spot.region)}`
      : 'its protection against deletion is taken off first';
  return `  ${kind.padEnd(10)}  ${name}  (${spot.account}, ${spot.region}), ${way}`;
}
