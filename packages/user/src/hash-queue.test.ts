import { expect, test } from '@jest/globals';
import { limitHashing } from './hash-queue.ts';
import type { Passwords } from './password.ts';

test('as many as are allowed hash at once, the others wait in order', async () => {
  const { passwords, started, finish } = manualPasswords();
  const limited = limitHashing(passwords, { atOnce: 2, waiting: 2 });
  const results = ['a', 'b', 'c', 'd'].map(password => limited.hash(password));
  expect(started).toEqual(['a', 'b']);
  finish('b');
  await expect(results[1]).resolves.toBe('hash of b');
  expect(started).toEqual(['a', 'b', 'c']);
  for (const password of ['a', 'c']) finish(password);
  await Promise.all([results[0], results[2]]);
  finish('d');
  await expect(results[3]).resolves.toBe('hash of d');
});

test('who comes when the queue is full is told at once, and place is made again', async () => {
  const { passwords, finish } = manualPasswords();
  const limited = limitHashing(passwords, { atOnce: 1, waiting: 1 });
  const [first, second] = [limited.hash('a'), limited.verify('b', 'hash')];
  await expect(limited.hash('c')).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '3' } });
  finish('a');
  await first;
  finish('b');
  await second;
  const third = limited.hash('c');
  finish('c');
  await expect(third).resolves.toBe('hash of c');
});

test('a hash that fails gives its place to the next', async () => {
  const { passwords, finish } = manualPasswords();
  const limited = limitHashing(passwords, { atOnce: 1, waiting: 1 });
  const [first, second] = [limited.hash('a'), limited.hash('b')];
  finish('a', new Error('no memory'));
  await expect(first).rejects.toThrow('no memory');
  finish('b');
  await expect(second).resolves.toBe('hash of b');
});

/** Passwords whose hashes are made when the test says so. */
function manualPasswords() {
  const open = new Map<string, PromiseWithResolvers<void>>();
  const started: string[] = [];
  const begin = async (password: string) => {
    started.push(password);
    open.set(password, Promise.withResolvers<void>());
    await open.get(password)!.promise;
  };
  const passwords: Passwords = {
    hash: async password => {
      await begin(password);
      return `hash of ${password}`;
    },
    verify: async password => {
      await begin(password);
      return 'right';
    },
  };
  const finish = (password: string, error?: Error) =>
    error ? open.get(password)!.reject(error) : open.get(password)!.resolve();
  return { passwords, started, finish };
}
