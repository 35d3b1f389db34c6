import { accessTokens } from '@slipway/service-kit';
import type { SigningKeys } from './signing-keys.ts';
import type { User } from './user.ts';

/** Returns a JWT that tells every service who the user is now. */
export type IssueToken = (user: Pick<User, 'id' | 'name' | 'roles'>) => Promise<string>;

/** Signs with the first of these keys, by this clock. The library is loaded with the first token. */
export function createTokenIssuer([key]: SigningKeys, now: () => Date): IssueToken {
  return async ({ id, name, roles }) => {
    const { SignJWT } = await import('jose');
    const at = Math.floor(now().getTime() / 1000);
    return new SignJWT({ name, roles: [...roles] })
      .setProtectedHeader({ alg: accessTokens.algorithm, kid: key.id, typ: 'JWT' })
      .setIssuer(accessTokens.issuer)
      .setAudience(accessTokens.audience)
      .setSubject(id)
      .setIssuedAt(at)
      .setExpirationTime(at + accessTokens.lifetimeSeconds)
      .sign(key.privateKey);
  };
}
