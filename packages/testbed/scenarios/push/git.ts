import { expect, test } from '@jest/globals';
import { addFiles, append } from '../../src/changes.ts';
import { evidenceOf, executionsIn } from '../../src/evidence.ts';
import { chapter, type Given, NAMES, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

export function git(given: Given): void {
  chapter('whatever git can do to a push', given, () => {
    let good: string;
    let live: Record<string, string | undefined>;

    test('a push to another branch is refused with a sentence, and nothing begins', async () => {
      const world = given();
      good = world.clone.git('rev-parse', 'HEAD').trim();
      const mark = await world.events.mark();
      const { code, output } = await world.push({ args: ['local', 'HEAD:topic'] });
      expect(output).toContain('remote: slipway releases `main` only; push HEAD:main');
      expect(code).not.toBe(0);
      expect(executionsIn(await world.events.since(mark))).toEqual([]);
    });

    test(
      'a push of 10,000 files while the engine is down is kept, and carried out at the next start',
      async () => {
        const world = given();
        const tasks = await evidenceOf(world).allTasks(...NAMES);
        live = await commitsAt(world, 'production');
        const mark = await world.events.mark();
        await world.kill();
        world.commit('Keep an archive', addFiles('docs/archive', 10_000));
        const pushed = await world.push();
        const served = await commitsAt(world, 'production');
        await world.start();
        expect(pushed.output).toContain('Slipway is not running: this push is kept');
        expect(pushed.code).toBe(0);
        expect(served).toEqual(live);
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        const begun = executionsIn(await world.events.since(mark));
        expect(begun.map(each => each.pipeline)).toEqual(['slipway-platform']);
        expect(await evidenceOf(world).allTasks(...NAMES)).toEqual(tasks);
      },
      STEP_MS,
    );

    test(
      'of two pushes at once git may refuse one, and pushed again it is carried out',
      async () => {
        const world = given();
        const [first, second] = ['One', 'Another'].map(word =>
          world.commit(`${word} line`, append('docs/glossary.md', `\n${word} line.\n`)),
        );
        const push = (commit: string | undefined) => world.push({ args: ['local', `${commit}:main`] });
        const pushes = await Promise.all([push(first), push(second)]);
        expect(pushes.filter(each => each.code === 0)).not.toEqual([]);
        for (const { code, output } of pushes)
          if (code !== 0) expect(output).toMatch(/rejected|cannot lock ref/);
        if (pushes[1].code !== 0) expect((await push(second)).code).toBe(0);
        expect(world.clone.git('ls-remote', 'local', 'main')).toContain(second);
        expect((await world.cli.run('wait', second!)).code).toBe(0);
        expect((await world.cli.run('wait', first!)).code).toBe(0);
      },
      STEP_MS,
    );

    test(
      'a force push goes back to what is live, and releases nothing',
      async () => {
        const world = given();
        const tasks = await evidenceOf(world).allTasks(...NAMES);
        world.clone.git('reset', '--quiet', '--hard', good);
        const refused = await world.push();
        expect(refused.output).toContain('rejected');
        const forced = await world.push({ args: ['--force', 'local', 'HEAD:main'] });
        expect(forced.output).toContain('Nothing is affected');
        expect(forced.code).toBe(0);
        expect((await world.cli.run('wait', good)).code).toBe(0);
        expect(await evidenceOf(world).allTasks(...NAMES)).toEqual(tasks);
      },
      STEP_MS,
    );
  });
}
