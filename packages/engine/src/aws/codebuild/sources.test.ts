import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openWorld, spec, type World } from './test-world.ts';

/** Real builds take a moment on a machine that is busy. */
jest.setTimeout(30_000);

let world: World;
beforeEach(async () => {
  world = openWorld();
  await world.project();
});
afterEach(() => world.close());

const SOURCES = { 'a/deep/one': 'one', 'a/two': 'two', 'bin/run*': '#!/bin/sh\n', three: 'three' };
/** All that there is, with modes, numbers of names and bytes. */
const look =
  'find . -exec ls -ld {} + | sed -E "s/ +/ /g" | cut -d " " -f "1,2,9-" | grep -v ^d | sort -k 3 && find . -type d -perm 755 | sort && cat a/deep/one a/two bin/run three && echo';

/** Builds, and waits until the build has left what it leaves. */
async function build(sources: Record<string, string>, project = 'slipway-news-build') {
  const built = await world.build(sources, { project });
  await allCleared();
  return built;
}

/** No build is there any more, so what they leave is left. */
async function allCleared(): Promise<void> {
  await world.eventually(() => readdirSync(join(world.state, 'builds')).length === 0 || undefined);
}

/** What a build with these commands shows at its beginning. */
async function seen(sources: Record<string, string>, spoil = 'true'): Promise<string> {
  const commands = ['echo begin', look, 'echo end', spoil];
  const { text, status } = await build({ 'buildspec.yml': spec(commands), ...sources });
  expect(status).toBe('SUCCEEDED');
  return text.slice(text.indexOf('\nbegin\n'), text.indexOf('\nend\n'));
}

/** The number of a file, which is another for another file. */
async function number(sources: Record<string, string>, file: string, project?: string): Promise<string> {
  const { text } = await build(
    { 'buildspec.yml': spec([`echo "is $(ls -i ${file})"`]), ...sources },
    project,
  );
  return text.match(/^is (\d+)/m)![1]!;
}

test.each([
  [
    'changes a file and sets its times back',
    'touch -r three t; echo THREE | tr -d "\\n" > three; touch -r t three; rm t',
  ],
  ['empties a file', ': > three'],
  ['replaces a file by a link', 'echo -n three > ../three; rm three; ln -s ../three three'],
  ['keeps another name for a file', 'ln three ../other'],
  ['replaces a file by a directory', 'rm three; mkdir three; echo > three/x'],
  ['replaces a directory by a file', 'rm -r a/deep; echo > a/deep'],
  ['replaces a directory by a link', 'mv a ../b; ln -s ../b a'],
  ['swaps directories', 'mv a b; mv bin a; mv b bin'],
  [
    'adds files, links and directories',
    'echo > a/deep/.more; ln -s / all; mkdir -p dist/x; echo > dist/x/y; mkfifo pipe',
  ],
  ['changes modes', 'chmod 000 three; chmod 777 a/two; chmod 644 bin/run; chmod 000 a; chmod 700 .'],
  ['removes all', 'rm -r a bin three buildspec.yml'],
  ['replaces all by a link to the root', 'rm -r ../src; ln -s / ../src'],
])('a build that %s shows nothing of it to the next one', async (_, spoil) => {
  const right = await seen(SOURCES, spoil);
  expect(right).toContain('-rwxr-xr-x 1 ./bin/run\n');
  expect(await seen(SOURCES)).toBe(right);
});

test('the next build has its own commit’s sources, of which the same files are not made again', async () => {
  const before = await number(SOURCES, 'a/two');
  const { three: _, ...rest } = SOURCES;
  expect(await number({ ...SOURCES, 'a/deep/one': 'changed' }, 'a/two')).toBe(before);
  const { text } = await build({
    'buildspec.yml': spec(['echo "has $(find . -type f | sort | xargs)"; cat a/deep/one']),
    ...rest,
    'a/new': 'new',
  });
  expect(text).toContain('\nhas ./a/deep/one ./a/new ./a/two ./bin/run ./buildspec.yml\none');
});

test('a file that became a directory, and a directory that became a file, are what they are now', async () => {
  await build({ 'buildspec.yml': spec(['true']), x: 'file', 'y/z': 'file' });
  const { text } = await build({ 'buildspec.yml': spec(['cat x/z y']), 'x/z': 'X', y: 'Y' });
  expect(text).toContain('\nXY');
});

test('no project is given what another one’s build left, nor one of the same name made later', async () => {
  await world.project({ Name: 'other' });
  const trees = () => readdirSync(join(world.state, 'sources')).length;
  const before = await number(SOURCES, 'three');
  expect(trees()).toBe(1);
  expect(await number(SOURCES, 'three', 'other')).not.toBe(before);
  expect(trees()).toBe(2);
  await world.remove('other');
  expect(trees()).toBe(1);
});

test('a build that fails leaves its sources, one that is stopped or killed leaves none', async () => {
  const kept = () => readdirSync(join(world.state, 'sources'), { recursive: true }).length;
  const stopped = await begin('sleep 60');
  world.engine.codebuild.stopBuild(stopped);
  expect((await world.ended(stopped)).status).toBe('STOPPED');
  await allCleared();
  const killed = await begin('kill -9 $(ps -o pgid= -p $$ | sed "s/^ */-/")');
  expect((await world.ended(killed)).status).toBe('FAULT');
  await allCleared();
  expect(kept()).toBe(1);
  expect((await build({ 'buildspec.yml': spec(['false']) })).status).toBe('FAILED');
  expect(kept()).toBe(3);

  /** A build that is at this command, or was. */
  async function begin(command: string): Promise<string> {
    const id = await world.begin({ 'buildspec.yml': spec(['echo has begun', command]) });
    const state = world.engine.codebuild.build(id)!;
    await world.eventually(() => /^has begun$/m.test(world.log(state)) || undefined);
    return id;
  }
});
