import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Article, Headline } from './article.ts';
import { type ArticleStore, endOfTime, positionOf, type Wish } from './article-store.ts';
import { articleOf, describeStores } from './testing/stores.ts';

/** What editors do while somebody pages through a list. */
type Act =
  | { readonly do: 'publish'; readonly article: Article }
  | { readonly do: 'withdraw'; readonly which: number }
  | { readonly do: 'rename'; readonly which: number };

/** Few times, so that many articles have the same one; months apart and side by side. */
const time = fc.constantFrom(
  '2028-02-29T12:00:00.000Z',
  '2029-12-31T23:59:59.999Z',
  '2030-01-01T00:00:00.000Z',
  '2030-01-15T00:00:00.000Z',
  '2030-07-01T00:00:00.000Z',
);
const article = fc
  .record({
    id: fc.uuid(),
    publishAt: time,
    category: fc.constantFrom('harbour', 'town'),
    tags: fc.subarray(['launch', 'rain', 'ships']),
  })
  .map(articleOf);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), article }),
  fc.record({ do: fc.constant('withdraw' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('rename' as const), which: fc.nat(20) }),
);
const filter: fc.Arbitrary<Pick<Wish, 'category' | 'tag' | 'from'>> = fc.record(
  { category: fc.constant('harbour'), tag: fc.constant('ships'), from: time },
  { requiredKeys: [] },
);
const story = fc.record({
  before: fc.uniqueArray(article, { maxLength: 12, selector: ({ id }) => id }),
  meanwhile: fc.array(fc.array(act, { maxLength: 3 }), { maxLength: 6 }),
  filter,
  limit: fc.integer({ min: 1, max: 4 }),
});

describeStores(open => {
  test('whoever follows the cursors meets every article that stays exactly once, the newest first', async () => {
    const meetsEachOnce = fc.asyncProperty(story, async ({ before, meanwhile, filter, limit }) => {
      await using opened = await open();
      const { store } = opened;
      const there = new Map<string, Article>();
      for (const each of before) await play(store, there, { do: 'publish', article: each });
      const staying = new Map(there);

      const met: Headline[] = [];
      let below: string | undefined = endOfTime;
      for (let page = 0; below !== undefined; page++) {
        const slice = await store.list({ ...filter, below, limit });
        expect(slice.articles.length).toBeLessThanOrEqual(limit);
        met.push(...slice.articles);
        below = slice.next;
        for (const each of meanwhile[page] ?? []) await play(store, there, each);
        for (const id of staying.keys()) if (!there.has(id)) staying.delete(id);
      }

      const positions = met.map(positionOf);
      expect(positions).toEqual([...new Set(positions)].sort().reverse());
      const wanted = [...staying.values()].filter(each => isWanted(each, filter));
      expect(positions).toEqual(expect.arrayContaining(wanted.map(positionOf)));
      for (const each of met) expect(isWanted(each, filter)).toBe(true);
    });
    await fc.assert(meetsEachOnce, { numRuns: 12 });
  }, 120_000);
});

async function play(store: ArticleStore, there: Map<string, Article>, act: Act): Promise<void> {
  if (act.do === 'publish') {
    if ((await store.add(act.article)) === 'done') there.set(act.article.id, act.article);
    return;
  }
  const article = [...there.values()][act.which];
  if (article === undefined) return;
  if (act.do === 'withdraw') {
    expect(await store.withdraw(article)).toBe('done');
    there.delete(article.id);
    return;
  }
  const renamed = { ...article, title: `${article.title} again`, version: article.version + 1 };
  expect(await store.change(renamed)).toBe('done');
  there.set(article.id, renamed);
}

function isWanted(article: Headline, { category, tag, from = '' }: Pick<Wish, 'category' | 'tag' | 'from'>) {
  return (
    (category === undefined || article.category === category) &&
    (tag === undefined || article.tags.includes(tag)) &&
    article.publishAt >= from
  );
}
