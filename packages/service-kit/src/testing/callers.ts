import type { JSONWebKeySet } from 'jose';
import { accessTokens, type Caller } from '../caller.ts';
import { type Callers, createCallersByKeys } from '../callers.ts';

/** Callers that know the tokens which a test makes. */
export type TestCallers = {
  readonly callers: Callers;
  /** The public keys, as user publishes them. */
  readonly keys: JSONWebKeySet;
  /** Returns an access token that is good from the moment that the clock shows for 15 minutes, or as many seconds. */
  readonly tokenOf: (caller: Partial<Caller>, lifetimeSeconds?: number) => Promise<string>;
  /** Returns the value of an Authorization header. */
  readonly bearerOf: (caller: Partial<Caller>) => Promise<string>;
};

/** Makes a key and callers that trust it. Give it the clock of the kit that the app is given. */
export async function testCallers(
  { now }: { now: () => Date } = { now: () => new Date() },
): Promise<TestCallers> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } = await import('jose');
  const { publicKey, privateKey } = await generateKeyPair(accessTokens.algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const keys = { keys: [{ ...jwk, kid, alg: accessTokens.algorithm, use: 'sig' }] };

  const tokenOf: TestCallers['tokenOf'] = (caller, lifetimeSeconds = accessTokens.lifetimeSeconds) => {
    const { id = 'user-1', name = 'Ada', roles = [] } = caller;
    const issuedAt = Math.floor(now().getTime() / 1000);
    return new SignJWT({ name, roles })
      .setProtectedHeader({ alg: accessTokens.algorithm, kid })
      .setIssuer(accessTokens.issuer)
      .setAudience(accessTokens.audience)
      .setSubject(id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(privateKey);
  };
  return {
    keys,
    callers: createCallersByKeys(async () => keys, now),
    tokenOf,
    bearerOf: async caller => `Bearer ${await tokenOf(caller)}`,
  };
}
