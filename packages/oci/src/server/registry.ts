import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  beginUpload,
  cancelUpload,
  deleteBlob,
  finishUpload,
  getBlob,
  getUpload,
  patchUpload,
} from './blobs.ts';
import {
  type Authorize,
  type Call,
  parseTarget,
  type RegistryAction,
  requireRepositoryName,
  respond,
  type TargetKind,
} from './call.ts';
import { errorBody, RegistryError } from './errors.ts';
import { deleteManifest, getManifest, listReferrers, putManifest } from './manifests.ts';
import type { RegistryStorage } from './storage.ts';
import { listTags } from './tags.ts';
import { Uploads } from './uploads.ts';

export interface RegistryOptions {
  readonly storage: RegistryStorage;
  /** Where unfinished uploads lie; on the same file system as the blobs. */
  readonly uploadDirectory: string;
  /** Who may do what; without it everybody may do everything. */
  readonly authorize?: Authorize;
  readonly newId?: () => string;
  /** The largest blob that is taken, in bytes; ECR's own limit by default. */
  readonly blobSizeLimit?: number;
  /** Told of failures that are the registry's own fault. */
  readonly onError?: (error: unknown) => void;
}

export type RegistryHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The server side of the OCI distribution specification, for every path under `/v2/`.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function createRegistry(options: RegistryOptions): RegistryHandler {
  const uploads = new Uploads({
    directory: options.uploadDirectory,
    newId: options.newId ?? randomUUID,
    sizeLimit: options.blobSizeLimit ?? 52_000 * 1024 ** 2,
    openLimit: 1000,
  });
  return async (request, response) => {
    try {
      await handle(options, uploads, request, response);
    } catch (error) {
      respondError(options, response, error);
    }
  };
}

async function handle(
  { storage, authorize }: RegistryOptions,
  uploads: Uploads,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  const url = new URL(request.url ?? '/', 'http://registry');
  const target = parseTarget(url.pathname);
  if (target === undefined)
    throw new RegistryError('UNSUPPORTED', 'there is no such endpoint', { status: 404 });
  const repository = target.kind === 'base' ? '' : requireRepositoryName(target.repository);
  const allow = async (action: RegistryAction, name?: string) => {
    if (authorize === undefined) return;
    const principal = await authorize(
      request,
      name === undefined ? { action } : { action, repository: name },
    );
    if (principal === undefined) throw unauthorized();
  };
  if (target.kind === 'base') {
    await allow('pull');
    return respond({ response }, 200, { 'content-type': 'application/json' }, '{}');
  }
  const method = request.method ?? 'GET';
  const endpoint = Object.hasOwn(endpoints[target.kind], method) ? endpoints[target.kind][method] : undefined;
  if (endpoint === undefined) throw new RegistryError('UNSUPPORTED', `${method} is not supported here`);
  const action = actionOf(method, target.kind);
  await allow(action, repository);
  const needsRepository = action !== 'push' && target.kind !== 'referrers'; // of which a 404 is forbidden
  if (needsRepository && !(await storage.hasRepository(repository))) {
    throw new RegistryError('NAME_UNKNOWN', `there is no repository ${repository}`);
  }
  const call: Call = { request, response, repository, query: url.searchParams, storage, uploads, allow };
  await endpoint(call, target.name);
}

type Endpoint = (call: Call, name: string) => Promise<void> | void;

const endpoints: Record<Exclude<TargetKind, 'base'>, Record<string, Endpoint>> = {
  blob: { GET: getBlob, HEAD: getBlob, DELETE: deleteBlob },
  uploads: { POST: beginUpload },
  upload: { GET: getUpload, PATCH: patchUpload, PUT: finishUpload, DELETE: cancelUpload },
  manifest: { GET: getManifest, HEAD: getManifest, PUT: putManifest, DELETE: deleteManifest },
  tags: { GET: listTags },
  referrers: { GET: listReferrers },
};

function actionOf(method: string, kind: TargetKind): RegistryAction {
  if (kind === 'upload' || kind === 'uploads') return 'push';
  if (method === 'DELETE') return 'delete';
  return method === 'GET' || method === 'HEAD' ? 'pull' : 'push';
}

function unauthorized(): RegistryError {
  return new RegistryError('UNAUTHORIZED', 'say who you are', {
    headers: { 'www-authenticate': 'Basic realm="registry"' },
  });
}

function respondError({ onError }: RegistryOptions, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof RegistryError ? error : undefined;
  const isAborted = (error as NodeJS.ErrnoException).code === 'ECONNRESET' || response.destroyed;
  if (refusal === undefined && !isAborted) onError?.(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = errorBody(refusal?.code ?? 'UNKNOWN', refusal?.message ?? 'the registry failed');
  respond(
    { response },
    refusal?.status ?? 500,
    { 'content-type': 'application/json', ...refusal?.headers },
    body,
  );
}
