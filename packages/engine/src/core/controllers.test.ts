import { expect, test } from '@jest/globals';
import { ManualClock } from './clock.ts';
import { type Controller, Controllers } from './controllers.ts';
import { openStore } from './store.ts';

function world(controller: Controller, clock: ManualClock, store = openStore(':memory:', clock)) {
  const errors: unknown[] = [];
  const controllers = new Controllers({
    store,
    clock,
    controllers: [controller],
    onError: e => errors.push(e),
  });
  return { store, controllers, errors };
}

test('a step is taken again when something is committed while it runs', async () => {
  const clock = new ManualClock();
  const store = openStore(':memory:', clock);
  const seen: number[] = [];
  const counter = store.table<number>('counter');
  counter.put('n', 0);
  const { controllers } = world(
    {
      name: 'count',
      active: () => ['n'],
      step: async () => {
        const n = counter.get('n')!;
        seen.push(n);
        await Promise.resolve();
        if (n < 3) counter.put('n', n + 1);
      },
    },
    clock,
    store,
  );
  controllers.start();
  await controllers.settled();
  expect(seen.at(-1)).toBe(3);
  await controllers.stop();
});

test('a step that asked for a time is taken at that time, not before', async () => {
  const clock = new ManualClock(0);
  let steps = 0;
  const { controllers } = world(
    { name: 'wait', active: () => ['x'], step: async () => 5000 * ++steps },
    clock,
  );
  controllers.start();
  await controllers.settled();
  clock.advance(4999);
  await controllers.settled();
  expect(steps).toBe(1);
  clock.advance(1);
  await controllers.settled();
  expect(steps).toBe(2);
  await controllers.stop();
});

test('a step that throws is told and tried again', async () => {
  const clock = new ManualClock(0);
  let steps = 0;
  const step = async () => {
    if (steps++ === 0) throw new Error('once');
  };
  const { controllers, errors } = world({ name: 'fails', active: () => ['x'], step }, clock);
  controllers.start();
  await controllers.settled();
  expect(errors).toHaveLength(1);
  clock.advance(1000);
  await controllers.settled();
  expect(steps).toBe(2);
  await controllers.stop();
});

test('keys whose steps take long do not keep each other busy', async () => {
  const clock = new ManualClock(0);
  const store = openStore(':memory:', clock);
  let steps = 0;
  const step = async (key: string) => {
    if (++steps > 100) throw new Error('the steps never end');
    for (let turn = 0; turn < (key === 'slow' ? 7 : 4); turn++) await Promise.resolve();
  };
  const { controllers, errors } = world({ name: 'busy', active: () => ['slow', 'fast'], step }, clock, store);
  controllers.start();
  queueMicrotask(() => store.table<number>('any').put('n', 1));
  await controllers.settled();
  expect(errors).toEqual([]);
  expect(steps).toBeLessThan(8);
  await controllers.stop();
});
