import { whileAvailable } from './available.ts';
import { type CommentStore, createMemoryCommentStore } from './comments/comment-store.ts';
import type { Tables } from './config.ts';
import { createMemoryPostStore, type PostStore } from './posts/post-store.ts';

export type Stores = { readonly posts: PostStore; readonly comments: CommentStore };

/** Opens the tables, or keeps everything in memory where there are none. */
export async function openStores(tables: Tables | undefined): Promise<Stores> {
  if (tables === undefined) return { posts: createMemoryPostStore(), comments: createMemoryCommentStore() };
  const { openDynamo } = await import('./dynamo.ts');
  const { createDynamoPostStore } = await import('./posts/dynamo-post-store.ts');
  const { createDynamoCommentStore } = await import('./comments/dynamo-comment-store.ts');
  const client = openDynamo();
  return {
    posts: whileAvailable(createDynamoPostStore(tables.posts, client), 'posts'),
    comments: whileAvailable(createDynamoCommentStore(tables.comments, client), 'comments'),
  };
}
