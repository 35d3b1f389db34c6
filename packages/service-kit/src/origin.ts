import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/**
 * Throws Problem 403 for a request that a browser sends for a page of another origin. Browsers say so in
 * Sec-Fetch-Site, older ones in Origin; what is no browser says neither and has no cookies of anybody.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function refuseForeign({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined ? isOwn(headers.origin, headers.host) : site === 'same-origin' || site === 'none')
    return;
  throw new Problem(403, 'Pages of other origins may not do this.');
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || /^https?:\/\/(.+)$/.exec(origin)?.[1] === host;
}

/**
 * Returns the text if it is an address on this origin, such as `/news/?lang=zh`, to which a page may send its reader
 * back; what could lead elsewhere is nothing.
 */
export function ownAddressOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text)) return undefined;
  const base = 'http://own.invalid';
  return URL.canParse(text, base) && new URL(text, base).origin === base ? text : undefined;
}
