import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

export interface Checksum {
  algorithm: ChecksumAlgorithm;
  /** Base 64, as in the headers. */
  value: string;
}

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
];

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export function createHasher(algorithm: ChecksumAlgorithm): Hasher {
  if (algorithm === 'crc32') return crc32Hasher();
  if (algorithm === 'crc32c') return crc32cHasher();
  if (algorithm === 'crc64nvme') return crc64Hasher();
  const hash = createHash(algorithm);
  return { update: bytes => hash.update(bytes), digest: () => hash.digest() };
}

function crc32Hasher(): Hasher {
  let crc = 0;
  return {
    update: bytes => {
      crc = crc32(bytes, crc);
    },
    digest: () => bigEndian(crc),
  };
}

function crc32cHasher(): Hasher {
  let crc = 0xffffffff;
  return {
    update: bytes => {
      for (const byte of bytes) crc = (crc >>> 8) ^ castagnoli[(crc ^ byte) & 0xff]!;
    },
    digest: () => bigEndian((crc ^ 0xffffffff) >>> 0),
  };
}

function crc64Hasher(): Hasher {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: bytes => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ nvme.low[index]!;
        high = (high >>> 8) ^ nvme.high[index]!;
      }
    },
    digest: () => Buffer.concat([bigEndian((high ^ 0xffffffff) >>> 0), bigEndian((low ^ 0xffffffff) >>> 0)]),
  };
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, index) =>
  Number(tableEntry(BigInt(index), 0x82f63b78n)),
);

const nvme = {
  high: Uint32Array.from({ length: 256 }, (_, index) => Number(nvmeEntry(index) >> 32n)),
  low: Uint32Array.from({ length: 256 }, (_, index) => Number(nvmeEntry(index) & 0xffffffffn)),
};

function nvmeEntry(index: number): bigint {
  return tableEntry(BigInt(index), 0x9a6c9329ac4bc9b5n);
}

function tableEntry(index: bigint, polynomial: bigint): bigint {
  let entry = index;
  for (let bit = 0; bit < 8; bit += 1) entry = entry & 1n ? (entry >> 1n) ^ polynomial : entry >> 1n;
  return entry;
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
