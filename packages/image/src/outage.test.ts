import { expect, test } from '@jest/globals';
import { type RegistryClient, RegistryFailure } from '@slipway/oci';
import { resolveBase } from './base.ts';
import { overOutage } from './outage.ts';

const away = new RegistryFailure('the registry cannot be reached', 0, []);
const broken = new TypeError('terminated', { cause: Object.assign(new Error(), { code: 'UND_ERR_SOCKET' }) });

/** Fails with each of these in turn, then succeeds. */
const failing = (...errors: Error[]) => {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error) throw error;
    return 'done';
  };
};

test('a registry that is away for a moment is waited for', async () => {
  const attempts: number[] = [];
  const outage = async (attempt: number) => attempts.push(attempt) < 5;
  expect(await overOutage(failing(away, broken, new RegistryFailure('busy', 503, [])), outage)).toBe('done');
  expect(attempts).toEqual([1, 2, 3]);
});

test('a base image whose registry breaks off is asked for again', async () => {
  const client = { host: 'registry', getManifest: failing(away, away) } as unknown as RegistryClient;
  const base = () =>
    resolveBase('registry/node:24', { os: 'linux', architecture: 'arm64' }, async () => client);
  const attempts: number[] = [];
  const resolved = overOutage(base, async attempt => attempts.push(attempt) < 2);
  await expect(resolved).rejects.toThrow('the base image registry/node:24: the registry cannot be reached');
  expect(attempts).toEqual([1, 2]);
});

test('a registry that stays away is told as it is', async () => {
  await expect(overOutage(failing(away, away), async attempt => attempt < 2)).rejects.toBe(away);
});

test.each([new RegistryFailure('no such repository', 404, []), new Error('a bug')])(
  'what no waiting mends is not tried again: %s',
  async error => {
    await expect(overOutage(failing(error), async () => true)).rejects.toBe(error);
  },
);
