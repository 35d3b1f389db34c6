import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { slugOf, slugSchema } from './slug.ts';

const uuid = '3fa85f64-5717-4562-b3fc-2c963f66afa6';

test.each([
  ['Fair Winds', 'fair-winds-2c963f66afa6'],
  ["Ça va? It's 2030!", 'ca-va-it-s-2030-2c963f66afa6'],
  ['  --  ', '2c963f66afa6'],
  ['船', '2c963f66afa6'],
  ['船 Ship', 'ship-2c963f66afa6'],
])('the address of %j is %s', (title, slug) => {
  expect(slugOf(title, uuid)).toBe(slug);
});

test('whatever the title, its address is one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), title => {
      expect(slugSchema.safeParse(slugOf(title, uuid)).success).toBe(true);
    }),
  );
});
