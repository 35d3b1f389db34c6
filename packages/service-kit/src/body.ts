import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

export const defaultBodyLimit = 64 * 1024;

/**
 * Returns the request's JSON, or nothing where it has no body. Throws Problem: 400 for bytes that are no JSON in
 * UTF-8 or have keys that could change what objects are, 413 for more than `limit` bytes, 415 for another type.
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  refuseOtherTypes(request);
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new Problem(400, 'The body is not well-formed UTF-8.');
  const text = bytes.toString('utf8');
  const value = parse(text);
  if (mayHaveForbiddenKey.test(text)) refuseForbiddenKeys(value);
  return value;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  if (type !== 'application/json') {
    const [essence, ...parameters] = type.split(';').map(part => part.trim().toLowerCase());
    if (essence !== 'application/json') throw new Problem(415, 'Send the body as application/json.');
    for (const parameter of parameters) {
      if (!parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter)) continue;
      throw new Problem(415, 'The body must be encoded as UTF-8.');
    }
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Problem(415, 'Send the body uncompressed.');
}

/** Stops keeping what comes once it is too much; Node lets the rest of the request run out. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else refuse();
  });
  request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  request.once('error', cause => reject(new Problem(400, 'The body ended too soon.', { cause })));
  const refuse = () => {
    chunks.length = 0;
    reject(new Problem(413, `The body is larger than the ${limit} bytes that this route accepts.`));
  };
  if (Number(request.headers['content-length'] ?? 0) > limit) refuse();
  return promise;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem(400, 'The body is not well-formed JSON.', { cause });
  }
}

const forbiddenKeys = ['__proto__', 'constructor', 'prototype'];
/** Also true of keys that are spelled with escapes; what it misses cannot be such a key. */
const mayHaveForbiddenKey = /__proto__|constructor|prototype|\\u/;

function refuseForbiddenKeys(value: unknown): void {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const key of forbiddenKeys) {
      if (Object.hasOwn(next, key)) throw new Problem(400, `The body must not have a key named ${key}.`);
    }
    open.push(...Object.values(next));
  }
}
