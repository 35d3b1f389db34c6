import { OciError } from '../errors.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/**
 * Fetches the token that a registry's `WWW-Authenticate: Bearer` asks for. The credentials are only shown to the
 * registry's own host. Returns undefined when the challenge is none that this client knows.
 */
export async function fetchBearerToken(
  challenge: string,
  {
    registry,
    credentials,
    fetch,
  }: { registry: URL; credentials: Credentials | undefined; fetch: typeof globalThis.fetch },
): Promise<string | undefined> {
  const parameters = parseChallenge(challenge);
  if (parameters?.realm === undefined || !URL.canParse(parameters.realm)) return undefined;
  const realm = new URL(parameters.realm);
  if (realm.protocol !== 'https:' && realm.host !== registry.host) return undefined;
  for (const key of ['service', 'scope'] as const) {
    if (parameters[key] !== undefined) realm.searchParams.set(key, parameters[key]);
  }
  const isOwn = realm.host === registry.host && credentials !== undefined;
  const response = await fetch(realm, {
    headers: isOwn ? { authorization: basicAuthorization(credentials) } : {},
  });
  if (!response.ok)
    throw new OciError('REGISTRY_FAILED', `${realm.host} gave no token: status ${response.status}`);
  const body = (await response.json()) as { token?: unknown; access_token?: unknown };
  const token = body.token ?? body.access_token;
  if (typeof token !== 'string') throw new OciError('REGISTRY_FAILED', `${realm.host} gave no token`);
  return token;
}

function parseChallenge(challenge: string): Record<string, string> | undefined {
  if (!/^bearer /i.test(challenge)) return undefined;
  const found = challenge.slice('bearer '.length).matchAll(/([a-z]+)="([^"]*)"/gi);
  return Object.fromEntries([...found].map(([, key, value]) => [key!.toLowerCase(), value!]));
}
