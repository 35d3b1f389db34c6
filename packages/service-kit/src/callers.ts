import type { IncomingMessage } from 'node:http';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import * as z from 'zod';
import { accessTokens, type Caller } from './caller.ts';
import { Problem } from './problem.ts';
import type { CallerRule } from './route.ts';
import { fetchSigningKeys, type SigningKeys } from './signing-keys.ts';
import type { World } from './world.ts';

/** Tells who calls. */
export type Callers = {
  /**
   * Returns the caller, or nobody where a request has no token. Throws Problem: 401 for a token that is not good,
   * 503 with Retry-After while the keys to check it with cannot be had.
   */
  readonly identify: (request: IncomingMessage) => Promise<Caller | undefined>;
};

/**
 * Callers by the access tokens of the user service at `userUrl`, which is asked for its public keys when the first
 * token comes. Without an address nobody can be identified: what needs a caller answers 503.
 */
export function createCallers(userUrl: string | undefined, world: Pick<World, 'fetch' | 'now'>): Callers {
  const keys = userUrl === undefined ? noKeys : fetchSigningKeys(`${userUrl}/.well-known/jwks.json`, world);
  return createCallersByKeys(keys, world.now);
}

/** Callers by keys that are at hand, as in the user service itself. */
export function createCallersByKeys(keys: SigningKeys, now: () => Date): Callers {
  return {
    identify: async request => {
      const token = readToken(request.headers.authorization);
      return token === undefined ? undefined : verify(token, keys, now);
    },
  };
}

/** Returns the caller if the rule lets it pass. Throws Problem: 401, 403 and what identifying throws. */
export async function admit(
  request: IncomingMessage,
  rule: CallerRule,
  callers: Callers,
): Promise<Caller | undefined> {
  const caller = await callers.identify(request).catch(error => {
    if (rule === 'optional' && error instanceof Problem && error.status === 503) return undefined;
    throw error;
  });
  if (rule === 'optional') return caller;
  if (caller === undefined) throw refuse('Sign in and send the access token as a bearer token.');
  if (rule !== 'required' && !caller.roles.includes(rule.role)) {
    throw new Problem(403, `Only somebody with the role ${rule.role} may do this.`, {
      headers: { 'WWW-Authenticate': 'Bearer realm="slipway", error="insufficient_scope"' },
    });
  }
  return caller;
}

const noKeys: SigningKeys = async () => {
  throw new Error('SERVICE_USER_URL is not set');
};

function readToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(header)?.[1];
  if (token === undefined) throw refuseToken('The Authorization header holds no bearer token.');
  return token;
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(100),
  name: z.string().max(200),
  roles: z.array(z.string().max(50)).max(50),
});

async function verify(token: string, keys: SigningKeys, now: () => Date): Promise<Caller> {
  const payload = await readPayload(token, keys, now);
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw refuseToken('The access token lacks what it must say.');
  const { sub, name, roles } = claims.data;
  return { id: sub, name, roles };
}

async function readPayload(token: string, keys: SigningKeys, now: () => Date): Promise<JWTPayload> {
  const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
  const check = (known: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(known), {
      issuer: accessTokens.issuer,
      audience: accessTokens.audience,
      algorithms: [accessTokens.algorithm],
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: 5,
      currentDate: now(),
    });
  const known = await obtain(keys);
  try {
    return (await check(known)).payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw describeFault(error);
  }
  const renewed = await obtain(keys, { unknownKey: true });
  return check(renewed).then(
    ({ payload }) => payload,
    error => {
      throw error instanceof errors.JOSEError ? describeFault(error) : error;
    },
  );
}

async function obtain(keys: SigningKeys, unknownKey?: { unknownKey: boolean }): Promise<JSONWebKeySet> {
  try {
    return await keys(unknownKey);
  } catch (cause) {
    throw new Problem(503, 'Who you are cannot be checked at the moment: try again soon.', {
      headers: { 'Retry-After': '5' },
      cause,
    });
  }
}

function describeFault(cause: Error & { code: string }): Problem {
  return refuseToken(
    cause.code === 'ERR_JWT_EXPIRED' ? 'The access token has expired.' : 'The access token is not good.',
    cause,
  );
}

function refuseToken(detail: string, cause?: unknown): Problem {
  return refuse(detail, `, error="invalid_token", error_description="${detail}"`, cause);
}

function refuse(detail: string, parameters = '', cause?: unknown): Problem {
  return new Problem(401, detail, {
    headers: { 'WWW-Authenticate': `Bearer realm="slipway"${parameters}` },
    cause,
  });
}
