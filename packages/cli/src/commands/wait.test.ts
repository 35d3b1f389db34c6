import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pushHead } from '../checkout.ts';
import { gatedPipeline, openScene, type Scene, tooling } from '../test-scene.ts';
import { wait } from './wait.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  scene.git('commit', '--quiet', '--allow-empty', '--message', 'The first');
}, 30_000);
afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

/** Six seconds pass from look to look. */
function run(commit?: string) {
  let time = 0;
  const world = scene.world({ now: () => (time += 6000) });
  const code = wait(world, { state: scene.state, timeout: 30, ...(commit && { commit }) });
  return { code, said: world.said };
}

test('says where nothing is released yet', async () => {
  await expect(run().code).rejects.toThrow(
    'There is no pipeline slipway-platform: nothing is released here yet.',
  );
});

test('says, once, that nobody has taken up a commit, and gives up in time', async () => {
  await scene.deploy('slipway-tooling', tooling);
  await pushHead(scene.root, join(scene.state, 'git', 'slipway.git'), 'main');
  await scene.deploy('slipway-platform-pipeline', gatedPipeline('slipway-platform'));
  scene.git('commit', '--quiet', '--allow-empty', '--message', 'Not pushed');
  const head = scene.git('rev-parse', 'HEAD').trim();
  const { code, said } = run();
  await expect(code).rejects.toThrow(`Nothing settled for ${head} within 30 s.`);
  expect(said).toEqual([`No pipeline has taken up ${head.slice(0, 10)} so far: is it pushed?`]);
}, 30_000);

test('tells whose approval a commit waits for', async () => {
  const { code, said } = run(scene.git('rev-parse', 'HEAD~1').trim());
  expect(await code).toBe(3);
  expect(said.join('\n')).toContain('WAITING FOR APPROVAL');
}, 30_000);
