import type { IncomingMessage } from 'node:http';
import { accessTokens, type Limit, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { Accounts, SignedIn, TooMany } from './accounts.ts';
import type { RefreshCookie } from './cookie.ts';
import { emailSchema } from './email.ts';
import { passwordSchema } from './password.ts';
import { accountSchema, toAccount } from './user.ts';

/** What somebody is answered who has shown who they are; the refresh token is in the cookie. */
export const sessionSchema = z
  .strictObject({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds until the access token ends.'),
    user: accountSchema,
  })
  .meta({ id: 'Session' });

const credentialsSchema = z
  .strictObject({ email: emailSchema, password: passwordSchema })
  .meta({ id: 'Credentials' });

export type SessionRouteDeps = {
  readonly accounts: Accounts;
  readonly cookie: RefreshCookie;
  readonly now: () => Date;
  /** Sign-ins from one address. */
  readonly signInLimit: Limit;
};

/** Sign-in, refresh and sign-out. The kit refuses them to pages of other origins. */
export function sessionRoutes({ accounts, cookie, now, signInLimit }: SessionRouteDeps): Route[] {
  const clearing = (request: IncomingMessage) => ({ 'Set-Cookie': cookie.write(request, '', 0) });
  return [
    route({
      ...{ method: 'post', path: '/sessions', limit: signInLimit },
      summary: 'Sign in',
      description:
        'After ten wrong passwords for one address nobody signs in with it until a quarter of an hour is over.',
      body: credentialsSchema,
      answers: {
        201: { description: 'The access token; the refresh token is in a cookie', schema: sessionSchema },
        401: { description: 'There is no such user with this password' },
        429: { description: 'There were too many attempts' },
        503: { description: 'Passwords cannot be checked at the moment' },
      },
      handle: async ({ body, request }) => {
        const outcome = await accounts.signIn(body);
        if (outcome.kind === 'too-many') throw refuseAttempt(outcome);
        if (outcome.kind === 'wrong') throw new Problem(401, 'The e-mail address or the password is wrong.');
        return { status: 201, ...admit(outcome, request, cookie, now()) };
      },
    }),
    route({
      ...{ method: 'post', path: '/sessions/refresh' },
      summary: 'Get a new access token by the cookie',
      description:
        'The refresh token is replaced. The replaced one leads to the same successor for ten seconds, for two tabs that ask at once; used again later it ends the session.',
      answers: {
        200: {
          description: 'The access token; the next refresh token is in a cookie',
          schema: sessionSchema,
        },
        401: { description: 'Nobody is signed in' },
        503: { description: 'The store does not answer' },
      },
      handle: async ({ request, log }) => {
        const outcome = await accounts.refresh(cookie.read(request));
        if (outcome.kind === 'signed-in') return { status: 200, ...admit(outcome, request, cookie, now()) };
        if (outcome.kind === 'used-again') {
          log.warn({ user: outcome.userId }, 'a refresh token was used again, its session is over');
        }
        throw new Problem(401, 'Nobody is signed in: sign in first.', { headers: clearing(request) });
      },
    }),
    route({
      ...{ method: 'delete', path: '/sessions' },
      summary: 'Sign out',
      description: 'Access tokens that were given out count until they end.',
      answers: {
        204: { description: 'Nobody is signed in any more' },
        503: { description: 'The store does not answer' },
      },
      handle: async ({ request }) => {
        await accounts.signOut(cookie.read(request));
        return { status: 204, headers: clearing(request) };
      },
    }),
  ];
}

/** Returns what hands the tokens over. */
export function admit(signedIn: SignedIn, request: IncomingMessage, cookie: RefreshCookie, now: Date) {
  const { user, accessToken, refreshToken, expiresAt } = signedIn;
  const seconds = Math.max(0, expiresAt - Math.floor(now.getTime() / 1000));
  return {
    headers: { 'Cache-Control': 'no-store', 'Set-Cookie': cookie.write(request, refreshToken, seconds) },
    body: {
      accessToken,
      tokenType: 'Bearer',
      expiresIn: accessTokens.lifetimeSeconds,
      user: toAccount(user),
    },
  } as const;
}

export function refuseAttempt({ retryAfterSeconds }: TooMany): Problem {
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return new Problem(429, `There were too many attempts with this address: wait ${minutes} min.`, {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}
