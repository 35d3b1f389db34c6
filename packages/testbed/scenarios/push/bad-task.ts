import { expect, test } from '@jest/globals';
import { answer503, failToStart } from '../../src/changes.ts';
import { evidenceOf, failedDeploymentsIn } from '../../src/evidence.ts';
import type { Pushed } from '../../src/world.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { approveAll, commitsAt } from './commits.ts';

/** All three pass every test: they go wrong in a task only. */
export function badTask(given: Given): void {
  chapter(
    'a push whose news cannot start, whose user never gets healthy and whose market fails in production',
    given,
    () => {
      let live: Record<string, string | undefined>;
      let tasks: Record<string, string[]>;
      let pushed: Pushed;
      let mark: number;

      test(
        'is rolled back in staging, where it goes wrong there, with the last words of the task',
        async () => {
          const world = given();
          live = await commitsAt(world, 'production');
          tasks = await evidenceOf(world).allTasks('news', 'user');
          mark = await world.events.mark();
          const bad = world.commit(
            'Set sail without wind',
            failToStart('news', 'staging', 'there is no wind'),
            answer503('user', { environment: 'staging', path: '/users/healthz', words: 'the tide is out' }),
            answer503('market', {
              environment: 'production',
              path: '/market/json',
              words: 'the hold is empty',
            }),
          );
          world.forbid(bad, 'staging', 'news', 'user');
          world.forbid(bad, 'production', 'news', 'user', 'market');
          pushed = await world.push();
          expect(pushed.output).toMatch(/✗ news FAILED in Staging\/BlueGreen: /);
          expect(pushed.output).toContain('there is no wind');
          expect(pushed.output).toMatch(/✗ user FAILED in Staging\/BlueGreen: /);
          expect(pushed.output).toContain('the tide is out');
          expect(pushed.output).toContain('⏸ market WAITING FOR APPROVAL');
          expect((await world.cli.run('wait', bad)).code).toBe(1);
          const failed = failedDeploymentsIn(await world.events.since(mark));
          expect(failed.sort()).toEqual(['slipway-news-staging', 'slipway-user-staging']);
          expect(await evidenceOf(world).allTasks('news', 'user')).toEqual(tasks);
        },
        STEP_MS,
      );

      test('tells what the health check of user was answered', () => {
        expect(pushed.output).toMatch(/\b503\b/);
      });

      test(
        'is checked behind the test listener of production, and never gets a request of production',
        async () => {
          const world = given();
          await world.cli.run('approve', 'market');
          const waited = await world.cli.run('wait', pushed.commit);
          expect(waited.code).toBe(1);
          expect(waited.output).toMatch(/✗ market FAILED in Production\/BlueGreen: /);
          expect(waited.output).toContain('the hold is empty');
          expect(failedDeploymentsIn(await world.events.since(mark))).toContain('slipway-market-production');
          expect(await commitsAt(world, 'production')).toEqual(live);
          expect(world.trespasses()).toEqual([]);
        },
        STEP_MS,
      );

      test(
        'is mended by its revert',
        async () => {
          const world = given();
          world.clone.git('revert', '--no-edit', pushed.commit);
          const mended = await world.push();
          expect(mended.output).not.toContain('FAILED');
          expect(await approveAll(world, mended.commit, 'market')).toBe(0);
        },
        STEP_MS,
      );

      test('reads as live again, where what is live never changed', async () => {
        const world = given();
        const { output } = await world.cli.run('status', '--json');
        const { pipelines } = JSON.parse(output) as { pipelines: { pipeline: string; failure?: object }[] };
        expect(pipelines.filter(each => each.failure)).toEqual([]);
      });
    },
  );
}
