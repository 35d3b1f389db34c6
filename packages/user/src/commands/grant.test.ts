import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { openDynamoStores } from '../dynamo-stores.ts';
import { registerUser } from '../user.ts';

const run = promisify(execFile);

/** Runs the command as a process with this environment and nothing else. */
async function grant(args: readonly string[], env: Readonly<Record<string, string>>) {
  const command = ['--no-warnings', `${import.meta.dirname}/grant.ts`, ...args];
  return run(process.execPath, command, { env, timeout: 100_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('the command that gives a role', () => {
  let dynamo: LocalDynamo;
  beforeAll(async () => {
    dynamo = await startLocalDynamo(`${import.meta.dirname}/../..`);
  });
  afterAll(async () => dynamo[Symbol.asyncDispose]());

  test('changes the table of the service and says so without the address', async () => {
    const tables = { users: 'users', sessions: 'sessions', attempts: 'attempts' };
    const { users } = openDynamoStores(tables, dynamo.clientConfig);
    const registration = { email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' };
    await users.add(registerUser(registration, 'hash', 'id-1', new Date(0)));
    expect(await grant(['ada@example.org', 'editor'], dynamo.env)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: 'User id-1 now has: editor. It counts with the next access token, within 15 minutes.\n',
    });
    expect(await users.findByEmail('ada@example.org')).toMatchObject({ roles: ['editor'] });
    expect(await grant(['bob@example.org', 'editor'], dynamo.env)).toMatchObject({ code: 1, stdout: '' });
    expect(await grant(['ada@example.org'], dynamo.env)).toMatchObject({ code: 2, stdout: '' });
  }, 60_000);

  test('says in a sentence that there are no tables, or that they do not answer', async () => {
    const args = ['ada@example.org', 'editor'];
    expect(await grant(args, {})).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^There are no tables.*\n$/),
    });
    const gone = { ...dynamo.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(await grant(args, gone)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The store .*\n$/),
    });
  }, 60_000);
});
