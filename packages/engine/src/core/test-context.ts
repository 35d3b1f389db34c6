import { ManualClock } from './clock.ts';
import type { Context } from './context.ts';
import { countingIds } from './ids.ts';
import { createPace } from './pace.ts';
import { openStore } from './store.ts';

/** What a service of a test gets: time that stands still, counted ids, a store in memory; `given` replaces parts. */
export function openTestContext(given: Partial<Context> = {}): Context {
  const clock = given.clock ?? new ManualClock();
  return {
    store: openStore(':memory:', clock),
    clock,
    pace: createPace(60),
    ids: countingIds(),
    account: '123456789012',
    region: 'ap-northeast-1',
    state: '/nowhere',
    endpoint: () => 'http://127.0.0.1:4566',
    log: () => {},
    ...given,
  };
}
