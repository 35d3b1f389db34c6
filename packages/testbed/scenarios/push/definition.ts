import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { append, changeLead, replaceIn } from '../../src/changes.ts';
import type { Ended } from '../../src/cli.ts';
import { evidenceOf, executionsIn, stackChangesIn } from '../../src/evidence.ts';
import type { Change, Pushed } from '../../src/world.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { approveAll, commitsAt } from './commits.ts';
import { leaveThePort } from './frozen-shape.ts';

const TORN = "\nthrow new Error('the chart is torn');\n";

const mend: Change = root => {
  const file = join(root, 'pipeline/lib/app.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace(TORN, ''));
};

/** What a platform engineer would write to have a stage more, a setting and a question in other words. */
const ADD_STAGE = [
  replaceIn(
    'pipeline/lib/pipelines/blueprint.ts',
    "        { name: 'Release', actions: [release] },\n",
    `        { name: 'Rehearsal', actions: [release] },
        { name: 'Release', actions: [release] },
`,
  ),
  replaceIn(
    'pipeline/lib/pipelines/blueprint.test.ts',
    "      'Release     1 Release     build slipway-release',\n",
    "      'Rehearsal   1 Release     build slipway-release',\n      'Release     1 Release     build slipway-release',\n",
  ),
  replaceIn('pipeline/lib/pipelines/blueprint.ts', 'const question = `Release ', 'const question = `Launch '),
  replaceIn('pipeline/environments.yaml', 'logs: 90', 'logs: 30'),
];

export function definition(given: Given): void {
  chapter('a push whose definition cannot be synthesized', given, () => {
    test(
      'ends FAILED and leaves pipelines and services as they are',
      async () => {
        const world = given();
        const { pipeline } = evidenceOf(world);
        const both = () => Promise.all([pipeline('slipway-platform'), pipeline('slipway-blog')]);
        const [before, live] = [await both(), await commitsAt(world, 'staging')];
        const mark = await world.events.mark();
        world.commit(
          'Tear the chart',
          append('pipeline/lib/app.ts', TORN),
          changeLead('blog', 'What nobody reads.'),
        );
        const pushed = await world.push();
        expect(pushed.output).toMatch(/✗ platform FAILED in Check\/Check/);
        expect(pushed.output).toContain('the chart is torn');
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(1);
        expect(await both()).toEqual(before);
        expect(stackChangesIn(await world.events.since(mark))).toEqual([]);
        expect(await commitsAt(world, 'staging')).toEqual(live);
      },
      STEP_MS,
    );
  });

  chapter('the next push, with a stage more, another setting and a malformed contract of news', given, () => {
    const released = ['blog', 'market', 'user'];
    let pushed: Pushed;
    let settled: Ended;
    let mark: number;
    let live: string | undefined;
    let newsPipeline: object;

    test(
      'changes the pipelines before anything of it is released',
      async () => {
        const world = given();
        const { pipeline } = evidenceOf(world);
        live = (await commitsAt(world, 'production')).news;
        newsPipeline = await pipeline('slipway-news');
        const blogPipeline = await pipeline('slipway-blog');
        mark = await world.events.mark();
        world.commit(
          'Rehearse before a release',
          mend,
          ...ADD_STAGE,
          leaveThePort,
          replaceIn('packages/news/service.yaml', 'cpu: 256', 'cpu: plenty'),
          append('packages/news/service.yaml', 'colour: blue\n'),
          changeLead('news', 'Nobody gets to read this.'),
          ...released.map(service => changeLead(service, `New in ${service}.`)),
        );
        pushed = await world.push();
        expect((await pipeline('slipway-platform')).stages).toContain('Rehearsal');
        expect(pushed.output).toContain('⏸ platform WAITING FOR APPROVAL');
        await world.cli.run('approve', 'platform');
        settled = await world.cli.run('wait', pushed.commit);
        expect((await pipeline('slipway-blog')).version).toBe(blogPipeline.version + 1);
        const events = await world.events.since(mark);
        const changed = stackChangesIn(events).filter(each => each.status === 'UPDATE_COMPLETE');
        const begun = executionsIn(events).filter(each => each.pipeline !== 'slipway-platform');
        for (const service of released) {
          const stacks = ['slipway-platform-pipeline', `slipway-${service}-pipeline`];
          const last = Math.max(...stacks.map(stack => changed.find(each => each.stack === stack)!.seq));
          const runs = begun.filter(each => each.pipeline === `slipway-${service}`);
          expect(runs).toHaveLength(1);
          expect(runs[0]!.seq).toBeGreaterThan(last);
        }
      },
      STEP_MS,
    );

    test(
      'releases user, market and blog',
      async () => {
        const world = given();
        for (const service of released) expect(settled.output).toContain(`⏸ ${service} WAITING FOR APPROVAL`);
        await approveAll(world, pushed.commit, ...released);
        expect(await commitsAt(world, 'production')).toEqual({
          news: live,
          ...Object.fromEntries(released.map(service => [service, pushed.commit])),
        });
      },
      STEP_MS,
    );

    test('fails news alone, with file, line, the wrong value and what to do, and leaves it as it was', async () => {
      const world = given();
      expect(await evidenceOf(world).pipeline('slipway-news')).toEqual(newsPipeline);
      expect(await commitsAt(world, 'staging')).toMatchObject({ news: live });
      expect(settled.output).toMatch(/✗ news FAILED/);
      expect(settled.output).toMatch(/packages\/news\/service\.yaml:5.*plenty/);
      expect(settled.output).toMatch(/packages\/news\/service\.yaml:\d+.*colour/);
      expect((await world.cli.run('wait', pushed.commit)).code).toBe(1);
    });

    test('would be told that the path of blog is taken, too', async () => {
      const { clone, cli } = given();
      const file = join(clone.root, 'packages/news/service.yaml');
      const text = readFileSync(file, 'utf8');
      clone.git('checkout', '--quiet', 'HEAD~1', '--', 'packages/news/service.yaml');
      for (const path of ['path', 'health: { path'])
        replaceIn('packages/news/service.yaml', `${path}: /news`, `${path}: /blog`)(clone.root);
      const { output } = await cli.run('doctor');
      clone.git('reset', '--quiet');
      writeFileSync(file, text);
      const told =
        'packages/news/service.yaml:3:7  path: "/blog" — is the path of blog already: choose another';
      expect(output).toContain(told);
    });
  });
}
