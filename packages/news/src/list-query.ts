import { cursorOf, type PageRequest } from '@slipway/service-kit';
import * as z from 'zod';
import { placePattern, type Wish } from './article-store.ts';
import { labelSchema } from './label.ts';

/** Somebody may have shortened the address by hand: what is not understood is left out. */
const querySchema = z.object({
  category: labelSchema.optional().catch(undefined),
  tag: labelSchema.optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  cursor: cursorOf(z.string().regex(placePattern)).optional().catch(undefined),
});

/** What a page of the list was asked for. */
export type ListQuery = {
  readonly wish: Omit<Wish, 'below' | 'limit'> & {
    readonly to?: string;
    readonly below?: string | undefined;
  };
  /** The filters as they stand in the address; both days count. */
  readonly filters: Readonly<Record<'category' | 'tag' | 'from' | 'to', string | undefined>>;
};

/** Reads the address of a page. */
export function readListQuery(query: PageRequest['query']): ListQuery {
  const { cursor, ...filters } = querySchema.parse(emptyIsAbsent(query));
  const { category, tag, from, to } = filters;
  return {
    wish: { category, tag, from, below: cursor, ...(to !== undefined && { to: dayAfter(to) }) },
    filters: { category, tag, from, to },
  };
}

/** A form sends its empty fields too. */
function emptyIsAbsent(query: PageRequest['query']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 24 * 60 * 60 * 1000).toISOString();
}
