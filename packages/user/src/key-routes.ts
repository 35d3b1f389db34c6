import { type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { SigningKeys } from './signing-keys.ts';

const jwksSchema = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string().describe('The thumbprint of the key (RFC 7638).'),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  })
  .meta({ id: 'KeySet' });

/** Tells everybody the keys by which access tokens are checked. */
export function keyRoutes(keys: SigningKeys): Route[] {
  const body = { keys: keys.map(({ publicJwk }) => publicJwk) };
  return [
    route({
      ...{ method: 'get', path: '/.well-known/jwks.json' },
      summary: 'Read the public keys of access tokens',
      answers: { 200: { description: 'A JSON Web Key Set (RFC 7517)', schema: jwksSchema } },
      handle: () => ({ status: 200, body, headers: { 'Cache-Control': 'public, max-age=300' } }),
    }),
  ];
}
