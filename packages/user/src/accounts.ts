import type { IssueToken } from './access-token.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import type { Passwords } from './password.ts';
import {
  judge,
  type Random,
  type RefreshToken,
  readToken,
  rotate,
  startSession,
  writeToken,
} from './session.ts';
import type { SessionStore } from './session-store.ts';
import { type Registration, registerUser, type User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** Somebody who has just shown who they are: what they are handed. */
export type SignedIn = {
  readonly kind: 'signed-in';
  readonly user: User;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Until when the refresh token and its successors count, in epoch seconds. */
  readonly expiresAt: number;
};
export type TooMany = { readonly kind: 'too-many'; readonly retryAfterSeconds: number };

/** What users do with their accounts. Expected refusals are values. */
export type Accounts = {
  readonly register: (
    registration: Registration,
  ) => Promise<{ kind: 'registered'; user: User } | { kind: 'email-taken' } | TooMany>;
  readonly signIn: (credentials: {
    readonly email: string;
    readonly password: string;
  }) => Promise<SignedIn | { kind: 'wrong' } | TooMany>;
  /** Carries a session on. A refresh token that was used before ends it. */
  readonly refresh: (
    refreshToken: string | undefined,
  ) => Promise<SignedIn | { kind: 'over' } | { kind: 'used-again'; userId: string }>;
  /** Ends the session, if the token still leads to one. */
  readonly signOut: (refreshToken: string | undefined) => Promise<void>;
  /** Ends all sessions of the user and begins a new one. */
  readonly changePassword: (
    user: User,
    passwords: { readonly current: string; readonly next: string },
  ) => Promise<SignedIn | { kind: 'wrong' } | { kind: 'changed-meanwhile' } | TooMany>;
};

export type AccountsDeps = {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly passwords: Passwords;
  readonly issueToken: IssueToken;
  /** What may be tried with one address. */
  readonly limits: { readonly signIn: AttemptLimit; readonly register: AttemptLimit };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly random: Random;
};

export function createAccounts(deps: AccountsDeps): Accounts {
  const { users, sessions, passwords, issueToken, limits, now, newId, random } = deps;

  const welcome = async (user: User, token: RefreshToken, expiresAt: number): Promise<SignedIn> => ({
    ...{ kind: 'signed-in', user, expiresAt },
    accessToken: await issueToken(user),
    refreshToken: writeToken(token),
  });
  const begin = async (user: User) => {
    const { session, token } = startSession(user, now(), random);
    await sessions.add(session);
    return welcome(user, token, session.expiresAt);
  };
  /** Counts first and looks then, so that many guesses at once are no more guesses. */
  const check = async (email: string, password: string, find: () => Promise<User | undefined>) => {
    const wait = await limits.signIn.take(email);
    if (wait !== undefined) return tooMany(wait);
    const user = await find();
    const verdict = await passwords.verify(password, user?.passwordHash);
    if (verdict === 'wrong' || user === undefined) return { kind: 'wrong' } as const;
    await limits.signIn.forget(email);
    return { kind: 'right', user, outdated: verdict === 'outdated' } as const;
  };
  const hashAgain = async (user: User, password: string) => {
    const to = await passwords.hash(password);
    return users.replaceHash(user.email, { from: user.passwordHash, to, newEpoch: false });
  };

  return {
    register: async registration => {
      const wait = await limits.register.take(registration.email);
      if (wait !== undefined) return tooMany(wait);
      const hash = await passwords.hash(registration.password);
      const user = registerUser(registration, hash, newId(), now());
      return (await users.add(user)) === 'added' ? { kind: 'registered', user } : { kind: 'email-taken' };
    },
    signIn: async ({ email, password }) => {
      const checked = await check(email, password, () => users.findByEmail(email));
      if (checked.kind !== 'right') return checked;
      if (checked.outdated) await hashAgain(checked.user, password);
      return begin(checked.user);
    },
    refresh: async refreshToken => {
      const token = readToken(refreshToken);
      // Another task may replace the token between our look and our write; then the second look finds it fresh.
      for (let look = 0; token !== undefined && look < 2; look++) {
        const session = await sessions.find(token.sessionId);
        const user = session && (await users.findByEmail(session.email));
        if (session === undefined || user?.epoch !== session.epoch) break;
        const verdict = judge(session, token, now());
        if (verdict.kind === 'over') break;
        if (verdict.kind === 'fresh') return welcome(user, verdict.token, session.expiresAt);
        if (verdict.kind === 'used-again') {
          await sessions.remove(session.id);
          return { kind: 'used-again', userId: user.id };
        }
        const { rotation, successor } = rotate(token, now(), random);
        if (await sessions.rotate(session.id, session.currentHash, rotation)) {
          return welcome(user, successor, session.expiresAt);
        }
      }
      return { kind: 'over' };
    },
    signOut: async refreshToken => {
      const token = readToken(refreshToken);
      const session = token && (await sessions.find(token.sessionId));
      if (session !== undefined) await sessions.remove(session.id);
    },
    changePassword: async (user, { current, next }) => {
      const checked = await check(user.email, current, async () => user);
      if (checked.kind !== 'right') return checked;
      const to = await passwords.hash(next);
      const changed = await users.replaceHash(user.email, { from: user.passwordHash, to, newEpoch: true });
      return changed === undefined ? { kind: 'changed-meanwhile' } : begin(changed);
    },
  };
}

function tooMany(retryAfterSeconds: number): TooMany {
  return { kind: 'too-many', retryAfterSeconds };
}
