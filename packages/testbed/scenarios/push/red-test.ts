import { expect, test } from '@jest/globals';
import { changeLead, replaceIn } from '../../src/changes.ts';
import { deploymentsIn } from '../../src/evidence.ts';
import { until } from '../../src/until.ts';
import type { Push } from '../../src/world.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { approveAll, commitsAt } from './commits.ts';

/** The lead that the test asks for from now on. The chapter after this one brings it. */
export const ASKED_LEAD = 'Fresh from the harbour.';

export function redTest(given: Given): void {
  chapter('a push that breaks a test of news, and one of blog right behind it', given, () => {
    let broken: Push;
    let blog: Push;
    let live: string | undefined;
    let mark: number;

    test(
      'shows what the failing test itself says, also of a test that passed a minute ago, and ends FAILED',
      async () => {
        const world = given();
        live = (await commitsAt(world, 'production')).news;
        mark = await world.events.mark();
        const file = 'packages/news/src/app.test.ts';
        world.commit(
          'Ask for a fresher lead',
          replaceIn(file, '/What happened/', '/Fresh from the harbour/'),
        );
        broken = world.startPush();
        await until(() => /news +● started/.test(broken.output()), {
          limitMs: STEP_MS,
          what: broken.output,
          ended: broken,
        });
        world.commit('Tell who writes', changeLead('blog', 'What sailors write, the newest first.'));
        blog = world.startPush();
        const { output } = await broken.ended;
        expect(output).toContain('● the page tells what happened');
        expect(output).toContain('/Fresh from the harbour/');
        expect(output).toMatch(/✗ news FAILED in Build\/Build/);
        expect((await world.cli.run('wait', broken.commit)).code).toBe(1);
      },
      STEP_MS,
    );

    test(
      'keeps news as it is and releases blog, whose team has nothing to do with it',
      async () => {
        const world = given();
        const { output } = await blog.ended;
        expect(output).not.toContain('news');
        expect(output).toContain('⏸ blog WAITING FOR APPROVAL by team blog');
        expect(await approveAll(world, blog.commit, 'blog')).toBe(0);
        const released = { news: live, blog: blog.commit };
        expect(await commitsAt(world, 'production')).toMatchObject(released);
        expect(await commitsAt(world, 'staging')).toMatchObject(released);
        expect(deploymentsIn(await world.events.since(mark))).toEqual([
          'slipway-blog-staging',
          'slipway-blog-production',
        ]);
      },
      STEP_MS,
    );
  });
}
