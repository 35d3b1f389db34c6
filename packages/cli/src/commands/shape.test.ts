import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openScene, type Scene } from '../test-scene.ts';
import { shape } from './shape.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
}, 30_000);
afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

const variables = () => ({
  AWS_ENDPOINT_URL: scene.target.endpoint!,
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: scene.target.credentials!.accessKeyId,
  AWS_SECRET_ACCESS_KEY: scene.target.credentials!.secretAccessKey,
});

async function ask(...service: string[]): Promise<unknown> {
  const out = join(scene.root, 'shape.json');
  const before = { ...process.env };
  Object.assign(process.env, variables()); // a build has them, and the SDK reads them itself
  try {
    expect(await shape(scene.world(), { service, out })).toBe(0);
  } finally {
    process.env = before;
  }
  return JSON.parse(readFileSync(out, 'utf8'));
}

test('a service that is live nowhere has recorded nothing', async () => {
  expect(await ask('news')).toEqual({});
}, 30_000);

test('what live stacks recorded is read as it is, of the services asked for and of no other', async () => {
  const record = (service: string, place: string, value: object) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: {
      ...{ Type: 'String', Name: `/slipway/shape/${service}/${place}` },
      Value: JSON.stringify(value),
    },
  });
  await scene.deploy('slipway-shapes', {
    News: record('news', 'staging', { 'Blue.Port': 3000 }),
    NewsToo: record('news', 'production', { 'Blue.Port': 3000, 'Service.ServiceName': 'news' }),
    Blog: record('blog', 'staging', {}),
  });
  expect(await ask('news')).toEqual({
    '/slipway/shape/news/production': { 'Blue.Port': 3000, 'Service.ServiceName': 'news' },
    '/slipway/shape/news/staging': { 'Blue.Port': 3000 },
  });
  expect(Object.keys((await ask('news', 'blog')) as object)).toHaveLength(3);
}, 30_000);
