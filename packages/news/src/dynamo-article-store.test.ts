import { DeleteCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Article } from './article.ts';
import { type ArticleStore, endOfTime, positionOf, type Wish, type WriteOutcome } from './article-store.ts';
import { createDynamoArticleStore } from './dynamo-article-store.ts';
import type { NewsTable } from './dynamo-table.ts';
import { articleOf, openNewsTable } from './testing/stores.ts';

let table: Awaited<ReturnType<typeof openNewsTable>>;
let now = new Date('2030-01-01');
let stories = 0;
beforeAll(async () => {
  table = await openNewsTable(() => now);
}, 60_000);
afterAll(async () => table?.[Symbol.asyncDispose]());

type Send = (command: object) => Promise<unknown>;

/** The table as a process meets it whose requests go through `send`. */
function through(send: (really: () => Promise<unknown>, command: object) => Promise<unknown>): NewsTable {
  const client = { send: (command: object) => send(() => (table.client.send as Send)(command), command) };
  return { ...table, client: client as unknown as NewsTable['client'] };
}

describe('a write that is cut short', () => {
  const kinds: Record<string, (store: ArticleStore, article: Article) => Promise<WriteOutcome>> = {
    add: (store, article) => store.add(article),
    change: (store, article) => store.change(changeOf(article)),
    withdraw: (store, article) => store.withdraw(article),
  };

  test.each(Object.keys(kinds))(
    'of the kind %s is made as a whole or not at all, and leaves nothing',
    async kind => {
      for (let writes = 0, isCut = true; isCut; writes++) {
        const article = articleOfStory();
        const healthy = createDynamoArticleStore(table);
        if (kind !== 'add') await healthy.add(article);
        isCut = await endsAfter(writes, store => kinds[kind]!(store, article));
        await expectWhole(healthy, article);

        now = new Date(now.getTime() + 2 * 60 * 60 * 1000);
        for (const tag of tagsOf(article)) await healthy.list({ tag, below: endOfTime, limit: 1 });
        expect(await entriesOf(article)).toHaveLength((await healthy.find(article.id))?.tags.length ?? 0);
      }
    },
    120_000,
  );

  /** The process ends when its table has carried out so many of its writes. Returns whether there were more. */
  async function endsAfter(writes: number, act: (store: ArticleStore) => Promise<unknown>): Promise<boolean> {
    let left = writes;
    let isCut = false;
    const cut = createDynamoArticleStore(
      through(async (really, command) => {
        isCut ||= isWrite(command) && left-- === 0;
        if (isCut) throw new Error('the process has ended');
        return really();
      }),
    );
    await act(cut).catch(() => {});
    return isCut;
  }

  function isWrite(command: object): boolean {
    return [PutCommand, UpdateCommand, DeleteCommand].some(kind => command instanceof kind);
  }
});

test('an answer that was lost is no change of somebody else', async () => {
  const repeating = createDynamoArticleStore(
    through(async really => {
      await really().catch(() => {});
      return really();
    }),
  );
  const article = articleOfStory();
  expect(await repeating.add(article)).toBe('done');
  expect(await repeating.change(changeOf(article))).toBe('done');
  await expectWhole(createDynamoArticleStore(table), article);
  expect(await repeating.withdraw(changeOf(article))).toBe('done');
  await expectWhole(createDynamoArticleStore(table), article);
});

test('writers who come between each other never lose an article from a list', async () => {
  const tagSets = fc.array(fc.subarray(['1', '2', '3']), { minLength: 2, maxLength: 3 });
  const isNeverLost = fc.asyncProperty(fc.scheduler(), tagSets, async (scheduler, wishes) => {
    const healthy = createDynamoArticleStore(table);
    const article = articleOfStory();
    await healthy.add(article);
    const writers = wishes.map(async wish => {
      const store = createDynamoArticleStore(
        through(really => scheduler.schedule(Promise.resolve()).then(really)),
      );
      const tags = article.tags.filter((_, index) => wish.includes(String(index + 1)));
      for (;;) {
        const seen = (await store.find(article.id))!;
        const outcome = await store.change({ ...seen, tags, version: seen.version + 1 });
        if (outcome === 'done') return;
      }
    });
    await scheduler.waitFor(Promise.all(writers));
    expect((await healthy.find(article.id))!.version).toBe(1 + wishes.length);
    await expectWhole(healthy, article);
  });
  await fc.assert(isNeverLost, { numRuns: 8 });
}, 120_000);

test('a tag with more litter than one request reads still lists what there is', async () => {
  const store = createDynamoArticleStore(table);
  const article = articleOfStory();
  await store.add(article);
  const [tag] = article.tags as [string];
  for (let day = 10; day < 28; day++) {
    const other = articleOf({ tags: [tag], publishAt: `2030-06-${day}T00:00:00.000Z` });
    await endAtItself(other);
  }
  const first = await store.list({ tag, below: endOfTime, limit: 1 });
  expect(first.articles).toEqual([]);
  const rest = await store.list({ tag, below: first.next!, limit: 1 });
  expect(rest.articles).toMatchObject([{ id: article.id }]);
  expect(rest).not.toHaveProperty('next');

  /** Its entries are written, it is not. */
  async function endAtItself(other: Article): Promise<void> {
    const cut = through((really, command) => {
      const isArticle = command instanceof PutCommand && command.input.Item?.title !== undefined;
      return isArticle ? Promise.reject(new Error('the process has ended')) : really();
    });
    await expect(createDynamoArticleStore(cut).add(other)).rejects.toThrow('ended');
  }
});

/** An article with tags that no other story uses. */
function articleOfStory(): Article {
  stories += 1;
  return articleOf({ tags: ['1', '2', '3'].map(tag => `story-${stories}-${tag}`) });
}

/** Another time and other tags, one of them the same. */
function changeOf(article: Article): Article {
  const [first] = article.tags as [string];
  return {
    ...article,
    tags: [first, `${first}-new`],
    publishAt: '2030-02-01T00:00:00.000Z',
    version: article.version + 1,
  };
}

/** The article is in the list of each tag that it has and in no other, and so with all lists. */
async function expectWhole(store: ArticleStore, article: Article): Promise<void> {
  const found = await store.find(article.id);
  const first = async (wish: Partial<Wish>) => {
    const { articles } = await store.list({ below: endOfTime, limit: 1, ...wish });
    return articles.map(positionOf).join();
  };
  const tags = tagsOf(article);
  const listed = await Promise.all(tags.map(tag => first({ tag })));
  expect(tags.filter((_, index) => listed[index] !== '')).toEqual(
    tags.filter(tag => found?.tags.includes(tag)),
  );
  for (const place of [article, changeOf(article)].map(positionOf)) {
    const below = `${place}~`;
    const isThere = found !== undefined && positionOf(found) === place;
    const isListed = [await first({ below }), await first({ below, category: 'harbour' })];
    expect(isListed.map(each => each === place)).toEqual([isThere, isThere]);
  }
}

/** The tags that it has or has had. */
function tagsOf(article: Article): string[] {
  return [...new Set([...article.tags, ...changeOf(article).tags])];
}

async function entriesOf({ id }: Article): Promise<unknown[]> {
  const { Items = [] } = await table.client.send(
    new ScanCommand({
      TableName: table.name,
      FilterExpression: 'article = :id',
      ExpressionAttributeValues: { ':id': id },
    }),
  );
  return Items;
}
