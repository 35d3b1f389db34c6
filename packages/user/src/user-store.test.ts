import { expect, test } from '@jest/globals';
import { createDynamoUserStore } from './dynamo-user-store.ts';
import { describeStore } from './testing/stores.ts';
import type { User } from './user.ts';
import { createMemoryUserStore } from './user-store.ts';

describeStore(
  'users',
  createMemoryUserStore,
  client => createDynamoUserStore('users', client),
  open => {
    test('finds nobody while it is empty', async () => {
      expect(await open().listNewest(2)).toEqual([]);
      expect(await open().findById('id-1')).toBeUndefined();
      expect(await open().findByEmail('user-1@example.org')).toBeUndefined();
    });

    test('finds a user by id and by address', async () => {
      for (const day of [2, 3, 1]) expect(await open().add(userOfDay(day))).toBe('added');
      expect(await open().findById('id-3')).toEqual(userOfDay(3));
      expect(await open().findByEmail('user-2@example.org')).toEqual(userOfDay(2));
    });

    test('lists the newest first, with what anybody may know and nothing else', async () => {
      const profiles = [3, 2].map(day => {
        const { id, name, registeredAt } = userOfDay(day);
        return { id, name, registeredAt };
      });
      expect(await open().listNewest(2)).toEqual(profiles);
    });

    test('of many who register with one address at the same time one is added', async () => {
      const same = [1, 2, 3, 4, 5].map(day => ({
        ...userOfDay(day),
        id: `rival-${day}`,
        email: 'same@example.org',
      }));
      const outcomes = await Promise.all(same.map(user => open().add(user)));
      expect(outcomes.toSorted()).toEqual(['added', ...Array(4).fill('email-taken')]);
    });

    test('a taken address keeps its first user', async () => {
      expect(await open().add({ ...userOfDay(2), id: 'late' })).toBe('email-taken');
      expect(await open().findById('id-2')).toEqual(userOfDay(2));
      expect(await open().findById('late')).toBeUndefined();
    });

    test('a new name changes nothing else, and nobody is made by it', async () => {
      const renamed = { ...userOfDay(1), name: 'Ada' };
      expect(await open().rename('user-1@example.org', 'Ada')).toEqual(renamed);
      expect(await open().findById('id-1')).toEqual(renamed);
      expect(await open().rename('nobody@example.org', 'Ada')).toBeUndefined();
      expect(await open().findByEmail('nobody@example.org')).toBeUndefined();
    });

    test('a new password begins an epoch, the same one hashed again does not', async () => {
      const replace = (from: string, to: string, newEpoch: boolean) =>
        open().replaceHash('user-2@example.org', { from, to, newEpoch });
      expect(await replace('$argon2id$…', 'second', true)).toEqual({
        ...userOfDay(2),
        passwordHash: 'second',
        epoch: 1,
      });
      expect(await replace('second', 'third', false)).toMatchObject({ passwordHash: 'third', epoch: 1 });
    });

    test('of two who replace the same password at once one does, and the other learns of it', async () => {
      const replace = (to: string) =>
        open().replaceHash('user-2@example.org', { from: 'third', to, newEpoch: true });
      const outcomes = await Promise.all([replace('mine'), replace('yours')]);
      const [winner] = outcomes.filter(user => user !== undefined);
      expect(outcomes).toContain(undefined);
      expect(await open().findByEmail('user-2@example.org')).toEqual(winner);
      expect(winner).toMatchObject({ epoch: 2 });
    });

    test('roles are given and taken, however often, and none of several at once is lost', async () => {
      const set = (role: string, given: boolean) => open().setRole('user-3@example.org', role, given);
      await Promise.all(['writer', 'editor', 'editor'].map(role => set(role, true)));
      expect(await open().findById('id-3')).toEqual({ ...userOfDay(3), roles: ['editor', 'writer'] });
      expect(await set('writer', false)).toMatchObject({ roles: ['editor'] });
      expect(await set('writer', false)).toMatchObject({ roles: ['editor'] });
      expect(await set('editor', false)).toEqual(userOfDay(3));
      expect(await open().setRole('nobody@example.org', 'editor', true)).toBeUndefined();
      expect(await open().findByEmail('nobody@example.org')).toBeUndefined();
    });
  },
);

function userOfDay(day: number): User {
  return {
    id: `id-${day}`,
    email: `user-${day}@example.org`,
    name: `User ${day}`,
    registeredAt: `2030-01-0${day}T00:00:00.000Z`,
    passwordHash: '$argon2id$…',
    roles: [],
    epoch: 0,
  };
}
