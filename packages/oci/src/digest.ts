import { createHash, type Hash } from 'node:crypto';
import { OciError } from './errors.ts';

export type DigestAlgorithm = 'sha256' | 'sha512';

/** `algorithm:hex`, as the OCI image specification writes it. Only {@link parseDigest} and hashing make one. */
export type Digest = `${DigestAlgorithm}:${string}`;

const hexLengths: Record<DigestAlgorithm, number> = { sha256: 64, sha512: 128 };
const pattern = /^(sha256|sha512):([a-f0-9]{64}|[a-f0-9]{128})$/;

export function isDigest(text: unknown): text is Digest {
  if (typeof text !== 'string') return false;
  const match = pattern.exec(text);
  return match !== null && match[2]!.length === hexLengths[match[1] as DigestAlgorithm];
}

/** Returns the text as a digest. Throws DIGEST_INVALID for anything but lower-case sha256 or sha512. */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  throw new OciError('DIGEST_INVALID', `${describe(text)} is not a sha256 or sha512 digest`);
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** Hashes and counts bytes that pass by in pieces. */
export class Digester {
  size = 0;
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.size += chunk.byteLength;
  }

  /** Passes the source through unchanged while hashing it. */
  async *watch(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.update(chunk);
      yield chunk;
    }
  }

  /** The digest of what has passed so far; call it once, at the end. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest('hex')}`;
  }
}

function describe(text: unknown): string {
  return typeof text === 'string' ? JSON.stringify(text.slice(0, 160)) : `a ${typeof text}`;
}
