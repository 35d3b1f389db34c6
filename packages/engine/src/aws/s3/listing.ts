import type { ObjectRow } from './tables.ts';

export interface ListingInput {
  prefix: string;
  delimiter: string;
  /** Only keys behind this one, or behind this common prefix. */
  after: string;
  limit: number;
}

export interface Listing {
  objects: ObjectRow[];
  commonPrefixes: string[];
  /** Where the next page goes on, when there is more. */
  next?: string;
}

/** One page of a bucket's keys, in order; those that share a beginning up to the delimiter count as one. */
export function listPage(
  rows: readonly ObjectRow[],
  { prefix, delimiter, after, limit }: ListingInput,
): Listing {
  const objects: ObjectRow[] = [];
  const commonPrefixes: string[] = [];
  let last = after;
  for (const row of rows) {
    const common = commonPrefix(row.key, prefix, delimiter);
    const name = common ?? row.key;
    if (compare(name, last) <= 0) continue;
    if (objects.length + commonPrefixes.length >= limit) {
      return { objects, commonPrefixes, ...(limit > 0 ? { next: last } : {}) };
    }
    if (common === undefined) objects.push(row);
    else commonPrefixes.push(common);
    last = name;
  }
  return { objects, commonPrefixes };
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** S3 orders keys by their UTF-8 bytes. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
