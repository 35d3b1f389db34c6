import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Digest, isDigest } from '../digest.ts';
import { isRepositoryName } from '../reference.ts';
import { RegistryError } from './errors.ts';
import type { RegistryStorage } from './storage.ts';
import type { Uploads } from './uploads.ts';

export type RegistryAction = 'pull' | 'push' | 'delete';

/** Who may do what: returns a principal's name, or undefined for "say who you are". May throw DENIED. */
export type Authorize = (
  request: IncomingMessage,
  asked: { readonly action: RegistryAction; readonly repository?: string },
) => string | undefined | Promise<string | undefined>;

/** One request to one repository, as every endpoint sees it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly repository: string;
  readonly query: URLSearchParams;
  readonly storage: RegistryStorage;
  readonly uploads: Uploads;
  /** Throws UNAUTHORIZED or DENIED unless the caller may do this to this repository as well. */
  readonly allow: (action: RegistryAction, repository: string) => Promise<void>;
}

export type TargetKind = 'base' | 'blob' | 'uploads' | 'upload' | 'manifest' | 'tags' | 'referrers';

/** What a path names; `name` is the digest, tag or upload id at its end. */
export interface Target {
  readonly kind: TargetKind;
  readonly repository: string;
  readonly name: string;
}

/** What a path under `/v2/` names, or undefined when it is no endpoint of the specification. */
export function parseTarget(path: string): Target | undefined {
  if (path === '/v2' || path === '/v2/') return { kind: 'base', repository: '', name: '' };
  if (path.length > 1024 || !path.startsWith('/v2/')) return undefined;
  const parts = path.slice('/v2/'.length).split('/');
  const name = decode(parts.at(-1)!);
  const target = (kind: TargetKind, depth: number) => ({
    kind,
    name,
    repository: parts.slice(0, -depth).join('/'),
  });
  if (parts.at(-3) === 'blobs' && parts.at(-2) === 'uploads')
    return target(name === '' ? 'uploads' : 'upload', 3);
  if (parts.at(-2) === 'blobs') return target(name === 'uploads' ? 'uploads' : 'blob', 2);
  if (parts.at(-2) === 'manifests') return target('manifest', 2);
  if (parts.at(-2) === 'referrers') return target('referrers', 2);
  if (parts.at(-2) === 'tags' && name === 'list') return target('tags', 2);
  return undefined;
}

export function requireRepositoryName(name: string): string {
  if (isRepositoryName(name)) return name;
  throw new RegistryError('NAME_INVALID', `${JSON.stringify(name.slice(0, 100))} is not a repository name`);
}

export function requireDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new RegistryError(
    'DIGEST_INVALID',
    `${JSON.stringify(text.slice(0, 160))} is not a sha256 or sha512 digest`,
  );
}

/** The body; reading it may stop early without closing the connection, so that the refusal still reaches the client. */
export function bodyOf({ request }: Pick<Call, 'request'>): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

export function respond(
  { response }: Pick<Call, 'response'>,
  status: number,
  headers: Record<string, string | number | string[]> = {},
  body: Uint8Array | string = '',
): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...length, ...headers });
  response.end(body);
}

export function respondJson(
  call: Pick<Call, 'response'>,
  headers: Record<string, string>,
  value: unknown,
): void {
  respond(call, 200, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
