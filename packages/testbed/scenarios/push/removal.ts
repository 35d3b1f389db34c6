import { expect, test } from '@jest/globals';
import { remove } from '../../src/changes.ts';
import { evidenceOf } from '../../src/evidence.ts';
import type { Pushed } from '../../src/world.ts';
import { chapter, type Given, others, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

const TABLE = 'slipway-news-production-newsroom';

export function removal(given: Given): void {
  chapter('a push without packages/news', given, () => {
    let live: string | undefined;
    let pushed: Pushed;
    let tasks: Record<string, string[]>;

    test(
      'leaves news running as it is',
      async () => {
        const world = given();
        live = (await commitsAt(world, 'production')).news;
        await evidenceOf(world).putItem(TABLE, { id: { S: 'farewell' } });
        tasks = await evidenceOf(world).allTasks(...others('news'));
        world.commit('Do without news', remove('packages/news'));
        pushed = await world.push();
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        expect(await commitsAt(world, 'production')).toMatchObject({ news: live });
      },
      STEP_MS,
    );

    test('names news and what to do with it, in the push and in the status', async () => {
      const { cli } = given();
      const words = /slipway remove news/;
      expect(pushed.output).toMatch(words);
      expect((await cli.run('status')).output).toMatch(words);
    });

    test('is not carried further without a yes', async () => {
      const world = given();
      const { code, output } = await world.cli.run('remove', 'news');
      expect(code).toBe(1);
      expect(output).toContain('--yes');
      expect(await commitsAt(world, 'production')).toMatchObject({ news: live });
    });

    test(
      'ends with slipway remove news, which keeps its data and disturbs nobody else',
      async () => {
        const world = given();
        const { cli, clients } = world;
        clients.retire('news');
        const { code, output } = await cli.run('remove', 'news', '--yes');
        expect(output).toContain('slipway-news-data-production');
        expect(code).toBe(0);
        const answer = await fetch(`${world.door('production')}/news/json`);
        expect([404, 503]).toContain(answer.status);
        const evidence = evidenceOf(world);
        expect(await evidence.items(TABLE)).toBe(1);
        expect(await evidence.allTasks(...others('news'))).toEqual(tasks);
        await expect(evidence.pipeline('slipway-news')).rejects.toThrow('does not have a pipeline');
      },
      STEP_MS,
    );
  });
}
