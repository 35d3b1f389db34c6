import type { Quote } from './quote.ts';
import type { QuoteFeed } from './quote-feed.ts';

/** Companies that do not exist. */
const companies: Readonly<Record<string, string>> = {
  ANCH: 'Anchor & Chain',
  DOCK: 'Drydock Works',
  HULL: 'Hull Brothers',
  KEEL: 'Keel Engineering',
  MAST: 'Mast and Rigging',
  SAIL: 'Sailcloth Mills',
};

/** Waves of chance that make up a price: how long one lasts and how far it moves the price. */
const waves = [
  { periodMs: 7 * 24 * 3_600_000, height: 0.25 },
  { periodMs: 6 * 3_600_000, height: 0.06 },
  { periodMs: 20 * 60_000, height: 0.015 },
  { periodMs: 30_000, height: 0.003 },
];

/**
 * Makes up prices out of a seed and the time and nothing else: they are not real, they move like prices, and
 * every task that has the same seed says the same price at the same time.
 */
export function createSeededPriceGenerator(seed: string): QuoteFeed {
  const quote = (symbol: string, at: Date): Quote => {
    const price = priceAt(`${seed}/${symbol}`, at.getTime());
    const opening = priceAt(`${seed}/${symbol}`, midnightBefore(at));
    const change = (100 * (price - opening)) / opening;
    return {
      symbol,
      name: companies[symbol]!,
      price: round(price),
      change: round(change),
      at: at.toISOString(),
    };
  };
  return {
    source: 'Made up by a seeded price generator: not real prices.',
    list: async at => Object.keys(companies).map(symbol => quote(symbol, at)),
    find: async (symbol, at) => (Object.hasOwn(companies, symbol) ? quote(symbol, at) : undefined),
  };
}

function priceAt(key: string, timeMs: number): number {
  const base = 20 + 180 * chance(key);
  const moves = waves.map(({ periodMs, height }) => height * waveAt(`${key}/${periodMs}`, timeMs / periodMs));
  return base * Math.exp(moves.reduce((sum, move) => sum + move, 0));
}

/** A smooth line from -1 to 1 through a random point at each whole position. */
function waveAt(key: string, position: number): number {
  const before = Math.floor(position);
  const [from, to] = [before, before + 1].map(point => 2 * chance(`${key}/${point}`) - 1);
  const part = position - before;
  return from! + (to! - from!) * part * part * (3 - 2 * part);
}

/** A number from 0 to 1 that is always the same for the same text (FNV-1a, mixed once more). */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}

function midnightBefore(at: Date): number {
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
