import { expect, test } from '@jest/globals';
import type { Article } from './article.ts';
import { type ArticleStore, endOfTime, justAfter, mostCategories, type Wish } from './article-store.ts';
import { articleOf, describeStores } from './testing/stores.ts';

describeStores(open => {
  test('finds an article as it was added, and nothing where there is none', async () => {
    await using opened = await open();
    const article = articleOf();
    expect(await opened.store.find(article.id)).toBeUndefined();
    expect(await opened.store.add(article)).toBe('done');
    expect(await opened.store.find(article.id)).toEqual(article);
    expect(await opened.store.add(article)).toBe('outdated');
  });

  test('lists the newest first, without bodies, and says where the list goes on', async () => {
    await using opened = await open();
    const { store } = opened;
    expect(await list(store)).toEqual([]);
    // Across months and years, two at the same time.
    for (const day of ['2029-12-31', '2030-02-01', '2028-03-01', '2030-02-01', '2030-01-31']) {
      await store.add(articleOf({ title: day, publishAt: `${day}T00:00:00.000Z` }));
    }
    const { articles, next } = await store.list({ below: endOfTime, limit: 2 });
    expect(articles.map(({ title }) => title)).toEqual(['2030-02-01', '2030-02-01']);
    expect(articles[0]).not.toHaveProperty('body');
    expect(Object.keys(articles[0]!).sort()).toEqual(Object.keys(articleOf()).filter(isNotBody).sort());
    expect(await list(store, { below: next! })).toEqual(['2030-01-31', '2029-12-31', '2028-03-01']);
  });

  test('ends exactly: the last page has no next, even when it is full', async () => {
    await using opened = await open();
    for (const day of ['01', '02']) {
      await opened.store.add(articleOf({ publishAt: `2030-01-${day}T00:00:00.000Z` }));
    }
    for (const filter of [{}, { category: 'harbour' }, { tag: 'ships' }]) {
      const slice = await opened.store.list({ ...filter, below: endOfTime, limit: 2 });
      expect(slice.articles).toHaveLength(2);
      expect(slice).not.toHaveProperty('next');
    }
  });

  test('lists by category, by tag, by both and by time', async () => {
    await using opened = await open();
    const { store } = opened;
    const add = (title: string, different: Partial<Article>) => store.add(articleOf({ title, ...different }));
    await add('a', { category: 'harbour', tags: ['ships'], publishAt: '2030-01-01T00:00:00.000Z' });
    await add('b', { category: 'town', tags: ['ships', 'rain'], publishAt: '2030-01-02T00:00:00.000Z' });
    await add('c', { category: 'harbour', tags: ['rain'], publishAt: '2030-02-03T00:00:00.000Z' });
    await add('d', { category: 'harbour', tags: [], publishAt: '2030-02-04T00:00:00.000Z' });
    expect(await list(store, { category: 'harbour' })).toEqual(['d', 'c', 'a']);
    expect(await list(store, { tag: 'ships' })).toEqual(['b', 'a']);
    expect(await list(store, { tag: 'rain', category: 'harbour' })).toEqual(['c']);
    expect(await list(store, { tag: 'storm' })).toEqual([]);
    for (const filter of [{}, { category: 'harbour' }, { tag: 'ships' }]) {
      const span = { from: '2030-01-01T00:00:00.000Z', below: '2030-01-02T00:00:00.000Z' };
      expect(await list(store, { ...filter, ...span })).toEqual(['a']);
      expect(await list(store, { ...filter, from: span.below, below: span.from })).toEqual([]);
    }
    expect(await list(store, { below: justAfter('2030-01-02T00:00:00.000Z') })).toEqual(['b', 'a']);
  });

  test('moves a changed article to the lists in which it is now', async () => {
    await using opened = await open();
    const { store } = opened;
    const article = articleOf({ tags: ['ships', 'launch'] });
    await store.add(article);
    const changed = {
      ...article,
      title: 'Feast',
      category: 'town',
      tags: ['launch', 'music'],
      publishAt: '2030-03-01T00:00:00.000Z',
      version: 2,
    };
    expect(await store.change(changed)).toBe('done');
    expect(await store.find(article.id)).toEqual(changed);
    expect(await list(store)).toEqual(['Feast']);
    expect(await list(store, { category: 'harbour' })).toEqual([]);
    expect(await list(store, { category: 'town' })).toEqual(['Feast']);
    expect(await list(store, { tag: 'ships' })).toEqual([]);
    for (const tag of ['launch', 'music']) expect(await list(store, { tag })).toEqual(['Feast']);
  });

  test('of two changes of the same version one is made', async () => {
    await using opened = await open();
    const { store } = opened;
    const article = articleOf();
    await store.add(article);
    const outcomes = await Promise.all(
      ['left', 'right'].map(tag => store.change({ ...article, tags: [tag], version: 2 })),
    );
    expect(outcomes.sort()).toEqual(['done', 'outdated']);
    const kept = (await store.find(article.id))!.tags[0]!;
    expect(await list(store, { tag: kept })).toEqual(['Launch']);
    expect(await list(store, { tag: kept === 'left' ? 'right' : 'left' })).toEqual([]);
  });

  test('withdraws an article of the version that was seen, from every list', async () => {
    await using opened = await open();
    const { store } = opened;
    const article = articleOf();
    await store.add(article);
    expect(await store.withdraw({ ...article, version: 2 })).toBe('outdated');
    expect(await store.withdraw(article)).toBe('done');
    expect(await store.withdraw(article)).toBe('outdated');
    expect(await store.change({ ...article, version: 2 })).toBe('outdated');
    expect(await store.find(article.id)).toBeUndefined();
    for (const filter of [{}, { category: 'harbour' }, { tag: 'ships' }]) {
      expect(await list(store, filter)).toEqual([]);
    }
  });

  test('tells of a category from the time of its first article on', async () => {
    await using opened = await open();
    const { store } = opened;
    await store.add(articleOf({ category: 'town', publishAt: '2030-05-01T00:00:00.000Z' }));
    await store.add(articleOf({ category: 'harbour', publishAt: '2030-04-01T00:00:00.000Z' }));
    expect(await store.listCategories(new Date('2030-03-01'))).toEqual([]);
    expect(await store.listCategories(new Date('2030-04-01'))).toEqual(['harbour']);
    await store.add(articleOf({ category: 'town', publishAt: '2030-02-01T00:00:00.000Z' }));
    expect(await store.listCategories(new Date('2030-03-01'))).toEqual(['town']);
    expect(await store.listCategories(new Date('2030-05-01'))).toEqual(['harbour', 'town']);
  });

  test('takes no article of one category too many, and still those of the others', async () => {
    await using opened = await open();
    const { store } = opened;
    const add = (category: string) => store.add(articleOf({ category, tags: [] }));
    await Promise.all(Array.from({ length: mostCategories }, (_, index) => add(`category-${index}`)));
    expect(await add('one-more')).toBe('too-many-categories');
    expect(await add('category-7')).toBe('done');
    expect(await list(store, { category: 'one-more' })).toEqual([]);
    expect(await store.listCategories(new Date('2030-05-01'))).toHaveLength(mostCategories);
  });
});

async function list(store: ArticleStore, wish: Partial<Wish> = {}): Promise<string[]> {
  const { articles } = await store.list({ below: endOfTime, limit: 20, ...wish });
  return articles.map(({ title }) => title);
}

function isNotBody(key: string): boolean {
  return key !== 'body';
}
