import type { Clock } from './clock.ts';
import { beatsAtOnce, type Feed } from './feed.ts';
import type { Instrument } from './instrument.ts';
import { createPriceWalk } from './price-walk.ts';
import type { Beat } from './tick.ts';

/** Companies that do not exist. */
export const companies: readonly Instrument[] = [
  { symbol: 'ANCH', name: { en: 'Anchor & Chain', zh: '锚链实业' } },
  { symbol: 'BUOY', name: { en: 'Buoy and Beacon', zh: '浮标灯塔' } },
  { symbol: 'DOCK', name: { en: 'Drydock Works', zh: '干船坞工程' } },
  { symbol: 'HULL', name: { en: 'Hull Brothers', zh: '船壳兄弟' } },
  { symbol: 'KEEL', name: { en: 'Keel Engineering', zh: '龙骨工程' } },
  { symbol: 'MAST', name: { en: 'Mast and Rigging', zh: '桅杆索具' } },
  { symbol: 'RUDR', name: { en: 'Rudder Controls', zh: '船舵控制' } },
  { symbol: 'SAIL', name: { en: 'Sailcloth Mills', zh: '帆布纺织' } },
];

/**
 * Makes up prices out of a seed and the time and nothing else: they are not real, they move like prices, and every
 * task that has the same seed says the same at the same second. The second is the sequence number.
 */
export function createSeededPriceGenerator(
  seed: string,
  clock: Clock,
  instruments: readonly Instrument[] = companies,
): Feed {
  const walks = instruments.map(({ symbol }) => ({ symbol, walk: createPriceWalk(`${seed}/${symbol}`) }));
  const beatAt = (second: number): Beat => ({
    sequence: second,
    at: 1000 * second,
    ticks: walks.map(({ symbol, walk }) => ({
      symbol,
      price: walk.priceAt(second),
      volume: walk.volumeAt(second),
    })),
  });
  const newest = () => Math.floor(clock.now() / 1000);
  const beats = (first: number, last: number): Beat[] => {
    const count = Math.max(0, Math.min(last, newest()) - first + 1);
    return Array.from({ length: count }, (_, index) => beatAt(first + index));
  };
  return {
    about: async () => ({ source: { name: 'seeded price generator', real: false }, instruments }),
    latest: async () => beatAt(newest()),
    since: async (after, upTo) => beats(Math.max(after + 1, upTo - beatsAtOnce + 1), upTo),
    during: async (from, to) => beats(Math.ceil(from / 1000), Math.ceil(to / 1000) - 1),
    subscribe: listener => everySecond(clock, second => listener(beatAt(second))),
    check: async () => {},
  };
}

/** How much a process that was asleep makes up for; after a longer sleep the beats go on with the newest one. */
const longestSleepSeconds = 300;

/** Calls `act` for each second that begins from now on. */
function everySecond(clock: Clock, act: (second: number) => void): () => void {
  let next = Math.floor(clock.now() / 1000) + 1;
  let cancel: () => void;
  const beat = () => {
    const newest = Math.floor(clock.now() / 1000);
    if (newest - next > longestSleepSeconds) next = newest;
    const due = Array.from({ length: newest - next + 1 }, (_, index) => next + index);
    next = newest + 1;
    cancel = clock.at(1000 * next, beat);
    due.forEach(act);
  };
  cancel = clock.at(1000 * next, beat);
  return () => cancel();
}
