import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** Returns a strong entity tag of a JSON value or of bytes: the same content has the same tag in every task. */
export function etagOf(content: unknown): string {
  const bytes =
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
  return `"${hash('sha1', bytes, 'base64url')}"`;
}

/** Whether the client has this version already, so that 304 is the answer. */
export function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const known = headers['if-none-match'];
  return known !== undefined && matches(known, etag);
}

/**
 * Lets a write go on only if the client saw what it changes: throws Problem 412 if `If-Match` names another
 * version than `etag`, and 428 if it is missing where it is required.
 */
export function requireMatch(
  { headers }: IncomingMessage,
  etag: string,
  { required = false }: { required?: boolean } = {},
): void {
  const expected = headers['if-match'];
  if (expected === undefined) {
    if (required) throw new Problem(428, 'Say with If-Match which version you change.');
  } else if (!matches(expected, etag)) {
    throw new Problem(412, 'It has changed since you read it: read it again.', { headers: { ETag: etag } });
  }
}

function matches(header: string, etag: string): boolean {
  if (header === etag || header === '*') return true;
  return header.split(',').some(tag => opaque(tag) === opaque(etag));
}

/** Balancers that compress make a tag weak; it still names the version. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}
