/** Returns cents as a decimal text of dollars, such as `66.23`. */
export function inDollars(cents: number): string {
  const [whole, part] = [Math.floor(cents / 100), cents % 100];
  return `${whole}.${String(part).padStart(2, '0')}`;
}

/** Returns by how much a price has changed in per cent with two digits and its sign, such as `-0.53`. */
export function changeInPercent(from: number, to: number): string {
  const change = Math.round((10_000 * (to - from)) / from) / 100;
  return `${change > 0 ? '+' : ''}${change === 0 ? '0.00' : change.toFixed(2)}`;
}
