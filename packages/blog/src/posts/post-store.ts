import * as z from 'zod';
import type { Part, Range } from '../part.ts';
import { partOf } from '../part.ts';
import { type Post, type Summary, summarize } from './post.ts';

/** Where a post stands in a list: the newest first. */
export const postPositionSchema = z.strictObject({
  publishedAt: z.iso.datetime(),
  id: z.string().min(1).max(100),
});
export type PostPosition = Readonly<z.output<typeof postPositionSchema>>;

/** Where posts are kept. Ids are never used again. */
export type PostStore = {
  /** Keeps a new post. Throws if its id is taken. */
  readonly add: (post: Post) => Promise<void>;
  /** Returns the post as the last write left it. */
  readonly get: (id: string) => Promise<Post | undefined>;
  /** The newest first; may be a moment behind the last write. */
  readonly listNewest: (range: Range<PostPosition>) => Promise<Part<Summary, PostPosition>>;
  readonly listByAuthor: (
    authorId: string,
    range: Range<PostPosition>,
  ) => Promise<Part<Summary, PostPosition>>;
  /** Replaces the version before this one; false if that one is no longer there. */
  readonly replace: (post: Post) => Promise<boolean>;
  /**
   * Deletes this version and leaves a mark in its place, so that what belongs to it can be removed later; false if
   * this version is no longer there.
   */
  readonly bury: (post: Summary, at: Date) => Promise<boolean>;
  /** Returns some ids of posts that were deleted before then. */
  readonly listBuried: (before: Date) => Promise<string[]>;
  /** Removes the mark of a deleted post. */
  readonly forget: (id: string) => Promise<void>;
};

/** Keeps posts for the life of the process, for development and tests. */
export function createMemoryPostStore(): PostStore {
  const posts = new Map<string, Post>();
  const buried = new Map<string, Date>();
  const list = (of: (post: Post) => boolean, { limit, after }: Range<PostPosition>) => {
    const sorted = [...posts.values()].filter(of).sort((a, b) => compare(b, a));
    const found = sorted.filter(post => after === undefined || compare(post, after) < 0);
    return partOf(found.slice(0, limit + 1).map(summarize), limit, positionOf);
  };
  const isVersion = ({ id }: Summary, version: number) => posts.get(id)?.version === version;
  return {
    add: async post => {
      if (posts.has(post.id) || buried.has(post.id)) throw new Error(`the id ${post.id} is taken`);
      posts.set(post.id, post);
    },
    get: async id => posts.get(id),
    listNewest: async range => list(() => true, range),
    listByAuthor: async (authorId, range) => list(({ author }) => author.id === authorId, range),
    replace: async post => {
      if (!isVersion(post, post.version - 1)) return false;
      posts.set(post.id, post);
      return true;
    },
    bury: async (post, at) => {
      if (!isVersion(post, post.version)) return false;
      posts.delete(post.id);
      buried.set(post.id, at);
      return true;
    },
    listBuried: async before => [...buried].filter(([, at]) => at < before).map(([id]) => id),
    forget: async id => void buried.delete(id),
  };
}

/** Returns where a post stands in a list. */
export function positionOf({ publishedAt, id }: PostPosition): PostPosition {
  return { publishedAt, id };
}

function compare(a: PostPosition, b: PostPosition): number {
  if (a.publishedAt !== b.publishedAt) return a.publishedAt < b.publishedAt ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
