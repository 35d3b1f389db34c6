import { randomBytes } from 'node:crypto';
import { accessTokens } from '@slipway/service-kit';
import { createTestKit, describeFuzz, describeOpenApi } from '@slipway/service-kit/testing';
import { SignJWT } from 'jose';
import { createApp } from './app.ts';
import { deriveSigningKeys } from './signing-keys.ts';
import { openMemoryStores } from './stores.ts';
import { cheapPasswords } from './testing/accounts.ts';
import { registerUser } from './user.ts';

const folder = `${import.meta.dirname}/..`;
const start = Date.UTC(2030, 0, 1);
const keys = deriveSigningKeys(['s'.repeat(48)]);
const ada = registerUser(
  { email: 'ada@example.org', name: 'Ada', password: '' },
  await cheapPasswords.hash('correct horse battery'),
  '00000000-0000-4000-8000-00000000000a',
  new Date(start),
);

/** An app with one user, whose clock goes on by half a minute at each look, so that limits end. */
async function create() {
  let looks = 0;
  const now = () => new Date(start + 30_000 * looks++);
  const stores = openMemoryStores(now);
  await stores.users.add(ada);
  return createApp({
    ...{ ...createTestKit(folder), now, stores, keys },
    ...{ passwords: cheapPasswords, random: randomBytes, cookieName: 'refresh' },
  });
}

/** A token that outlasts the suite. */
async function authorization() {
  const token = await new SignJWT({ name: ada.name, roles: [] })
    .setProtectedHeader({ alg: accessTokens.algorithm, kid: keys[0].id })
    .setIssuer(accessTokens.issuer)
    .setAudience(accessTokens.audience)
    .setSubject(ada.id)
    .setIssuedAt(start / 1000)
    .setExpirationTime(start / 1000 + 10 * 365 * 86_400)
    .sign(keys[0].privateKey);
  return `Bearer ${token}`;
}

const options = { authorization, known: { id: ada.id } };
describeOpenApi(folder, create, options);
describeFuzz(folder, create, options);
