import { expect, test } from '@jest/globals';
import { buildsIn, deploymentsIn, evidenceOf, executionsIn } from '../../src/evidence.ts';
import { chapter, type Given, others, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

export function wayBack(given: Given): void {
  chapter('slipway rollback news', given, () => {
    let live: string;
    let before: string;

    test(
      'brings the version before back in production in seconds, by one deployment and nothing else',
      async () => {
        const world = given();
        live = (await commitsAt(world, 'production')).news!;
        const seen = world.clients.sightings().filter(each => each.where === 'production');
        before = seen.filter(each => each.service === 'news' && each.commit !== live).at(-1)!.commit;
        const tasks = await evidenceOf(world).allTasks(...others('news'));
        const mark = await world.events.mark();
        const startedAt = performance.now();
        const { code, output } = await world.cli.run('rollback', 'news');
        const tookMs = performance.now() - startedAt;
        expect(output).toContain(`news in production goes back to ${before.slice(0, 10)}`);
        expect(output).toMatch(/✓ AllowTraffic/);
        expect(code).toBe(0);
        expect(tookMs).toBeLessThan(10_000);
        expect(await commitsAt(world, 'production')).toMatchObject({ news: before });
        expect(await commitsAt(world, 'staging')).toMatchObject({ news: live });
        const events = await world.events.since(mark);
        expect(deploymentsIn(events)).toEqual(['slipway-news-production']);
        expect([...executionsIn(events), ...buildsIn(events)]).toEqual([]);
        expect(await evidenceOf(world).allTasks(...others('news'))).toEqual(tasks);
      },
      STEP_MS,
    );

    test(
      'goes forward as well, to a version that is named',
      async () => {
        const world = given();
        const { code } = await world.cli.run('rollback', 'news', '--to', live.slice(0, 10));
        expect(code).toBe(0);
        expect(await commitsAt(world, 'production')).toMatchObject({ news: live });
      },
      STEP_MS,
    );
  });
}
