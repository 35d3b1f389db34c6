/** A part of a list in its order; `next` is where the part after it begins, missing at the end. */
export type Part<Item, Position> = { readonly items: readonly Item[]; readonly next?: Position };

/** Which part of a list: at most so many, beginning behind a position. */
export type Range<Position> = { readonly limit: number; readonly after?: Position | undefined };

/** Makes a part of what was found: `found` may have one more than asked for, which tells that there is more. */
export function partOf<Item, Position>(
  found: readonly Item[],
  limit: number,
  positionOf: (item: Item) => Position,
): Part<Item, Position> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: positionOf(last) } : { items };
}
