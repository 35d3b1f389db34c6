/** Looked up once: in the contexts that tests run in, each look-up of a global is slow. */
const { floor, imul, round } = Math;

/** Waves of chance that a price is the sum of: how many seconds one lasts and how far it moves the price. */
const waves = [
  { period: 7 * 24 * 3600, height: 0.15 },
  { period: 6 * 3600, height: 0.025 },
  { period: 20 * 60, height: 0.008 },
  { period: 30, height: 0.002 },
  { period: 4, height: 0.0008 },
];

/** What is traded at any second, made up out of a text and nothing else. */
export type PriceWalk = {
  /** In cents. */
  readonly priceAt: (second: number) => number;
  readonly volumeAt: (second: number) => number;
};

/**
 * Makes up prices that move like prices. Only sums, products and 32-bit integers are used, which give the same on
 * every machine and in every version of Node.
 */
export function createPriceWalk(text: string): PriceWalk {
  const key = hash(text);
  const base = 2000 + 18_000 * chance(key, 0);
  const moves = waves.map(({ period, height }, index) => createWave(mix(key + index + 1), period, height));
  const [some, many] = [mix(key + 101), mix(key + 102)];
  const bustle = createWave(mix(key + 103), 7 * 60, 0.9);
  return {
    priceAt: second => round(base * moves.reduce((sum, move) => sum + move(second), 1)),
    volumeAt: second => 1 + floor(400 * (1 + bustle(second)) * chance(some, second) * chance(many, second)),
  };
}

/** A smooth line through a random point from -height to height at each period; it remembers the last two it used. */
function createWave(key: number, period: number, height: number): (second: number) => number {
  let at = Number.NaN;
  let from = 0;
  let to = 0;
  return second => {
    const position = second / period;
    const before = floor(position);
    if (before !== at) {
      at = before;
      [from, to] = [height * (2 * chance(key, before) - 1), height * (2 * chance(key, before + 1) - 1)];
    }
    const part = position - before;
    return from + (to - from) * part * part * (3 - 2 * part);
  };
}

/** A number from 0 to 1 that is always the same for the same key and whole position. */
function chance(key: number, position: number): number {
  return mix(key ^ imul(position, 0x9e3779b1)) / 0xffffffff;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(value);
}

/** Spreads a change of any bit over all 32. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
