import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Problem } from '@slipway/service-kit';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { whileAvailable } from './available.ts';
import { openDynamo } from './dynamo.ts';
import { createDynamoPostStore } from './posts/dynamo-post-store.ts';

const notAvailable = { status: 503, headers: { 'Retry-After': '5' } };

describe('a store that does not answer as it should', () => {
  let dynamo: LocalDynamo;
  beforeAll(async () => {
    dynamo = await startLocalDynamo(`${import.meta.dirname}/..`);
  });
  afterAll(async () => dynamo[Symbol.asyncDispose]());

  test('is not available when nobody listens', async () => {
    const failure = await askAt(await closedPort());
    expect(failure).toBeInstanceOf(Problem);
    expect(failure).toMatchObject(notAvailable);
  });

  test('is not available when it takes a call and never answers', async () => {
    await using server = await listening(() => {});
    expect(await askAt(server.port)).toMatchObject(notAvailable);
  });

  test.each([
    [500, 'InternalServerError', notAvailable],
    [503, 'ServiceUnavailable', notAvailable],
    [400, 'ThrottlingException', notAvailable],
    [400, 'ProvisionedThroughputExceededException', notAvailable],
    [400, 'ValidationException', { name: 'ValidationException' }],
    [400, 'AccessDeniedException', { name: 'AccessDeniedException' }],
  ])('and says %i %s is taken for what that is', async (status, name, expected) => {
    await using server = await answering(status, name);
    expect(await askAt(server.port)).toMatchObject(expected);
  });

  test('while a wrong table and a mistake of ours stay bugs', async () => {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamo.clientConfig));
    const posts = whileAvailable(createDynamoPostStore('no-such-table', client), 'posts');
    await expect(posts.get('a')).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
    client.destroy();
    const mistaken = whileAvailable({ get: async () => (undefined as unknown as string).length }, 'posts');
    await expect(mistaken.get()).rejects.toThrow(TypeError);
  });
});

async function askAt(port: number): Promise<unknown> {
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  const client = openDynamo(config, 200);
  const posts = whileAvailable(createDynamoPostStore('posts', client), 'posts');
  const failure = await posts.get('a').then(
    () => 'no failure',
    error => error,
  );
  client.destroy();
  return failure;
}

/** A DynamoDB that refuses everything in this way. */
function answering(status: number, name: string): Promise<Listening> {
  return listening((request, response) => {
    request.resume();
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'No.' }));
  });
}

type Listening = AsyncDisposable & { readonly port: number };

async function listening(answer: RequestListener): Promise<Listening> {
  const server = createServer(answer);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function closedPort(): Promise<number> {
  await using server = await answering(200, '');
  return server.port;
}
