import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';

/** A key that signs access tokens, with what others need to check them. */
export type SigningKey = {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
};

/** A public key as `jwks.json` tells it. https://www.rfc-editor.org/rfc/rfc8037#section-2 */
export type PublicJwk = {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
};

/** The first signs; tokens of all of them count, so that the others can take over or fade. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]];

/** Returns the keys that these secrets stand for, each once. The same secret gives the same key in every task. */
export function deriveSigningKeys(secrets: readonly [string, ...string[]]): SigningKeys {
  const [first, ...others] = [...new Set(secrets)].map(deriveKey);
  return [first!, ...others];
}

const purpose = 'slipway user access token Ed25519';
const seedBytes = 32;
/** What PKCS #8 puts before the 32 bytes of an Ed25519 key: https://www.rfc-editor.org/rfc/rfc8410#section-10.3 */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

function deriveKey(secret: string): SigningKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', purpose, seedBytes));
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string };
  const id = thumbprint(x);
  return {
    id,
    privateKey,
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid: id, use: 'sig', alg: 'EdDSA' },
  };
}

/** https://www.rfc-editor.org/rfc/rfc8037#appendix-A.3 */
function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}
