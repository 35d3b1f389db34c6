import type { Post } from './post.ts';

/** Where posts are kept. */
export type PostStore = {
  readonly add: (post: Post) => Promise<void>;
  /** Returns at most `limit` posts, the newest first. */
  readonly listNewest: (limit: number) => Promise<Post[]>;
};

/** Keeps posts for the life of the process, for development and tests. */
export function createMemoryPostStore(): PostStore {
  const posts: Post[] = [];
  return {
    add: async post => {
      posts.push(post);
    },
    listNewest: async limit =>
      posts.toSorted((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1)).slice(0, limit),
  };
}
