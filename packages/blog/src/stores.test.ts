import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { type Comment, comment } from './comments/comment.ts';
import { type CommentStore, createMemoryCommentStore } from './comments/comment-store.ts';
import { createDynamoCommentStore } from './comments/dynamo-comment-store.ts';
import type { Part, Range } from './part.ts';
import { createDynamoPostStore } from './posts/dynamo-post-store.ts';
import { type Post, publish, revise, type Summary, summarize } from './posts/post.ts';
import { createMemoryPostStore, type PostPosition, type PostStore } from './posts/post-store.ts';
import { graceMs, sweep } from './sweep.ts';

type Stores = { posts: PostStore; comments: CommentStore };

describe('the memory stores', () => {
  describeStores(() => ({ posts: createMemoryPostStore(), comments: createMemoryCommentStore() }));
});

describe('the DynamoDB stores, on the tables of service.yaml', () => {
  let dynamo: LocalDynamo;
  let client: DynamoDBDocumentClient;
  beforeAll(async () => {
    dynamo = await startLocalDynamo(`${import.meta.dirname}/..`);
    client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamo.clientConfig));
  });
  afterAll(async () => {
    client.destroy();
    await dynamo[Symbol.asyncDispose]();
  });
  describeStores(() => ({
    posts: createDynamoPostStore('posts', client),
    comments: createDynamoCommentStore('comments', client),
  }));
});

