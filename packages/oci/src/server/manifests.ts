import { algorithmOf, type Digest, digestOf, isDigest } from '../digest.ts';
import { OciError } from '../errors.ts';
import { type Manifest, manifestSizeLimit, parseManifest } from '../manifest.ts';
import { isTag } from '../reference.ts';
import { bodyOf, type Call, requireDigest, respond, respondJson } from './call.ts';
import { RegistryError } from './errors.ts';
import type { ManifestReference, StoredManifest } from './storage.ts';

export async function getManifest(call: Call, text: string): Promise<void> {
  const manifest = await call.storage.getManifest(call.repository, parseReference(text));
  if (manifest === undefined)
    throw new RegistryError('MANIFEST_UNKNOWN', `${call.repository} has no manifest ${text}`);
  respond(
    call,
    200,
    { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest },
    manifest.bytes,
  );
}

/** PUT: checks the manifest and that what it consists of is here, then stores it under its digest and tags. */
export async function putManifest(call: Call, text: string): Promise<void> {
  const { query, repository, request, storage } = call;
  const reference = parseReference(text);
  await storage.prepareForPush(repository);
  const bytes = await readBody(bodyOf(call));
  const digest = requireSame(
    bytes,
    'digest' in reference ? reference.digest : (query.get('digest') ?? undefined),
  );
  const manifest = readManifest(bytes, request.headers['content-type']);
  await requireParts(call, manifest);
  const tags = 'tag' in reference ? [reference.tag] : query.getAll('tag').map(requireTag);
  await storage.putManifest(repository, toStored(manifest, digest, bytes), tags);
  respond(call, 201, {
    location: `/v2/${repository}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(manifest.subject === undefined ? {} : { 'oci-subject': manifest.subject.digest }),
    ...('digest' in reference && tags.length > 0 ? { 'oci-tag': tags } : {}),
  });
}

export async function deleteManifest(call: Call, text: string): Promise<void> {
  const reference = parseReference(text);
  const deleted =
    'tag' in reference
      ? await call.storage.deleteTag(call.repository, reference.tag)
      : await call.storage.deleteManifest(call.repository, reference.digest);
  if (!deleted) throw new RegistryError('MANIFEST_UNKNOWN', `${call.repository} has no manifest ${text}`);
  respond(call, 202);
}

/** Everything whose subject is the given manifest, as an index; empty when there is nothing. */
export async function listReferrers(call: Call, text: string): Promise<void> {
  const subject = requireDigest(text);
  const wanted = call.query.get('artifactType');
  const found = await call.storage.listReferrers(call.repository, subject);
  const manifests = found
    .filter(each => wanted === null || each.artifactType === wanted)
    .map(({ mediaType, digest, bytes, artifactType, annotations }) => ({
      mediaType,
      digest,
      size: bytes.byteLength,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(annotations === undefined ? {} : { annotations }),
    }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  respondJson(
    call,
    { 'content-type': mediaType, ...(wanted === null ? {} : { 'oci-filters-applied': 'artifactType' }) },
    { schemaVersion: 2, mediaType, manifests },
  );
}

/** What the storage keeps of a manifest. */
export function toStored(manifest: Manifest, digest: Digest, bytes: Uint8Array): StoredManifest {
  const artifactType =
    manifest.artifactType ?? (manifest.kind === 'image' ? manifest.config.mediaType : undefined);
  return {
    digest,
    mediaType: manifest.mediaType,
    bytes,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.subject === undefined ? {} : { subject: manifest.subject.digest }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  };
}

function parseReference(text: string): ManifestReference {
  if (isDigest(text)) return { digest: text };
  if (text.includes(':')) requireDigest(text);
  return { tag: requireTag(text) };
}

function requireTag(text: string): string {
  if (isTag(text)) return text;
  throw new RegistryError('TAG_INVALID', `${JSON.stringify(text.slice(0, 140))} is not a tag`);
}

function requireSame(bytes: Uint8Array, expected: string | undefined): Digest {
  if (expected === undefined) return digestOf(bytes);
  const digest = digestOf(bytes, algorithmOf(requireDigest(expected)));
  if (digest === expected) return digest;
  throw new RegistryError('DIGEST_INVALID', `the manifest is ${digest}, not ${expected}`);
}

function readManifest(bytes: Uint8Array, contentType: string | undefined): Manifest {
  try {
    return parseManifest(bytes, contentType);
  } catch (error) {
    if (error instanceof OciError) throw new RegistryError('MANIFEST_INVALID', error.message);
    throw error;
  }
}

/** A subject may be missing (the specification allows to push it later); config, layers and listed manifests may not. */
async function requireParts({ storage, repository }: Call, manifest: Manifest): Promise<void> {
  if (manifest.kind === 'index') {
    for (const { digest } of manifest.manifests) {
      if ((await storage.getManifest(repository, { digest })) === undefined) throw missing(digest);
    }
    return;
  }
  for (const { digest, urls } of [manifest.config, ...manifest.layers]) {
    if (urls === undefined && !(await storage.hasBlob(repository, digest))) throw missing(digest);
  }
}

function missing(digest: Digest): RegistryError {
  return new RegistryError('MANIFEST_BLOB_UNKNOWN', `the manifest names ${digest}, which was not pushed`);
}

async function readBody(request: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.byteLength;
    if (size > manifestSizeLimit) {
      throw new RegistryError('SIZE_INVALID', 'the manifest is larger than 4 MiB', { status: 413 });
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
