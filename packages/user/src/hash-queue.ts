import { Problem } from '@slipway/service-kit';
import type { Passwords } from './password.ts';

/**
 * Bounds the hashes that are made at once, each of which takes 19 MiB and a processor, and those that wait for
 * one. Throws Problem 503 where both are used up.
 */
export function limitHashing(
  passwords: Passwords,
  { atOnce, waiting }: { atOnce: number; waiting: number },
): Passwords {
  const queue: (() => void)[] = [];
  let free = atOnce;
  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1;
    else if (queue.length >= waiting) throw busy();
    else await new Promise<void>(resolve => queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
  return {
    hash: password => inTurn(() => passwords.hash(password)),
    verify: (password, hash) => inTurn(() => passwords.verify(password, hash)),
  };
}

function busy(): Problem {
  return new Problem(503, 'Too many passwords are being checked: try again in a few seconds.', {
    headers: { 'Retry-After': '3' },
  });
}
