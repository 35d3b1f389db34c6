import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { OciError } from './errors.ts';

/** Uncompressed bytes of a layer blob; gzip and zstd are told by their first bytes. Throws LAYER_INVALID. */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(source, 4);
  const stream = decoderFor(head);
  const feeding = pipeline(Readable.from(all), stream).catch((error: unknown) => error);
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') || code?.startsWith('ZSTD_')) {
      throw new OciError('LAYER_INVALID', 'the layer cannot be decompressed', { cause: error });
    }
    throw error;
  }
  const failure = await feeding;
  if (failure !== undefined) throw failure;
}

function decoderFor(head: Buffer) {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip();
  if (head.toString('hex', 0, 4) === '28b52ffd') return createZstdDecompress();
  return new PassThrough();
}

async function peek(source: AsyncIterable<Uint8Array>, size: number) {
  const iterator = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.byteLength < size) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.byteLength > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, all: all() };
}
