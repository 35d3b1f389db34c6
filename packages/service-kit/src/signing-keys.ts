import type { JSONWebKeySet } from 'jose';
import type { World } from './world.ts';

/** Returns the keys to verify with; `unknownKey` says that the ones at hand lack a key that a token names. */
export type SigningKeys = (unknownKey?: { unknownKey: boolean }) => Promise<JSONWebKeySet>;

/** Keys are asked for again when they are this old, */
const freshMs = 5 * 60_000;
/** serve on for this long while they cannot be had, */
const staleMs = 60 * 60_000;
/** and neither an unknown key nor a failure makes us ask more often than this. */
const coolDownMs = 10_000;
const timeoutMs = 2000;

/** Keys from a JWKS address, kept and asked for once at a time. Rejects while there are none to be had. */
export function fetchSigningKeys(url: string, { fetch, now }: Pick<World, 'fetch' | 'now'>): SigningKeys {
  let kept: { readonly keys: JSONWebKeySet; readonly at: number } | undefined;
  let asking: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;

  const ask = async () => {
    askedAt = now().getTime();
    try {
      kept = { keys: await read(url, fetch), at: askedAt };
    } catch (error) {
      failure = error;
    }
    asking = undefined;
  };
  const askAgain = async () => {
    if (asking === undefined && now().getTime() - askedAt < coolDownMs) return;
    asking ??= ask();
    await asking;
  };

  return async ({ unknownKey } = { unknownKey: false }) => {
    const age = () => (kept === undefined ? Number.POSITIVE_INFINITY : now().getTime() - kept.at);
    if (unknownKey || age() > freshMs) await askAgain();
    if (kept === undefined || age() > staleMs)
      throw new Error(`there are no keys from ${url}`, { cause: failure });
    return kept.keys;
  };
}

async function read(url: string, fetch: World['fetch']): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const keys = (await response.json()) as JSONWebKeySet;
  if (!Array.isArray(keys?.keys)) throw new Error(`${url} answered no key set`);
  return keys;
}
