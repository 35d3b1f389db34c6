import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeAbout, decodeBeat, decodeBeats, encodeBeat, encodeBeats } from './feed-wire.ts';
import type { Beat } from './tick.ts';

const whole = fc.integer({ min: 0, max: 2 ** 40 });
const beats: fc.Arbitrary<Beat[]> = fc
  .uniqueArray(fc.stringMatching(/^[A-Z]{1,6}$/), { maxLength: 5 })
  .chain(symbols =>
    fc.array(
      fc.record({
        sequence: whole,
        at: whole,
        ticks: fc.tuple(
          ...symbols.map(symbol => fc.record({ symbol: fc.constant(symbol), price: whole, volume: whole })),
        ),
      }),
      { maxLength: 20 },
    ),
  );

test('beats come out of the wire as they went in', () => {
  fc.assert(
    fc.property(beats, given => {
      expect(decodeBeats(encodeBeats(given))).toEqual(given);
      expect(given.map(encodeBeat).map(decodeBeat)).toEqual(given);
    }),
  );
});

test.each(['', 'x', '[]', '{}', '[1,2]', '[1,"2",[]]', '[1,2,[["KEEL",1.5,1]]]', '[1,2,[[1,1,1]]]', 'null'])(
  'the line %s is no beat',
  line => {
    expect(() => decodeBeat(line)).toThrow();
  },
);

test.each([
  '{}',
  '{"sequences":[1],"times":[],"symbols":[],"prices":[],"volumes":[]}',
  '{"sequences":[1],"times":[1],"symbols":["KEEL"],"prices":[["1"]],"volumes":[[1]]}',
])('%s holds no beats', text => {
  expect(() => decodeBeats(text)).toThrow();
});

test('a feed that says nothing of itself is refused', () => {
  expect(() => decodeAbout('{"source":{"name":"x"},"instruments":[]}')).toThrow(/real/);
});
