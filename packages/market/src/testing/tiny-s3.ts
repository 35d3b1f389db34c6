import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** The part of S3 that a store of small objects needs, in memory; buckets are addressed by path and exist at once. */
export type TinyS3 = AsyncDisposable & { readonly endpoint: string; readonly keys: () => string[] };

type Stored = { readonly body: Buffer; readonly etag: string };

/** Starts it empty on loopback. */
export async function startTinyS3(): Promise<TinyS3> {
  const objects = new Map<string, Stored>();
  const server = createServer((request, response) => {
    answer(objects, request, response).catch(error => response.destroy(error));
  });
  await listen(server);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: () => [...objects.keys()].sort(),
    [Symbol.asyncDispose]: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

async function answer(objects: Map<string, Stored>, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url!, 'http://s3');
  const name = decodeURIComponent(pathname.slice(1)).replace(/\/$/, '');
  const found = objects.get(name);
  if (request.method === 'PUT') {
    const body = decodeChunks(request, await buffer(request));
    const { 'if-match': match, 'if-none-match': none } = request.headers;
    if (match !== undefined && found === undefined) return refuse(response, 404, 'NoSuchKey');
    if ((none === '*' && found) || (match !== undefined && found?.etag !== match)) {
      return refuse(response, 412, 'PreconditionFailed');
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    objects.set(name, { body, etag });
    return response.setHeader('ETag', etag).end();
  }
  if (searchParams.get('list-type') === '2') return list(objects, `${name}/`, searchParams, response);
  if (request.method === 'HEAD' && !name.includes('/')) return response.end();
  if (found === undefined) return refuse(response, 404, 'NoSuchKey');
  response.setHeader('ETag', found.etag).setHeader('Content-Length', found.body.length);
  return response.end(request.method === 'HEAD' ? undefined : found.body);
}

function list(
  objects: Map<string, Stored>,
  bucket: string,
  query: URLSearchParams,
  response: ServerResponse,
) {
  const own = [...objects.keys()].filter(name => name.startsWith(bucket)).sort();
  const keys = own.map(name => name.slice(bucket.length));
  const wanted = keys.filter(
    key => key.startsWith(query.get('prefix') ?? '') && key > (query.get('start-after') ?? ''),
  );
  const shown = wanted.slice(0, Number(query.get('max-keys') ?? 1000));
  const contents = shown.map(key => `<Contents><Key>${key}</Key></Contents>`).join('');
  const truncated = shown.length < wanted.length;
  response.setHeader('Content-Type', 'application/xml');
  return response.end(
    `<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${contents}</ListBucketResult>`,
  );
}

/**
 * Takes a body out of the chunks that the SDK sends, each with its size in hexadecimal before it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
function decodeChunks({ headers }: IncomingMessage, sent: Buffer): Buffer {
  if (!String(headers['content-encoding']).includes('aws-chunked')) return sent;
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = sent.indexOf('\r\n', at);
    const size = Number.parseInt(sent.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(sent.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

function refuse(response: ServerResponse, status: number, code: string) {
  response.statusCode = status;
  return response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

async function listen(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
}
