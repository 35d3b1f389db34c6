import { type Part, partOf, type Range } from '../part.ts';
import type { Comment } from './comment.ts';

export type Order = 'oldest' | 'newest';

/** Where comments are kept. Whoever reads them has found their post first: without it they are not to be seen. */
export type CommentStore = {
  readonly add: (comment: Comment) => Promise<void>;
  readonly get: (postId: string, id: string) => Promise<Comment | undefined>;
  /** Returns the comments of a post, the oldest or the newest first; a position is a comment's id. */
  readonly list: (postId: string, order: Order, range: Range<string>) => Promise<Part<Comment, string>>;
  /** Removes a comment; nothing happens if there is none. */
  readonly remove: (postId: string, id: string) => Promise<void>;
  /** Removes all comments of a post. */
  readonly removeAll: (postId: string) => Promise<void>;
};

/** Keeps comments for the life of the process, for development and tests. */
export function createMemoryCommentStore(): CommentStore {
  const byPost = new Map<string, Map<string, Comment>>();
  const of = (postId: string) => byPost.get(postId) ?? new Map<string, Comment>();
  return {
    add: async comment => {
      byPost.set(comment.postId, of(comment.postId).set(comment.id, comment));
    },
    get: async (postId, id) => of(postId).get(id),
    list: async (postId, order, { limit, after }) => {
      const sorted = [...of(postId).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const ordered = order === 'oldest' ? sorted : sorted.reverse();
      const found = ordered.filter(
        ({ id }) => after === undefined || (order === 'oldest' ? id > after : id < after),
      );
      return partOf(found, limit, ({ id }) => id);
    },
    remove: async (postId, id) => void of(postId).delete(id),
    removeAll: async postId => void byPost.delete(postId),
  };
}
