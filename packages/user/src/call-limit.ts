import type { Limit } from '@slipway/service-kit';

/** Addresses that are counted at once, which bounds the memory: the first of them is forgotten for one more. */
const maxAddresses = 50_000;

/** Counts calls from each network address in this task's memory: a window begins with the first call in it. */
export function limitCalls(limit: { calls: number; seconds: number }, now: () => Date): Limit {
  const windows = new Map<string, { calls: number; endsAt: number }>();
  const sweep = (at: number) => {
    for (const [key, { endsAt }] of windows) {
      // They lie in the order in which they end.
      if (endsAt > at && windows.size < maxAddresses) break;
      windows.delete(key);
    }
  };
  return {
    limiter: {
      points: limit.calls,
      duration: limit.seconds,
      consume: async key => {
        const at = now().getTime();
        sweep(at);
        const window = windows.get(key) ?? { calls: 0, endsAt: at + 1000 * limit.seconds };
        windows.set(key, window);
        window.calls += 1;
        const state = { remainingPoints: limit.calls - window.calls, msBeforeNext: window.endsAt - at };
        if (state.remainingPoints >= 0) return state;
        throw state;
      },
    },
  };
}
