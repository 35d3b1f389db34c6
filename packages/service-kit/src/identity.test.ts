import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createIdentity } from './identity.ts';

const deps = { service: 'news', hostname: 'host-1', fetch };
const servers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

describe('the identity', () => {
  test('outside ECS it says plainly that there is no task', async () => {
    await expect(createIdentity({}, deps)('::ffff:127.0.0.1')).resolves.toEqual({
      service: 'news',
      environment: 'local',
      ip: '127.0.0.1',
      hostname: 'host-1',
      task: 'none',
      imageDigest: 'none',
      commit: 'none',
      version: 'none',
    });
  });

  test('in ECS it is the task, its address, image and revision', async () => {
    const url = await startMetadata(() => 200);
    const env = {
      ECS_CONTAINER_METADATA_URI_V4: url,
      SLIPWAY_ENVIRONMENT: 'production',
      SLIPWAY_SERVICE: 'news',
      SLIPWAY_COMMIT: 'c0ffee',
    };
    await expect(createIdentity(env, deps)('10.0.0.9')).resolves.toEqual({
      service: 'news',
      environment: 'production',
      ip: '10.0.1.7',
      hostname: 'host-1',
      task: '158d1c8083dd49d6b527399fd6414f5c',
      imageDigest: 'sha256:abc',
      commit: 'c0ffee',
      version: 'slipway-news-production:7',
    });
  });

  test('the endpoint is asked again while it fails, and no more once it has answered', async () => {
    const statuses = [500, 500, 200, 200];
    const asked: number[] = [];
    const url = await startMetadata(() => {
      asked.push(statuses[asked.length]!);
      return asked.at(-1)!;
    });
    const whoAmI = createIdentity({ ECS_CONTAINER_METADATA_URI_V4: url }, deps);
    expect((await whoAmI(undefined)).task).toBe('none');
    while (asked.length < 2) await new Promise(setImmediate);
    expect((await whoAmI(undefined)).version).toBe('slipway-news-production:7');
    expect((await whoAmI(undefined)).version).toBe('slipway-news-production:7');
    expect(asked).toEqual(statuses);
  });
});

/** A task metadata endpoint; documents as in the guide, shortened. */
async function startMetadata(status: () => number): Promise<string> {
  const documents: Record<string, object> = {
    '/v4/1': {
      Image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/news@sha256:abc',
      ImageID: 'sha256:def',
      Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: ['10.0.1.7'] }],
    },
    '/v4/1/task': {
      TaskARN: 'arn:aws:ecs:ap-northeast-1:123456789012:task/slipway/158d1c8083dd49d6b527399fd6414f5c',
      Family: 'slipway-news-production',
      Revision: '7',
    },
  };
  const server = createServer((request, response) => {
    response.writeHead(status()).end(JSON.stringify(documents[request.url!]));
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/1`;
}