/** Both kinds promise the same. The tests share one world, so each has authors and posts of its own. */
function describeStores(open: () => Stores): void {
  let stores: Stores;
  beforeAll(() => {
    stores = open();
  });

  describe('a post', () => {
    test('is there as it was written, at once', async () => {
      const post = await add(aPost());
      const kept = await stores.posts.get(post.id);
      expect(JSON.stringify(kept)).toBe(JSON.stringify(post)); // in the same order, or its ETag would be another
      expect(await stores.posts.get('no-such-post')).toBeUndefined();
    });

    test('is not replaced by another one that has its id', async () => {
      const post = await add(aPost());
      await expect(stores.posts.add({ ...post, title: 'Another' })).rejects.toThrow();
      expect(await stores.posts.get(post.id)).toEqual(post);
    });

    test('is changed by one of two who have read the same version', async () => {
      const post = await add(aPost());
      const [one, other] = ['one', 'other'].map(title =>
        revise(post, { title, body: title, excerpt: title }, post.author, at(9)),
      ) as [Post, Post];
      const replaced = await Promise.all([stores.posts.replace(one), stores.posts.replace(other)]);
      expect(replaced.toSorted()).toEqual([false, true]);
      expect(await stores.posts.get(post.id)).toEqual(replaced[0] ? one : other);
    });

    test('is neither changed nor deleted again when it is gone, and its id is never used again', async () => {
      const post = await add(aPost());
      const revised = revise(post, { title: 'New', body: 'New', excerpt: 'New' }, post.author, at(9));
      expect(await stores.posts.replace(revised)).toBe(true);
      expect(await stores.posts.bury(post, at(10))).toBe(false);
      expect(await stores.posts.bury(revised, at(10))).toBe(true);
      expect(await stores.posts.get(post.id)).toBeUndefined();
      expect(await stores.posts.bury(revised, at(11))).toBe(false);
      expect(await stores.posts.replace({ ...revised, version: 3 })).toBe(false);
      await expect(stores.posts.add(post)).rejects.toThrow();
      await sweep(stores.posts, stores.comments, later);
    });
  });

  describe('the posts', () => {
    test('are listed the newest first, of everybody and of one author, each once over all pages', async () => {
      const ada = anAuthor();
      const bob = anAuthor();
      const added: Post[] = [];
      for (const [author, hour] of [
        [ada, 2],
        [bob, 3],
        [ada, 1],
        [ada, 5],
        [bob, 4],
      ] as const) {
        added.push(await add(aPost({ author, hour })));
      }
      const newestFirst = added.toSorted((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1)).map(summarize);
      const ofAda = await readAll<Summary, PostPosition>(
        range => stores.posts.listByAuthor(ada.id, range),
        2,
      );
      expect(ofAda.items).toEqual(newestFirst.filter(({ author }) => author.id === ada.id));
      expect(ofAda.lengths).toEqual([2, 1]);
      const all = await readAll<Summary, PostPosition>(range => stores.posts.listNewest(range), 2);
      const ids = new Set(added.map(({ id }) => id));
      expect(all.items.filter(({ id }) => ids.has(id))).toEqual(newestFirst);
      expect(new Set(all.items.map(({ id }) => id)).size).toBe(all.items.length);
    });

    test('that fill a page exactly have no page after it', async () => {
      const author = anAuthor();
      for (const hour of [1, 2]) await add(aPost({ author, hour }));
      const { items, next } = await stores.posts.listByAuthor(author.id, { limit: 2 });
      expect(items).toHaveLength(2);
      expect(next).toBeUndefined();
      expect(await stores.posts.listByAuthor(anAuthor().id, { limit: 2 })).toEqual({ items: [] });
    });

    test('of the same moment are each listed once', async () => {
      const author = anAuthor();
      const ids = [];
      for (let count = 0; count < 5; count++) ids.push((await add(aPost({ author, hour: 1 }))).id);
      const { items } = await readAll<Summary, PostPosition>(
        range => stores.posts.listByAuthor(author.id, range),
        2,
      );
      expect(items.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    });

    test('go on where a page ended although its last post is gone', async () => {
      const author = anAuthor();
      for (const hour of [1, 2, 3]) await add(aPost({ author, hour }));
      const first = await stores.posts.listByAuthor(author.id, { limit: 2 });
      await stores.posts.bury(first.items[1]!, at(10));
      const second = await stores.posts.listByAuthor(author.id, { limit: 2, after: first.next });
      expect(second.items.map(({ publishedAt }) => publishedAt)).toEqual([at(1).toISOString()]);
    });

    test('that are long make shorter pages, of which none is lost', async () => {
      const author = anAuthor();
      const body = '字'.repeat(20_000);
      for (let hour = 0; hour < 24; hour++) await add({ ...aPost({ author, hour }), body });
      const { items } = await readAll<Summary, PostPosition>(
        range => stores.posts.listByAuthor(author.id, range),
        20,
      );
      expect(items).toHaveLength(24);
    });
  });

  describe('comments', () => {
    test('are listed by age from either end, each once over all pages', async () => {
      const post = await add(aPost());
      const added: Comment[] = [];
      for (const hour of [2, 1, 3, 5, 4]) added.push(await say(post, hour));
      const byAge = added.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const oldest = await readAll<Comment, string>(
        range => stores.comments.list(post.id, 'oldest', range),
        2,
      );
      expect(oldest).toEqual({ items: byAge, lengths: [2, 2, 1] });
      const newest = await readAll<Comment, string>(
        range => stores.comments.list(post.id, 'newest', range),
        2,
      );
      expect(newest.items).toEqual(byAge.toReversed());
    });

    test('of one post are not those of another', async () => {
      const [post, other] = [await add(aPost()), await add(aPost())];
      const said = await say(post, 1);
      expect(await stores.comments.get(post.id, said.id)).toEqual(said);
      expect(await stores.comments.get(other.id, said.id)).toBeUndefined();
      expect(await stores.comments.list(other.id, 'oldest', { limit: 2 })).toEqual({ items: [] });
    });

    test('are removed one by one, also twice', async () => {
      const post = await add(aPost());
      const [one, other] = [await say(post, 1), await say(post, 2)];
      await stores.comments.remove(post.id, one.id);
      await stores.comments.remove(post.id, one.id);
      expect((await stores.comments.list(post.id, 'oldest', { limit: 9 })).items).toEqual([other]);
    });
  });

  describe('a sweep', () => {
    test('removes the comments of deleted posts, more than a batch, and nothing else', async () => {
      const [gone, left] = [await add(aPost()), await add(aPost())];
      for (let count = 0; count < 30; count++) await say(gone, 1);
      const kept = await say(left, 1);
      await stores.posts.bury(gone, at(10));
      expect(await sweep(stores.posts, stores.comments, at(10))).toBe(0);
      expect((await stores.comments.list(gone.id, 'oldest', { limit: 99 })).items).toHaveLength(30);
      expect(await sweep(stores.posts, stores.comments, later)).toBeGreaterThan(0);
      expect((await stores.comments.list(gone.id, 'oldest', { limit: 99 })).items).toEqual([]);
      expect((await stores.comments.list(left.id, 'oldest', { limit: 9 })).items).toEqual([kept]);
      expect(await stores.posts.get(left.id)).toEqual(left);
      expect(await sweep(stores.posts, stores.comments, later)).toBe(0);
    });
  });

  async function add(post: Post): Promise<Post> {
    await stores.posts.add(post);
    return post;
  }
  async function say(post: Post, hour: number): Promise<Comment> {
    const said = comment(post, { body: 'Well said.' }, anAuthor(), newId(), at(hour));
    await stores.comments.add(said);
    return said;
  }
}

let ids = 0;
const newId = () => `00000000-0000-4000-8000-${(ids++).toString(16).padStart(12, '0')}`;
const anAuthor = () => ({ id: newId(), name: 'Ada' });
const at = (hour: number) => new Date(Date.UTC(2030, 0, 1, hour));
const later = new Date(at(24).getTime() + graceMs);

function aPost({ author = anAuthor(), hour = 1 } = {}): Post {
  return publish(
    { title: 'A post', body: 'Some *words*.', excerpt: 'Some words.' },
    author,
    newId(),
    at(hour),
  );
}

async function readAll<Item, Position>(
  list: (range: Range<Position>) => Promise<Part<Item, Position>>,
  limit: number,
): Promise<{ items: Item[]; lengths: number[] }> {
  const items: Item[] = [];
  const lengths: number[] = [];
  let after: Position | undefined;
  do {
    const part: Part<Item, Position> = await list({ limit, after });
    items.push(...part.items);
    lengths.push(part.items.length);
    after = part.next;
  } while (after !== undefined);
  return { items, lengths };
}
