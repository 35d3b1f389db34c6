import { expect, test } from '@jest/globals';
import { buildsIn, evidenceOf, executionsIn } from '../../src/evidence.ts';
import type { Pushed } from '../../src/world.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

/** The revert of the last change of news, which is rejected first. */
export function gate(given: Given): void {
  chapter('a push that goes back to what was released before', given, () => {
    let live: string | undefined;
    let pushed: Pushed;
    let images: string[];
    let mark: number;

    test(
      'takes the image that is known, and waits for approval',
      async () => {
        const world = given();
        live = (await commitsAt(world, 'production')).news;
        images = await evidenceOf(world).images('news');
        mark = await world.events.mark();
        world.clone.git('revert', '--no-edit', live!);
        pushed = await world.push();
        expect(pushed.output).toContain('⏸ news WAITING FOR APPROVAL');
        expect(await evidenceOf(world).images('news')).toEqual(images);
        expect(buildsIn(await world.events.since(mark))).toContain('slipway-news-build');
      },
      STEP_MS,
    );

    test('shows the commits since what is live where it waits', () => {
      expect(pushed.output).toContain('Revert "Put the newest on top"');
    });

    test('says in its build that the image is known', async () => {
      const { output } = await given().cli.run('logs', 'news', '--build');
      expect(output).toMatch(/known|reuse/i);
    });

    test(
      'stays in staging when it is rejected, and says why',
      async () => {
        const world = given();
        const reason = 'The newest belong on top';
        const rejected = await world.cli.run('reject', 'news', '--reason', reason);
        expect(rejected.output).toContain(`Rejected: ${reason}. What was live stays live.`);
        const waited = await world.cli.run('wait', pushed.commit);
        expect(waited.output).toContain(reason);
        expect(waited.code).toBe(1);
        expect(await commitsAt(world, 'production')).toMatchObject({ news: live });
        expect(await commitsAt(world, 'staging')).toMatchObject({ news: pushed.commit });
      },
      STEP_MS,
    );

    test(
      'is asked about again with slipway retry, in the same execution, and released then',
      async () => {
        const world = given();
        const retried = await world.cli.run('retry', 'news');
        expect(retried.output).toContain('Trying Approval of news again');
        expect(retried.code).toBe(3);
        expect((await world.cli.run('approve', 'news', '--comment', 'After all')).code).toBe(0);
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        expect(await commitsAt(world, 'production')).toMatchObject({ news: pushed.commit });
        const begun = executionsIn(await world.events.since(mark));
        expect(begun.map(each => each.pipeline)).toEqual(['slipway-platform', 'slipway-news']);
      },
      STEP_MS,
    );
  });
}
