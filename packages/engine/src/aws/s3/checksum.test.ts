import { expect, test } from '@jest/globals';
import { type ChecksumAlgorithm, createHasher } from './checksum.ts';

/** The well-known check values of each algorithm. */
test.each<[ChecksumAlgorithm, string]>([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
  ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
])('%s is computed piece by piece', (algorithm, expected) => {
  const hasher = createHasher(algorithm);
  for (const piece of ['123', '', '456789']) hasher.update(Buffer.from(piece));
  expect(hasher.digest().toString('hex')).toBe(expected);
});
