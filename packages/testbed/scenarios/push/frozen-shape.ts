import { expect, test } from '@jest/globals';
import { replaceIn } from '../../src/changes.ts';
import { deploymentsIn, stackChangesIn } from '../../src/evidence.ts';
import type { Change } from '../../src/world.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

const CONTRACT = 'packages/news/service.yaml';

/** What the sentence advises. The next push of the contract does so. */
export const leaveThePort: Change = replaceIn(CONTRACT, 'port: 3001', 'port: 3000');

export function frozenShape(given: Given): void {
  chapter('a push that moves news to another port', given, () => {
    test(
      "is refused in news's build, with file, line and the safe way, and nothing else happens",
      async () => {
        const world = given();
        const places = ['staging', 'production'] as const;
        const live = await Promise.all(places.map(place => commitsAt(world, place)));
        const mark = await world.events.mark();
        world.commit('Move to another port', replaceIn(CONTRACT, 'port: 3000', 'port: 3001'));
        const pushed = await world.push();
        expect(pushed.output).toMatch(/✗ news FAILED in Build\/Build/);
        expect(pushed.output).toContain(
          'slipway-news-staging/Blue.Port (packages/news/service.yaml:4:7) changes the port from 3000 to 3001',
        );
        expect(pushed.output).toContain('leave it at 3000, since the process finds it in PORT');
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(1);
        const events = await world.events.since(mark);
        expect(deploymentsIn(events)).toEqual([]);
        const touched = stackChangesIn(events).map(({ stack }) => stack);
        expect(touched.filter(stack => /-(staging|production)$/.test(stack))).toEqual([]);
        expect(await Promise.all(places.map(place => commitsAt(world, place)))).toEqual(live);
      },
      STEP_MS,
    );
  });
}
