import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest, test } from '@jest/globals';
import { openWorld, spec, type World } from './test-world.ts';

const bin = fileURLToPath(new URL('../../../../../node_modules/.bin', import.meta.url));
/** Real builds take a moment on a machine that is busy. */
jest.setTimeout(30_000);

let world: World;
afterEach(() => world.close());

/** A workspace whose one test reads a file. */
function sources(answer: string): Record<string, string> {
  const packages = {
    '': { name: 'root', workspaces: ['packages/*'] },
    'node_modules/news': { resolved: 'packages/news', link: true },
    'packages/news': { name: 'news', version: '1.0.0' },
  };
  return {
    'buildspec.yml': spec(['turbo run test']),
    'package.json':
      '{"name":"root","private":true,"packageManager":"npm@11.0.0","workspaces":["packages/*"]}',
    'package-lock.json': JSON.stringify({ name: 'root', lockfileVersion: 3, packages }),
    'turbo.json': '{"tasks":{"test":{}}}',
    '.gitignore': 'node_modules\n',
    'packages/news/package.json':
      '{"name":"news","version":"1.0.0","scripts":{"test":"grep -qx right answer.txt"}}',
    'packages/news/answer.txt': `${answer}\n`,
  };
}

test('turbo shares results between builds, and a test that was changed to fail fails', async () => {
  world = openWorld({ tools: [bin] });
  await world.project();
  expect((await world.build(sources('right'))).text).toContain('0 cached, 1 total');
  const again = await world.build(sources('right'));
  expect(again.text).toContain('1 cached, 1 total');
  const broken = await world.build(sources('wrong'));
  expect(broken.text).toContain('0 cached, 1 total');
  expect(broken.status).toBe('FAILED');
});
