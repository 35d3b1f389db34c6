import { messageOf } from '../errors.ts';

/** One thing that was looked at. */
export interface Finding {
  what: string;
  /** `note`: worth knowing, nothing is missing. */
  state: 'good' | 'note' | 'missing';
  /** What was found, and for what is missing what to do. */
  text: string;
}

/** A finding for people. */
export function findingLine({ what, state, text }: Finding): string {
  const sign = { good: '✓', note: '·', missing: '✗' }[state];
  return `${sign} ${what.padEnd(10)} ${text}`;
}

/** What is thrown is what is missing. */
export async function examine(what: string, look: () => Promise<Finding>): Promise<Finding> {
  return look().catch(error => ({ what, state: 'missing' as const, text: messageOf(error) }));
}

/** What cannot be looked at is worth knowing and holds nothing up: leave to look is not leave to deploy. */
export async function lookAt(what: string, look: () => Promise<Finding>): Promise<Finding> {
  return look().catch(error => ({
    ...{ what, state: 'note' as const },
    text: `could not be looked at: ${messageOf(error)}`,
  }));
}
