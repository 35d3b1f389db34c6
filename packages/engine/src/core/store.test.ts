import { afterEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from './clock.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
afterEach(() => store.close());

describe('store', () => {
  test('a transaction that throws leaves no row and no event behind', () => {
    store = openStore(':memory:', new ManualClock());
    const tasks = store.table<{ state: string }>('ecs_tasks');
    expect(() =>
      store.transaction(() => {
        tasks.put('a', { state: 'RUNNING' });
        store.events.append({
          source: 'aws.ecs',
          'detail-type': 'ECS Task State Change',
          resources: [],
          detail: {},
        });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(tasks.get('a')).toBeUndefined();
    expect(store.events.last()).toBe(0);
  });

  test('commits wake listeners once, and equal values wake nobody', () => {
    store = openStore(':memory:', new ManualClock());
    const tasks = store.table<{ state: string }>('ecs_tasks');
    let woken = 0;
    store.onCommit(() => woken++);
    store.transaction(() => {
      tasks.put('a', { state: 'PENDING' });
      tasks.put('b', { state: 'PENDING' });
    });
    tasks.put('a', { state: 'PENDING' });
    expect(woken).toBe(1);
  });

  test('values are listed by prefix, in order of their keys', () => {
    store = openStore(':memory:', new ManualClock());
    const tasks = store.table<number>('ecs_tasks');
    for (const key of ['b/2', 'a/1', 'b/1']) tasks.put(key, Number(key.slice(2)));
    expect(tasks.keys('b/')).toEqual(['b/1', 'b/2']);
    expect(tasks.values()).toEqual([1, 1, 2]);
  });
});
