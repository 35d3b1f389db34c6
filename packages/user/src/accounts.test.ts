import { describe, expect, test } from '@jest/globals';
import type { SignedIn } from './accounts.ts';
import { openTestAccounts, type TestAccounts } from './testing/accounts.ts';

const ada = { email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' };

async function openWithAda() {
  const accounts = openTestAccounts();
  const registered = await accounts.register(ada);
  if (registered.kind !== 'registered') throw new Error(registered.kind);
  return { accounts, user: registered.user };
}

async function signIn(accounts: TestAccounts, password = ada.password): Promise<SignedIn> {
  const answer = await accounts.signIn({ ...ada, password });
  if (answer.kind !== 'signed-in') throw new Error(answer.kind);
  return answer;
}

describe('somebody who registers', () => {
  test('may sign in, and is told apart from nobody by anything else', async () => {
    const { accounts, user } = await openWithAda();
    expect(await signIn(accounts)).toMatchObject({ user, accessToken: 'token of id-0, Ada, no roles' });
    expect(await accounts.signIn({ ...ada, password: 'wrong' })).toEqual({ kind: 'wrong' });
    expect(await accounts.signIn({ ...ada, email: 'bob@example.org' })).toEqual({ kind: 'wrong' });
  });

  test('with a taken address changes nothing', async () => {
    const { accounts, user } = await openWithAda();
    expect(await accounts.register({ ...ada, password: 'another password' })).toEqual({
      kind: 'email-taken',
    });
    expect((await signIn(accounts)).user).toEqual(user);
  });

  test('with one address over and over is told to wait', async () => {
    const { accounts } = await openWithAda();
    await accounts.register(ada);
    expect(await accounts.register(ada)).toEqual({ kind: 'too-many', retryAfterSeconds: 900 });
  });
});

describe('guessing', () => {
  test('ends after a few tries, for registered and unknown addresses alike, even with the right password', async () => {
    const { accounts } = await openWithAda();
    for (const email of [ada.email, 'bob@example.org']) {
      for (let tries = 0; tries < 2; tries++) {
        expect(await accounts.signIn({ email, password: 'wrong' })).toEqual({ kind: 'wrong' });
      }
      expect(await accounts.signIn({ ...ada, email })).toMatchObject({ kind: 'too-many' });
    }
    accounts.pass(900);
    await signIn(accounts);
  });

  test('counts no success', async () => {
    const { accounts } = await openWithAda();
    for (let tries = 0; tries < 5; tries++) await signIn(accounts);
  });

  test('the current password on a stolen screen is guessing, too', async () => {
    const { accounts, user } = await openWithAda();
    const guess = () => accounts.changePassword(user, { current: 'guess', next: 'new password' });
    expect([await guess(), await guess()]).toEqual([{ kind: 'wrong' }, { kind: 'wrong' }]);
    expect(await guess()).toMatchObject({ kind: 'too-many' });
  });
});

test('a password that was hashed at another cost is hashed again, and sessions go on', async () => {
  const { accounts, user } = await openWithAda();
  const before = await signIn(accounts);
  const to = `${user.passwordHash} at old cost`;
  await accounts.users.replaceHash(ada.email, { from: user.passwordHash, to, newEpoch: false });
  await signIn(accounts);
  expect(await accounts.users.findByEmail(ada.email)).toMatchObject({ passwordHash: user.passwordHash });
  expect(await accounts.refresh(before.refreshToken)).toMatchObject({ kind: 'signed-in' });
});

describe('a session', () => {
  const refresh = async (accounts: TestAccounts, refreshToken: string) => {
    const answer = await accounts.refresh(refreshToken);
    if (answer.kind !== 'signed-in') throw new Error(answer.kind);
    return answer.refreshToken;
  };

  test('is carried on from token to token, with what the user is by then', async () => {
    const { accounts } = await openWithAda();
    let { refreshToken } = await signIn(accounts);
    await accounts.users.setRole(ada.email, 'editor', true);
    await accounts.users.rename(ada.email, 'Ada L.');
    for (let times = 0; times < 3; times++) {
      accounts.pass(60);
      const next = await accounts.refresh(refreshToken);
      if (next.kind !== 'signed-in') throw new Error(next.kind);
      expect(next.accessToken).toBe('token of id-0, Ada L., editor');
      expect(next.refreshToken).not.toBe(refreshToken);
      ({ refreshToken } = next);
    }
  });

  test('gives two tabs that ask at once the same token', async () => {
    const { accounts } = await openWithAda();
    const { refreshToken } = await signIn(accounts);
    const tokens = await Promise.all([1, 2, 3].map(() => refresh(accounts, refreshToken)));
    expect(new Set(tokens).size).toBe(1);
    accounts.pass(60);
    await refresh(accounts, tokens[0]!);
  });

  test('gives both the same token, too, when another task is faster between look and write', async () => {
    const { accounts } = await openWithAda();
    const { refreshToken } = await signIn(accounts);
    const find = accounts.sessions.find;
    let other: Promise<string> | undefined;
    const slow = Object.assign(accounts.sessions, {
      find: async (id: string) => {
        const session = await find(id);
        slow.find = find;
        other ??= refresh(accounts, refreshToken);
        await other;
        return session;
      },
    });
    expect(await refresh(accounts, refreshToken)).toBe(await other);
  });

  test('ends for everybody when a token is used again', async () => {
    const { accounts, user } = await openWithAda();
    const { refreshToken: stolen } = await signIn(accounts);
    const current = await refresh(accounts, stolen);
    accounts.pass(60);
    expect(await accounts.refresh(stolen)).toEqual({ kind: 'used-again', userId: user.id });
    expect(await accounts.refresh(current)).toEqual({ kind: 'over' });
    expect(await accounts.refresh(stolen)).toEqual({ kind: 'over' });
  });

  test('ends with the sign-out, and no other does', async () => {
    const { accounts } = await openWithAda();
    const [phone, laptop] = [await signIn(accounts), await signIn(accounts)];
    await accounts.signOut(phone.refreshToken);
    await accounts.signOut(phone.refreshToken);
    await accounts.signOut('nonsense');
    await accounts.signOut(undefined);
    expect(await accounts.refresh(phone.refreshToken)).toEqual({ kind: 'over' });
    await refresh(accounts, laptop.refreshToken);
  });

  test('ends after thirty days', async () => {
    const { accounts } = await openWithAda();
    const { refreshToken } = await signIn(accounts);
    accounts.pass(29 * 86_400);
    const last = await refresh(accounts, refreshToken);
    accounts.pass(86_400);
    expect(await accounts.refresh(last)).toEqual({ kind: 'over' });
  });

  test.each([undefined, '', 'nonsense', `${'a'.repeat(22)}.${'b'.repeat(43)}`])(
    'is none with the token %j',
    async token => expect(await openTestAccounts().refresh(token)).toEqual({ kind: 'over' }),
  );
});

describe('a new password', () => {
  const next = 'another good password';

  test('ends all sessions but the one that it begins', async () => {
    const { accounts, user } = await openWithAda();
    const others = [await signIn(accounts), await signIn(accounts)];
    const changed = await accounts.changePassword(user, { current: ada.password, next });
    if (changed.kind !== 'signed-in') throw new Error(changed.kind);
    for (const { refreshToken } of others) {
      expect(await accounts.refresh(refreshToken)).toEqual({ kind: 'over' });
    }
    expect(await accounts.refresh(changed.refreshToken)).toMatchObject({ kind: 'signed-in' });
    expect(await accounts.signIn(ada)).toEqual({ kind: 'wrong' });
    await signIn(accounts, next);
  });

  test('ends a session, too, that began by the old one while it was made', async () => {
    const { accounts, user } = await openWithAda();
    const add = accounts.sessions.add;
    Object.assign(accounts.sessions, {
      add: async (session: Parameters<typeof add>[0]) => {
        Object.assign(accounts.sessions, { add });
        await accounts.changePassword(user, { current: ada.password, next });
        await add(session);
      },
    });
    const late = await signIn(accounts);
    expect(await accounts.refresh(late.refreshToken)).toEqual({ kind: 'over' });
  });

  test('of two at once counts; the other one is told', async () => {
    const { accounts, user } = await openWithAda();
    const change = (wanted: string) => accounts.changePassword(user, { current: ada.password, next: wanted });
    const outcomes = await Promise.all([change(next), change('a third password')]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['changed-meanwhile', 'signed-in']);
  });
});
