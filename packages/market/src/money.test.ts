import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeInPercent, inDollars } from './money.ts';

test('every number of cents is told exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 13 }), cents => {
      const text = inDollars(cents);
      expect(text).toMatch(/^\d+\.\d\d$/);
      expect(BigInt(text.replace('.', ''))).toBe(BigInt(cents));
    }),
  );
});

test.each([
  [100, 100, '0.00'],
  [10_000, 10_123, '+1.23'],
  [10_000, 9_950, '-0.50'],
  [1_000_000, 999_999, '0.00'],
])('from %i to %i is %s per cent', (from, to, change) => {
  expect(changeInPercent(from, to)).toBe(change);
});
