import { describe, expect, test } from '@jest/globals';
import { readServiceConfig, readTableName } from './config.ts';

describe('the configuration', () => {
  test('without variables a service listens as a container must', () => {
    expect(readServiceConfig({})).toMatchObject({ host: '0.0.0.0', port: 3000, development: false });
  });

  test('an empty variable is one that is not set', () => {
    expect(readServiceConfig({ HOST: '', PORT: ' ' })).toMatchObject({ host: '0.0.0.0', port: 3000 });
    expect(readTableName({ TABLE_USERS: '' }, 'TABLE_USERS')).toBeUndefined();
  });

  test('the drain is over before ECS loses its patience', () => {
    expect(readServiceConfig({}).drainLimitMs).toBeLessThan(30_000);
  });

  test.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, but it is "http".'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535, but it is "65536".'],
    [{ PORT: '-1' }, 'PORT must be a whole number from 0 to 65535, but it is "-1".'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, but it is "loud".',
    ],
  ])('%j is refused in one sentence', (env, sentence) => {
    expect(() => readServiceConfig(env)).toThrow(sentence);
  });

  test('a table must have a name that DynamoDB knows', () => {
    const env = { TABLE_USERS: 'a table' };
    expect(() => readTableName(env, 'TABLE_USERS')).toThrow('but it is "a table".');
  });
});
