import type { CommentStore } from './comments/comment-store.ts';
import type { PostStore } from './posts/post-store.ts';

/** How long a deleted post's mark stays, in ms: longer than any request that still adds a comment may take. */
export const graceMs = 60 * 60 * 1000;

/**
 * Removes the comments of posts that were deleted, and then the marks of those posts; returns how many posts.
 * Whatever interrupts it, the mark is still there and the next sweep begins again with it.
 */
export async function sweep(posts: PostStore, comments: CommentStore, now: Date): Promise<number> {
  const before = new Date(now.getTime() - graceMs);
  let swept = 0;
  for (let ids = await posts.listBuried(before); ids.length > 0; ids = await posts.listBuried(before)) {
    for (const id of ids) {
      await comments.removeAll(id);
      await posts.forget(id);
      swept += 1;
    }
  }
  return swept;
}
