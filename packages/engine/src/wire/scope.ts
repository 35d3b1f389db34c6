import type { IncomingMessage } from 'node:http';

/** The credential scope of a signed request: who, where, which service. */
export interface Scope {
  accessKeyId: string;
  region: string;
  service: string;
}

/** Reads the scope from the Authorization header or a presigned URL; undefined when the request is not signed. */
export function readScope(request: IncomingMessage): Scope | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const credential = header ?? presigned(request.url ?? '/');
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}

function presigned(url: string): string | undefined {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return new URLSearchParams(query).get('X-Amz-Credential') ?? undefined;
}
