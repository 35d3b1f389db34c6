import { describe, expect, test } from '@jest/globals';
import { accessTokens, createCallersByKeys } from '@slipway/service-kit';
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { createTokenIssuer } from './access-token.ts';
import { deriveSigningKeys, type SigningKeys } from './signing-keys.ts';

const [secret, other] = ['s'.repeat(48), 'o'.repeat(48)];
const ada = { id: '00000000-0000-4000-8000-000000000001', name: 'Ada', roles: ['editor'] };
const start = Date.UTC(2030, 0, 1);
const at = (seconds: number) => () => new Date(start + 1000 * seconds);
const publish = (keys: SigningKeys) => ({ keys: keys.map(({ publicJwk }) => ({ ...publicJwk })) });

/** Who a service thinks calls, that has the published keys. */
function identify(token: string, keys: SigningKeys, seconds: number) {
  const callers = createCallersByKeys(async () => publish(keys), at(seconds));
  return callers.identify({ headers: { authorization: `Bearer ${token}` } } as never);
}

describe('an access token', () => {
  test('tells who somebody is to whoever has the published keys', async () => {
    const keys = deriveSigningKeys([secret, other]);
    const token = await createTokenIssuer(keys, at(0))(ada);
    const jwks = createLocalJWKSet(publish(keys));
    const { payload, protectedHeader } = await jwtVerify(token, jwks, {
      ...{ issuer: 'slipway-user', audience: 'slipway', currentDate: at(1)() },
    });
    expect(payload).toEqual({
      ...{ iss: 'slipway-user', aud: 'slipway', sub: ada.id, name: 'Ada', roles: ['editor'] },
      ...{ iat: start / 1000, exp: start / 1000 + 900 },
    });
    const thumbprint = await calculateJwkThumbprint(publish(keys).keys[0]!);
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: thumbprint });
  });

  test('counts for a quarter of an hour in every service, and a few seconds for clocks that differ', async () => {
    const keys = deriveSigningKeys([secret]);
    const token = await createTokenIssuer(keys, at(0))(ada);
    expect(await identify(token, keys, accessTokens.lifetimeSeconds - 1)).toEqual(ada);
    await expect(identify(token, keys, accessTokens.lifetimeSeconds + 10)).rejects.toMatchObject({
      status: 401,
    });
  });

  test('outlives the swap of the two keys, whoever signed it', async () => {
    const [before, after] = [deriveSigningKeys([secret, other]), deriveSigningKeys([other, secret])];
    const [old, young] = [
      await createTokenIssuer(before, at(0))(ada),
      await createTokenIssuer(after, at(0))(ada),
    ];
    expect(decodeProtectedHeader(old).kid).not.toBe(decodeProtectedHeader(young).kid);
    for (const token of [old, young]) {
      expect(await identify(token, before, 1)).toEqual(ada);
      expect(await identify(token, after, 1)).toEqual(ada);
    }
  });

  test('of a key that is not published (any more) counts nowhere', async () => {
    const token = await createTokenIssuer(deriveSigningKeys([secret]), at(0))(ada);
    await expect(identify(token, deriveSigningKeys([other]), 1)).rejects.toMatchObject({ status: 401 });
  });
});

test('a secret gives the same key again, another secret another, and both the same one only once', () => {
  const ids = (secrets: [string, ...string[]]) => deriveSigningKeys(secrets).map(({ id }) => id);
  expect(ids([secret, other])).toEqual(ids([secret, other]));
  expect(ids([other, secret])).toEqual(ids([secret, other]).toReversed());
  expect(ids([secret, secret])).toEqual(ids([secret]));
});

test('what is published of a key is not enough to sign', () => {
  const [{ publicJwk }] = deriveSigningKeys([secret]);
  expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});
