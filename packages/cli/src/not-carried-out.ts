import { isLocal, type Target } from './target.ts';

/** Something that users of AWS get and users of this machine do not, and the stacks that ask for it. */
export interface NotCarriedOut {
  what: string;
  stacks: string[];
}

/** What an engine says that it only records; nothing for AWS. */
export async function notCarriedOut(target: Target): Promise<NotCarriedOut[]> {
  if (!isLocal(target)) return [];
  const answer = await fetch(`${target.endpoint}/_slipway/not-carried-out`);
  if (!answer.ok) return []; // an engine of an earlier checkout
  return ((await answer.json()) as { notCarriedOut: NotCarriedOut[] }).notCarriedOut;
}

const MOST_STACKS = 3;

/** The same for people: nothing where nothing is missed. */
export function notCarriedOutLines(missed: NotCarriedOut[]): string[] {
  if (missed.length === 0) return [];
  const lines = missed.map(({ what, stacks }) => {
    const more = stacks.length - MOST_STACKS;
    const shown = stacks.slice(0, MOST_STACKS).join(', ');
    return `  ${what}  (${shown}${more > 0 ? ` and ${more} more` : ''})`;
  });
  return ['Not carried out on a laptop:', ...lines];
}
