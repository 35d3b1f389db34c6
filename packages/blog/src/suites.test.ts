import { createTestKit, describeFuzz, describeOpenApi, testCallers } from '@slipway/service-kit/testing';
import { createApp } from './app.ts';
import { comment } from './comments/comment.ts';
import { createMemoryCommentStore } from './comments/comment-store.ts';
import { publish } from './posts/post.ts';
import { createMemoryPostStore } from './posts/post-store.ts';

const folder = `${import.meta.dirname}/..`;
const kit = createTestKit(folder);
const signing = await testCallers({ now: () => new Date(Date.UTC(2030, 0, 1)) });
const ada = { id: 'ada-id', name: 'Ada' };
const post = publish(
  { title: 'Fair Winds', body: 'Words.', excerpt: 'Words.' },
  ada,
  kit.newId(),
  new Date(0),
);
const said = comment(post, { body: 'Well said.' }, ada, kit.newId(), new Date(0));

/** Where Ada has a post and a comment of her own, which she may change and delete. */
async function create() {
  const [posts, comments] = [createMemoryPostStore(), createMemoryCommentStore()];
  await posts.add(post);
  await comments.add(said);
  return createApp({ ...createTestKit(folder), posts, comments, callers: signing.callers });
}

const options = {
  authorization: () => signing.bearerOf(ada),
  known: { id: post.id, comment: said.id, author: ada.id, order: 'newest' },
};

describeOpenApi(folder, create, options);
describeFuzz(folder, create, options);
