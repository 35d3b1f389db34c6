import { createHash } from 'node:crypto';
import type { AttemptStore } from './attempt-store.ts';

/** Bounds what may be tried with one e-mail address, wherever it is tried from. */
export type AttemptLimit = {
  /** Counts one attempt and returns nothing, or how many seconds to wait where it is one too many. */
  readonly take: (email: string) => Promise<number | undefined>;
  /** Gives the attempts with this address back. */
  readonly forget: (email: string) => Promise<void>;
};

/**
 * Allows `attempts` in every `seconds`, counted from the epoch on. Attempts at once are counted one by one before
 * any of them is looked at. Addresses are counted by their hash: that somebody tried one is not kept.
 */
export function limitAttempts(
  store: AttemptStore,
  purpose: string,
  limit: { attempts: number; seconds: number },
  now: () => Date,
): AttemptLimit {
  const findWindow = (email: string) => {
    const seconds = now().getTime() / 1000;
    const window = Math.floor(seconds / limit.seconds);
    const hash = createHash('sha256').update(email).digest('base64url');
    const endsAt = (window + 1) * limit.seconds;
    return { key: `${purpose}:${hash}:${window}`, endsAt, left: Math.max(1, Math.ceil(endsAt - seconds)) };
  };
  return {
    take: async email => {
      const { key, endsAt, left } = findWindow(email);
      return (await store.count(key, endsAt)) > limit.attempts ? left : undefined;
    },
    forget: email => store.forget(findWindow(email).key),
  };
}
