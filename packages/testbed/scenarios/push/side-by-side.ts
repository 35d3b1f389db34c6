import { expect, test } from '@jest/globals';
import { changeLead, replaceIn } from '../../src/changes.ts';
import { buildsIn, executionsIn, spanOf } from '../../src/evidence.ts';
import { until } from '../../src/until.ts';
import type { Pushed } from '../../src/world.ts';
import { chapter, type Given, NAMES, STEP_MS } from './chapter.ts';
import { approveAll, commitsAt } from './commits.ts';
import { ASKED_LEAD } from './red-test.ts';

export function sideBySide(given: Given): void {
  chapter('a push that repairs news and changes blog', given, () => {
    let repair: Pushed;
    let kit: Pushed;

    test(
      'is released of both, side by side',
      async () => {
        const world = given();
        const mark = await world.events.mark();
        world.commit(
          'Bring fresh news, and what captains write',
          changeLead('news', ASKED_LEAD),
          changeLead('blog', 'What captains write, the newest first.'),
        );
        repair = await world.push();
        expect(repair.output).toContain('⏸ news WAITING FOR APPROVAL');
        expect(repair.output).toContain('⏸ blog WAITING FOR APPROVAL');
        const events = await world.events.since(mark);
        expect(
          executionsIn(events)
            .map(each => each.pipeline)
            .sort(),
        ).toEqual(['slipway-blog', 'slipway-news', 'slipway-platform']);
        const [news, blog] = [spanOf(events, 'slipway-news')!, spanOf(events, 'slipway-blog')!];
        expect(news.from).toBeLessThan(blog.to);
        expect(blog.from).toBeLessThan(news.to);
        await world.cli.run('approve', 'blog');
      },
      STEP_MS,
    );

    test(
      'is followed by a push of what all services share, which releases all four',
      async () => {
        const world = given();
        const mark = await world.events.mark();
        world.commit(
          'Ask to refresh again',
          replaceIn('packages/service-kit/src/answer.ts', "refresh: 'Refresh',", "refresh: 'Refresh now',"),
        );
        kit = await world.push();
        for (const name of NAMES) expect(kit.output).toContain(`⏸ ${name} WAITING FOR APPROVAL`);
        const builds = buildsIn(await world.events.since(mark)).filter(each => each.endsWith('-build'));
        expect(builds.sort()).toEqual(NAMES.map(name => `slipway-${name}-build`));
      },
      STEP_MS,
    );

    test('is overtaken in news, whose older approval nobody can give any more', async () => {
      const world = given();
      const overtaken = await world.cli.run('wait', repair.commit);
      expect(overtaken.output).toContain('news SUPERSEDED');
      expect(overtaken.output).toContain('blog LIVE');
      expect(overtaken.code).toBe(4);
    });

    test(
      'is in production with the newer one when all four are approved, where an open stream goes on at another task',
      async () => {
        const world = given();
        const moves = world.listener.moves();
        expect(await approveAll(world, kit.commit, ...NAMES)).toBe(0);
        const everywhere = Object.fromEntries(NAMES.map(name => [name, kit.commit]));
        expect(await commitsAt(world, 'production')).toEqual(everywhere);
        expect(await commitsAt(world, 'staging')).toEqual(everywhere);
        const sightings = world.clients.sightings().filter(each => each.service === 'news');
        const production = sightings.filter(each => each.where === 'production');
        expect(production.map(each => each.commit)).not.toContain(repair.commit);
        expect(sightings.map(each => each.commit)).toContain(repair.commit);
        await until(() => world.listener.moves() > moves, {
          ...{ limitMs: 60_000, what: () => world.listener.faults().join('\n') },
        });
      },
      STEP_MS,
    );
  });
}
