import { createCallersByKeys, createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { createTokenIssuer } from './access-token.ts';
import { createAccounts } from './accounts.ts';
import { limitAttempts } from './attempt-limit.ts';
import { limitCalls } from './call-limit.ts';
import { createRefreshCookie } from './cookie.ts';
import { keyRoutes } from './key-routes.ts';
import { showUsers } from './page.ts';
import type { Passwords } from './password.ts';
import type { Random } from './session.ts';
import { sessionRoutes } from './session-routes.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Stores } from './stores.ts';
import { userRoutes } from './user-routes.ts';

export type AppDeps = Kit & {
  readonly stores: Stores;
  readonly passwords: Passwords;
  readonly keys: SigningKeys;
  readonly cookieName: string;
  readonly random: Random;
};

const usersOnPage = 10;
/** With one e-mail address, in all tasks together. */
const wrongPasswords = { attempts: 10, seconds: 15 * 60 };
const registrations = { attempts: 5, seconds: 60 * 60 };
/** From one network address, in each task: many people may share one. */
const signInsFromAddress = { calls: 60, seconds: 5 * 60 };
const registrationsFromAddress = { calls: 20, seconds: 10 * 60 };

/** Returns the user service; it does not listen. */
export function createApp(deps: AppDeps): Express {
  const { stores, keys, now } = deps;
  const { users, attempts } = stores;
  const accounts = createAccounts({
    ...deps,
    ...stores,
    issueToken: createTokenIssuer(keys, now),
    limits: {
      signIn: limitAttempts(attempts, 'sign-in', wrongPasswords, now),
      register: limitAttempts(attempts, 'register', registrations, now),
    },
  });
  const cookie = createRefreshCookie(deps.cookieName);
  const published = { keys: keys.map(({ publicJwk }) => ({ ...publicJwk })) };
  return createService(deps, {
    path: '/users',
    title: 'Users',
    callers: createCallersByKeys(async () => published, now),
    ready: stores.ready,
    routes: [
      ...keyRoutes(keys),
      ...sessionRoutes({ accounts, cookie, now, signInLimit: limitCalls(signInsFromAddress, now) }),
      ...userRoutes({
        users,
        accounts,
        cookie,
        now,
        registerLimit: limitCalls(registrationsFromAddress, now),
      }),
    ],
    page: async ({ language }) => showUsers(await users.listNewest(usersOnPage), language),
  });
}
