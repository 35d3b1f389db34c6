import { randomBytes } from 'node:crypto';
import { type Accounts, createAccounts } from '../accounts.ts';
import { limitAttempts } from '../attempt-limit.ts';
import { createMemoryAttemptStore } from '../attempt-store.ts';
import type { Passwords } from '../password.ts';
import { createMemorySessionStore, type SessionStore } from '../session-store.ts';
import { createMemoryUserStore, type UserStore } from '../user-store.ts';

/** Accounts in memory whose clock the test moves. */
export type TestAccounts = Accounts & {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  /** Lets seconds pass. */
  readonly pass: (seconds: number) => void;
};

/** Hashes that cost nothing; those that end in "at old cost" are outdated. */
export const cheapPasswords: Passwords = {
  hash: async password => `hash of ${password}`,
  verify: async (password, hash) => {
    if (hash === `hash of ${password}`) return 'right';
    return hash === `hash of ${password} at old cost` ? 'outdated' : 'wrong';
  },
};

/** Opens accounts without anybody in them. Two attempts with one address are allowed in fifteen minutes. */
export function openTestAccounts(): TestAccounts {
  let at = Date.UTC(2030, 0, 1);
  let ids = 0;
  const now = () => new Date(at);
  const users = createMemoryUserStore();
  const sessions = createMemorySessionStore(now);
  const attempts = createMemoryAttemptStore(now);
  const limit = { attempts: 2, seconds: 900 };
  const accounts = createAccounts({
    ...{ users, sessions, now, random: randomBytes, passwords: cheapPasswords },
    newId: () => `id-${ids++}`,
    issueToken: async ({ id, name, roles }) =>
      `token of ${id}, ${name}, ${roles.join(' and ') || 'no roles'}`,
    limits: {
      signIn: limitAttempts(attempts, 'sign-in', limit, now),
      register: limitAttempts(attempts, 'register', limit, now),
    },
  });
  return {
    ...{ ...accounts, users, sessions },
    pass: seconds => {
      at += 1000 * seconds;
    },
  };
}
