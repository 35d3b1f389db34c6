import { OciError } from '../errors.ts';

export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
}

/** Regroups a stream into pieces of exactly `size` bytes; only the last one, always there, may be shorter. */
export async function* chunksOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  let buffer = new Uint8Array(0);
  let filled = 0;
  for await (const part of source) {
    let rest = part;
    while (rest.byteLength > 0) {
      if (filled === size) {
        yield { bytes: buffer, isLast: false };
        buffer = new Uint8Array(size);
        filled = 0;
      }
      if (buffer.byteLength < filled + rest.byteLength && buffer.byteLength < size)
        buffer = grow(buffer, filled + rest.byteLength, size);
      const taken = Math.min(rest.byteLength, size - filled);
      buffer.set(rest.subarray(0, taken), filled);
      filled += taken;
      rest = rest.subarray(taken);
    }
  }
  yield { bytes: buffer.subarray(0, filled), isLast: true };
}

/** All bytes of a small stream. Throws SIZE_MISMATCH beyond `limit`. */
export async function collect(source: AsyncIterable<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source ?? []) {
    size += part.byteLength;
    if (size > limit) throw new OciError('SIZE_MISMATCH', `the content is larger than ${limit} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function grow(buffer: Uint8Array<ArrayBuffer>, needed: number, limit: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(Math.min(limit, Math.max(needed, buffer.byteLength * 2, 64 * 1024)));
  next.set(buffer);
  return next;
}
