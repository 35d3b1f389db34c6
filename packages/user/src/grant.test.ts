import { describe, expect, test } from '@jest/globals';
import { grantRole } from './grant.ts';
import { openTestAccounts } from './testing/accounts.ts';

async function openWithAda() {
  const accounts = openTestAccounts();
  await accounts.register({ email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' });
  return accounts;
}

describe('a role', () => {
  test('is given to and taken from whoever has the address, and counts with the next token', async () => {
    const accounts = await openWithAda();
    const session = await accounts.signIn({ email: 'ada@example.org', password: 'correct horse battery' });
    if (session.kind !== 'signed-in') throw new Error(session.kind);
    expect(await grantRole(['Ada@example.org', 'editor'], accounts.users)).toMatchObject({
      code: 0,
      text: expect.stringContaining('User id-0 now has: editor.'),
    });
    expect(await accounts.refresh(session.refreshToken)).toMatchObject({
      accessToken: expect.stringContaining('editor'),
    });
    expect(await grantRole(['--revoke', 'ada@example.org', 'editor'], accounts.users)).toMatchObject({
      code: 0,
      text: expect.stringContaining('no roles'),
    });
    expect(await accounts.users.findByEmail('ada@example.org')).toMatchObject({ roles: [] });
  });

  test.each([
    [[], 2, 'the e-mail address is missing'],
    [['ada@example.org'], 2, 'Say which role: editor.'],
    [['ada', 'editor'], 2, 'is no e-mail address'],
    [['ada@example.org', 'emperor'], 2, 'There is no role "emperor": there are editor.'],
    [['ada@example.org', '__proto__'], 2, 'There is no role'],
    [['ada@example.org', 'editor', 'author'], 2, 'too many words'],
    [['ada@example.org', 'editor', '--force'], 2, 'There is no option --force.'],
    [['bob@example.org', 'editor'], 1, 'Nobody is registered'],
  ])('is not given by %j, and one sentence says why', async (args, code, text) => {
    const { users } = await openWithAda();
    const outcome = await grantRole(args, users);
    expect(outcome).toEqual({ code, text: expect.stringContaining(text) });
    expect(outcome.text).not.toMatch(/(ada|bob)@example\.org/);
    expect(await users.findByEmail('ada@example.org')).toMatchObject({ roles: [] });
  });
});
