import { type Call, respondJson } from './call.ts';
import { RegistryError } from './errors.ts';

/** Tags in byte order, `n` at a time after `last`; a Link header leads to the next page. */
export async function listTags(call: Call): Promise<void> {
  const { query, repository, storage } = call;
  const limit = parseLimit(query.get('n'));
  const last = query.get('last') ?? '';
  const all = (await storage.listTags(repository))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .filter(tag => tag > last);
  const tags = limit === undefined ? all : all.slice(0, limit);
  const next = new URLSearchParams({ n: String(limit), last: tags.at(-1) ?? '' });
  const hasMore = tags.length > 0 && tags.length < all.length;
  respondJson(call, hasMore ? { link: `</v2/${repository}/tags/list?${next}>; rel="next"` } : {}, {
    name: repository,
    tags,
  });
}

function parseLimit(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RegistryError('PAGINATION_NUMBER_INVALID', 'n is not a number of tags');
}
