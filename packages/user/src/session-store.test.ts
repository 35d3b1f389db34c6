import { expect, test } from '@jest/globals';
import { createDynamoSessionStore } from './dynamo-session-store.ts';
import type { Session } from './session.ts';
import { createMemorySessionStore } from './session-store.ts';
import { describeStore } from './testing/stores.ts';

const session: Session = {
  ...{ id: 'session-1', userId: 'id-1', email: 'ada@example.org', epoch: 0 },
  ...{ currentHash: 'first', expiresAt: 2_000_000_000 },
};
const rotation = (to: string) => ({
  currentHash: to,
  previous: { hash: 'first', nonce: `nonce of ${to}`, replacedAtMs: 1_900_000_000_000 },
});

describeStore(
  'sessions',
  () => createMemorySessionStore(() => new Date(0)),
  client => createDynamoSessionStore('sessions', client),
  open => {
    test('finds what was added and nothing else', async () => {
      await open().add(session);
      expect(await open().find('session-1')).toEqual(session);
      expect(await open().find('session-2')).toBeUndefined();
    });

    test('of several who replace the same token at once one does', async () => {
      const rivals = ['a', 'b', 'c'];
      const outcomes = await Promise.all(rivals.map(to => open().rotate('session-1', 'first', rotation(to))));
      expect(outcomes.toSorted()).toEqual([false, false, true]);
      const winner = rivals[outcomes.indexOf(true)]!;
      expect(await open().find('session-1')).toEqual({ ...session, ...rotation(winner) });
    });

    test('a session that has ended is not there and does not come back by a rotation', async () => {
      await open().remove('session-1');
      await open().remove('session-1');
      expect(await open().rotate('session-1', 'first', rotation('late'))).toBe(false);
      expect(await open().find('session-1')).toBeUndefined();
    });
  },
);

test('the memory store lets go of what has expired', async () => {
  let now = new Date(0);
  const store = createMemorySessionStore(() => now);
  await store.add({ ...session, expiresAt: 10 });
  now = new Date(10_000);
  await store.add({ ...session, id: 'session-2', expiresAt: 20 });
  expect(await store.find('session-1')).toBeUndefined();
  expect(await store.find('session-2')).toBeDefined();
});
