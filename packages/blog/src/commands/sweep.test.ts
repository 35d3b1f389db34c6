import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { startLocalDynamo } from '@slipway/service-kit/testing';
import { comment } from '../comments/comment.ts';
import { createDynamoCommentStore } from '../comments/dynamo-comment-store.ts';
import { createDynamoPostStore } from '../posts/dynamo-post-store.ts';
import { publish } from '../posts/post.ts';

const ada = { id: 'ada-id', name: 'Ada' };
const id = '00000000-0000-4000-8000-000000000001';
const longAgo = new Date(Date.UTC(2020, 0, 1));

test('the command removes what deleted posts left, in the tables that it is given', async () => {
  await using dynamo = await startLocalDynamo(`${import.meta.dirname}/../..`);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamo.clientConfig));
  const [posts, comments] = [
    createDynamoPostStore('posts', client),
    createDynamoCommentStore('comments', client),
  ];
  const post = publish({ title: 'Gone', body: 'Gone.', excerpt: 'Gone.' }, ada, id, longAgo);
  await posts.add(post);
  await comments.add(comment(post, { body: 'Gone, too.' }, ada, id, longAgo));
  await posts.bury(post, longAgo);
  expect(await runSweep(dynamo.env)).toEqual({ code: 0, out: 'Deleted posts swept up after: 1\n', err: '' });
  expect(await comments.list(post.id, 'oldest', { limit: 9 })).toEqual({ items: [] });
  client.destroy();
});

test('the command says in a sentence that it needs tables', async () => {
  const err = 'TABLE_POSTS and TABLE_COMMENTS must name the tables.\n';
  expect(await runSweep({})).toEqual({ code: 1, out: '', err });
});

async function runSweep(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--no-warnings', `${import.meta.dirname}/sweep.ts`], { env });
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}
