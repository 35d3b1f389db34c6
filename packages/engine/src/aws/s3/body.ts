import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Checksum, type ChecksumAlgorithm, checksumAlgorithms } from './checksum.ts';
import { readChunked } from './chunked.ts';
import { s3Error } from './errors.ts';

/** The content of an upload and what it must turn out to be. */
export interface Body {
  content: AsyncIterable<Uint8Array>;
  /** Which checksum to compute, if the client gives one. */
  algorithm?: ChecksumAlgorithm;
  /** To be asked when the content has been read: trailers come last. */
  expected(): { checksum?: Checksum; md5?: string; sha256?: string; size?: number };
}

/**
 * The body of a PUT, plain or in AWS's own chunks with the checksum in a trailer. Signatures of chunks are not checked:
 * this endpoint is the user's own machine.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function readUpload(request: IncomingMessage): Body {
  const { headers } = request;
  const isChunked =
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    String(headers['content-encoding'] ?? '').includes('aws-chunked');
  const trailers: Record<string, string> = {};
  const algorithm = algorithmIn(headers);
  return {
    content: isChunked ? readChunked(request, trailers) : keepOpen(request),
    ...(algorithm === undefined ? {} : { algorithm }),
    expected: () => {
      const value =
        algorithm && (trailers[`x-amz-checksum-${algorithm}`] ?? headers[`x-amz-checksum-${algorithm}`]);
      const size = isChunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
      const sha256 = String(headers['x-amz-content-sha256'] ?? '');
      return {
        ...(algorithm !== undefined && typeof value === 'string' ? { checksum: { algorithm, value } } : {}),
        ...(typeof headers['content-md5'] === 'string' ? { md5: headers['content-md5'] } : {}),
        ...(/^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
        ...(size === undefined ? {} : { size: Number(size) }),
      };
    },
  };
}

/** A small XML body as text. Throws EntityTooLarge. */
export async function readText(request: IncomingMessage, limit = 2 * 1024 * 1024): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of readUpload(request).content) {
    size += part.byteLength;
    if (size > limit) throw s3Error('EntityTooLarge');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Reading may stop early without closing the connection, so that the refusal still reaches the client. */
function keepOpen(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

function algorithmIn(headers: IncomingHttpHeaders): ChecksumAlgorithm | undefined {
  const trailer = String(headers['x-amz-trailer'] ?? '');
  return checksumAlgorithms.find(
    each => headers[`x-amz-checksum-${each}`] !== undefined || trailer.includes(`x-amz-checksum-${each}`),
  );
}
