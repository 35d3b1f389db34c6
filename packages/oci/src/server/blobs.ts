import { pipeline } from 'node:stream/promises';
import type { Digest } from '../digest.ts';
import { bodyOf, type Call, requireDigest, requireRepositoryName, respond } from './call.ts';
import { RegistryError } from './errors.ts';
import type { Upload } from './uploads.ts';

/** GET and HEAD of a blob, whole or by Range. */
export async function getBlob(call: Call, text: string): Promise<void> {
  const digest = requireDigest(text);
  const size = await sizeIn(call, digest);
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
  };
  const range = parseRange(call.request.headers.range, size);
  if (range === 'unsatisfiable') {
    throw new RegistryError('RANGE_INVALID', 'the blob is shorter', {
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  const length = range === undefined ? size : range.end - range.start + 1;
  call.response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-length': length,
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
  });
  if (call.request.method === 'HEAD' || length === 0) {
    call.response.end();
    return;
  }
  await pipeline(await call.storage.blobs.read(digest, range), call.response);
}

export async function deleteBlob(call: Call, text: string): Promise<void> {
  const digest = requireDigest(text);
  await sizeIn(call, digest);
  await call.storage.unlinkBlob(call.repository, digest);
  respond(call, 202);
}

/** POST: begins an upload, or takes the blob at once (`digest`), or from another repository (`mount`, `from`). */
export async function beginUpload(call: Call): Promise<void> {
  const { query, repository, storage, uploads } = call;
  await storage.prepareForPush(repository);
  const mount = query.get('mount');
  const from = query.get('from');
  if (mount !== null && from !== null && (await mountBlob(call, requireDigest(mount), from))) return;
  const digest = mount === null ? query.get('digest') : null;
  if (digest === null) return respondUpload(call, 202, await uploads.begin(repository));
  const expected = requireDigest(digest);
  const upload = await uploads.begin(repository);
  await uploads.append(repository, upload.id, bodyOf(call));
  await finish(call, upload.id, expected);
}

export function getUpload(call: Call, id: string): void {
  respondUpload(call, 204, call.uploads.find(call.repository, id));
}

/** PATCH: the next piece. With Content-Range it must begin where the last one ended. */
export async function patchUpload(call: Call, id: string): Promise<void> {
  const upload = call.uploads.find(call.repository, id);
  requireNext(call, upload);
  respondUpload(call, 202, await call.uploads.append(call.repository, id, bodyOf(call)));
}

/** PUT: the last piece, if any, and what the whole must be. */
export async function finishUpload(call: Call, id: string): Promise<void> {
  const upload = call.uploads.find(call.repository, id);
  const expected = requireDigest(call.query.get('digest') ?? '');
  requireNext(call, upload);
  await call.uploads.append(call.repository, id, bodyOf(call));
  await finish(call, id, expected);
}

export async function cancelUpload(call: Call, id: string): Promise<void> {
  await call.uploads.cancel(call.repository, id);
  respond(call, 204);
}

async function finish(call: Call, id: string, expected: Digest): Promise<void> {
  await call.uploads.finish(call.repository, id, expected, call.storage.blobs);
  await call.storage.linkBlob(call.repository, expected);
  respondCreated(call, expected);
}

async function mountBlob(call: Call, digest: Digest, from: string): Promise<boolean> {
  await call.allow('pull', requireRepositoryName(from));
  if (!(await call.storage.hasBlob(from, digest))) return false;
  if ((await call.storage.blobs.size(digest)) === undefined) return false;
  await call.storage.linkBlob(call.repository, digest);
  respondCreated(call, digest);
  return true;
}

async function sizeIn({ storage, repository }: Call, digest: Digest): Promise<number> {
  const size = (await storage.hasBlob(repository, digest)) ? await storage.blobs.size(digest) : undefined;
  if (size === undefined) throw new RegistryError('BLOB_UNKNOWN', `${repository} has no blob ${digest}`);
  return size;
}

function requireNext({ request, repository }: Call, upload: Upload): void {
  const range = request.headers['content-range'];
  if (range === undefined) return;
  const match = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\*|\d+))?$/.exec(range);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  const length = request.headers['content-length'];
  const fits = length === undefined || Number(length) === end - start + 1;
  if (match !== null && start === upload.offset && end >= start && fits) return;
  throw new RegistryError('RANGE_INVALID', `the next byte of this upload is ${upload.offset}`, {
    headers: uploadHeaders(repository, upload),
  });
}

function respondUpload(call: Call, status: number, upload: Upload): void {
  respond(call, status, uploadHeaders(call.repository, upload));
}

function uploadHeaders(repository: string, { id, offset }: Upload): Record<string, string> {
  return {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, offset - 1)}`,
    'docker-upload-uuid': id,
  };
}

function respondCreated(call: Call, digest: Digest): void {
  const location = `/v2/${call.repository}/blobs/${digest}`;
  respond(call, 201, { location, 'docker-content-digest': digest });
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const length = Math.min(size, Number(match[2]));
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}
