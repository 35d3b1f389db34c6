import { describe, expect, test } from '@jest/globals';
import { digestOf, isDigest, parseDigest } from './digest.ts';

describe('digest', () => {
  test('of nothing is the well-known one', () => {
    expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test.each([
    'sha256:abc',
    `sha256:${'A'.repeat(64)}`,
    `md5:${'a'.repeat(32)}`,
    `sha512:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(64)}\n`,
    `sha256:../${'a'.repeat(61)}`,
    '',
  ])('%j is refused', text => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(/is not a sha256 or sha512 digest/);
  });

  test('sha512 is taken', () => {
    expect(isDigest(digestOf('x', 'sha512'))).toBe(true);
  });
});
