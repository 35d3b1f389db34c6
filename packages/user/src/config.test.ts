import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';

const tables = { TABLE_USERS: 'users', TABLE_SESSIONS: 'sessions', TABLE_ATTEMPTS: 'attempts' };
const [secret, other] = ['s'.repeat(48), 'o'.repeat(48)];

describe('the configuration', () => {
  test('needs nothing for the inner loop', () => {
    expect(readConfig({})).toMatchObject({
      ...{ tables: undefined, signingSecrets: undefined, cookieName: 'slipway-refresh-local' },
    });
  });

  test('takes what a task is given', () => {
    const given = {
      ...tables,
      SIGNING_KEY: secret,
      SIGNING_KEY_OTHER: other,
      SLIPWAY_ENVIRONMENT: 'staging',
    };
    expect(readConfig(given)).toMatchObject({
      tables: { users: 'users', sessions: 'sessions', attempts: 'attempts' },
      signingSecrets: [secret, other],
      cookieName: 'slipway-refresh-staging',
    });
  });

  test('takes what stands for a secret while the image is tested for none', () => {
    const given = { SIGNING_KEY: 'not-the-secret', SIGNING_KEY_OTHER: 'not-the-secret' };
    expect(readConfig(given).signingSecrets).toBeUndefined();
  });

  test.each([
    ['one table without the others', { TABLE_USERS: 'users' }, /TABLE_USERS, TABLE_SESSIONS, TABLE_ATTEMPTS/],
    ['a secret that can be guessed', { SIGNING_KEY: 'hunter2' }, /SIGNING_KEY must have at least 32/],
    ['only the key that does not sign', { SIGNING_KEY_OTHER: other }, /without SIGNING_KEY/],
    ['an environment that is no word', { SLIPWAY_ENVIRONMENT: 'a; Path=/' }, /SLIPWAY_ENVIRONMENT/],
  ])('refuses %s in one sentence that tells no secret', (_, env, message) => {
    expect(() => readConfig(env)).toThrow(message);
    expect(() => readConfig(env)).not.toThrow(/hunter2|ooo/);
  });
});
