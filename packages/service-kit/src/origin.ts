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
