import { expect, test } from '@jest/globals';
import { append, changeLead } from '../../src/changes.ts';
import { buildsIn, deploymentsIn, evidenceOf, executionsIn, stackChangesIn } from '../../src/evidence.ts';
import { answersOf } from '../../src/services.ts';
import type { Pushed } from '../../src/world.ts';
import { chapter, type Given, NAMES, others, STEP_MS } from './chapter.ts';
import { commitsAt } from './commits.ts';

/** A test that passes with every lead that news has had so far. */
const NEWS_TEST = `
test('the page tells what happened', async () => {
  const { text } = await request(create()).get('/news/');
  expect(text).toMatch(/What happened/);
});
`;

export function onlyWhatChanged(given: Given): void {
  chapter('a push of one line of news', given, () => {
    let first: string;
    let pushed: Pushed;
    let tasks: Record<string, string[]>;
    let mark: number;
    let versions: number[];
    const pipelineVersions = (): Promise<number[]> =>
      Promise.all(
        ['platform', ...NAMES].map(
          async name => (await evidenceOf(given()).pipeline(`slipway-${name}`)).version,
        ),
      );

    test(
      'is released to staging and waits for the owners of news',
      async () => {
        const world = given();
        first = world.clone.git('rev-parse', 'HEAD').trim();
        tasks = await evidenceOf(world).allTasks(...others('news'));
        versions = await pipelineVersions();
        mark = await world.events.mark();
        world.commit('Put the newest on top', changeLead('news', 'What happened, the newest on top.'));
        pushed = await world.push();
        expect(pushed.output).toMatch(/news +✓ Build/);
        expect(pushed.output).toMatch(/news +✓ Staging/);
        expect(pushed.output).toContain('⏸ news WAITING FOR APPROVAL by team news: npx slipway approve news');
        expect(pushed.code).toBe(0);
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(3);
        expect(await commitsAt(world, 'staging')).toMatchObject({ news: pushed.commit });
      },
      STEP_MS,
    );

    test('builds, deploys and starts nothing of the other three', async () => {
      const world = given();
      const events = await world.events.since(mark);
      expect(executionsIn(events).map(each => each.pipeline)).toEqual(['slipway-platform', 'slipway-news']);
      expect(buildsIn(events)).toEqual(['slipway-plan', 'slipway-news-build']);
      expect(deploymentsIn(events)).toEqual(['slipway-news-staging']);
      expect(await evidenceOf(world).allTasks(...others('news'))).toEqual(tasks);
      expect(await commitsAt(world, 'production')).toEqual(
        Object.fromEntries(NAMES.map(name => [name, first])),
      );
    });

    test('keeps what the tests of its build said and what they reached', async () => {
      const { output } = await given().cli.run('logs', 'news', '--build');
      expect(output).toMatch(/Report tests: \d+ files, (\d+) of \1 tests passed/);
      expect(output).toMatch(/Report coverage: \d+ files, [\d.]+ % of \d+ lines covered/);
    });

    test('changes no pipeline and no stack, since it changes nothing of the definition', async () => {
      expect(stackChangesIn(await given().events.since(mark))).toEqual([]);
      expect(await pipelineVersions()).toEqual(versions);
    });

    test(
      'goes to production when its owners approve, who are shown what it brings',
      async () => {
        const world = given();
        const approved = await world.cli.run('approve', 'news', '--comment', 'Reads well');
        expect(approved.output).toContain(
          `${first.slice(0, 10)} → ${pushed.commit.slice(0, 10)}, which brings:`,
        );
        expect(approved.output).toContain('Put the newest on top');
        expect(approved.output).toContain('Approved: Reads well.');
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        expect(await commitsAt(world, 'production')).toEqual(
          Object.fromEntries(NAMES.map(name => [name, name === 'news' ? pushed.commit : first])),
        );
        expect(await evidenceOf(world).allTasks(...others('news'))).toEqual(tasks);
        const page = await fetch(`${world.door('production')}/news/`);
        expect(await page.text()).toContain('the newest on top.');
      },
      STEP_MS,
    );
  });

  chapter('a push that changes only a test of news', given, () => {
    test(
      'is tested and built, and since the image is the same nothing is deployed and nobody is asked',
      async () => {
        const world = given();
        const evidence = evidenceOf(world);
        const [tasks, images] = [await evidence.allTasks(...NAMES), await evidence.images('news')];
        const mark = await world.events.mark();
        world.commit('Hold the page of news by a test', append('packages/news/src/app.test.ts', NEWS_TEST));
        const pushed = await world.push();
        expect(pushed.output).toMatch(/news LIVE/);
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        const events = await world.events.since(mark);
        expect(buildsIn(events)).toContain('slipway-news-build');
        expect(deploymentsIn(events)).toEqual([]);
        expect(await evidence.images('news')).toEqual(images);
        expect(await evidence.allTasks(...NAMES)).toEqual(tasks);
      },
      STEP_MS,
    );

    test(
      'does not make the next push release news: one of docs, out of a clone of depth 1, affects no service',
      async () => {
        const world = given();
        const { clone } = world;
        const shallow = `${clone.place}/shallow`;
        clone.git('clone', '--quiet', '--depth', '1', `file://${clone.root}`, shallow);
        append('docs/glossary.md', '\nA line more.\n')(shallow);
        clone.git('-C', shallow, 'commit', '--quiet', '--all', '--message', 'Explain a line more');
        const mark = await world.events.mark();
        const remote = clone.git('remote', 'get-url', 'local').trim();
        const pushed = await world.push({ cwd: shallow, args: [remote, 'HEAD:main'] });
        clone.git('pull', '--quiet', '--ff-only', 'local', 'main');
        expect(pushed.output).toContain('Nothing is affected: what is live stays as it is.');
        expect((await world.cli.run('wait', pushed.commit)).code).toBe(0);
        const events = await world.events.since(mark);
        expect(executionsIn(events).map(each => each.pipeline)).toEqual(['slipway-platform']);
        expect(buildsIn(events)).toEqual(['slipway-plan']);
        expect((await answersOf(world.door('production'))).every(answer => answer.page)).toBe(true);
      },
      STEP_MS,
    );
  });
}
