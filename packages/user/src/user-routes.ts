import { type Caller, type Limit, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { Accounts } from './accounts.ts';
import type { RefreshCookie } from './cookie.ts';
import { newPasswordSchema, passwordSchema } from './password.ts';
import { admit, refuseAttempt, sessionSchema } from './session-routes.ts';
import {
  accountSchema,
  changeSchema,
  profileSchema,
  registrationSchema,
  toAccount,
  toProfile,
  type User,
} from './user.ts';
import type { UserStore } from './user-store.ts';

export type UserRouteDeps = {
  readonly users: UserStore;
  readonly accounts: Accounts;
  readonly cookie: RefreshCookie;
  readonly now: () => Date;
  /** Registrations from one address. */
  readonly registerLimit: Limit;
};

/** An address has no business in the cache of a browser that others use, too. */
const notKept = { headers: { 'Cache-Control': 'no-store' } } as const;
const unavailable = { 503: { description: 'The store does not answer' } } as const;

/** Registration, profiles and what users change of themselves. */
export function userRoutes({ users, accounts, cookie, now, registerLimit }: UserRouteDeps): Route[] {
  /** Nobody is ever removed, so a good token's user is only not to be found yet. */
  const findSelf = async ({ id }: Caller): Promise<User> => {
    const user = await users.findById(id);
    if (user !== undefined) return user;
    throw new Problem(503, 'Your account cannot be found yet: try again in a second.', {
      headers: { 'Retry-After': '1' },
    });
  };
  return [
    route({
      ...{ method: 'post', path: '/', limit: registerLimit },
      summary: 'Register',
      body: registrationSchema,
      answers: {
        201: { description: 'The profile, which anybody may read', schema: profileSchema },
        409: { description: 'The e-mail address is taken' },
        ...unavailable,
      },
      handle: async ({ body }) => {
        const outcome = await accounts.register(body);
        if (outcome.kind === 'too-many') throw refuseAttempt(outcome);
        if (outcome.kind === 'email-taken') throw new Problem(409, 'This e-mail address is taken.');
        const { user } = outcome;
        return { status: 201, body: toProfile(user), headers: { Location: `/users/${user.id}` } };
      },
    }),
    route({
      ...{ method: 'get', path: '/me', caller: 'required' },
      summary: 'Read your account',
      answers: { 200: { description: 'Your account', schema: accountSchema } },
      handle: async ({ caller }) => ({ ...notKept, status: 200, body: toAccount(await findSelf(caller)) }),
    }),
    route({
      ...{ method: 'patch', path: '/me', caller: 'required' },
      summary: 'Change your name',
      body: changeSchema,
      answers: { 200: { description: 'Your account', schema: accountSchema } },
      handle: async ({ body, caller }) => {
        const { email } = await findSelf(caller);
        const changed = await users.rename(email, body.name);
        if (changed === undefined) throw new Problem(404, 'There is no such user.');
        return { ...notKept, status: 200, body: toAccount(changed) };
      },
    }),
    route({
      ...{ method: 'put', path: '/me/password', caller: 'required' },
      summary: 'Change your password',
      description: 'Ends all your sessions and begins a new one here.',
      body: z
        .strictObject({ current: passwordSchema, next: newPasswordSchema })
        .meta({ id: 'PasswordChange' }),
      answers: {
        200: { description: 'The access token; the refresh token is in a cookie', schema: sessionSchema },
        403: { description: 'The current password is wrong' },
        409: { description: 'The password was changed at the same time' },
        429: { description: 'There were too many attempts' },
      },
      handle: async ({ body, caller, request }) => {
        const outcome = await accounts.changePassword(await findSelf(caller), body);
        if (outcome.kind === 'too-many') throw refuseAttempt(outcome);
        if (outcome.kind === 'wrong') throw new Problem(403, 'The current password is wrong.');
        if (outcome.kind === 'changed-meanwhile') {
          throw new Problem(409, 'The password was changed at the same time: sign in again.');
        }
        return { status: 200, ...admit(outcome, request, cookie, now()) };
      },
    }),
    route({
      ...{ method: 'get', path: '/:id' },
      summary: 'Read a profile',
      description: 'A new user may take a moment until the profile is found.',
      params: z.strictObject({ id: z.uuid() }),
      answers: { 200: { description: 'The profile', schema: profileSchema }, ...unavailable },
      handle: async ({ params }) => {
        const user = await users.findById(params.id);
        if (user === undefined) throw new Problem(404, 'There is no such user.');
        return { status: 200, body: toProfile(user) };
      },
    }),
  ];
}
