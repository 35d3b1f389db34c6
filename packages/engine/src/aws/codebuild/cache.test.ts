import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { openWorld, spec, type World } from './test-world.ts';

/** Real builds take a moment on a machine that is busy. */
jest.setTimeout(30_000);

let world: World;
afterEach(() => world.close());

const paths = ['node_modules/**/*'];
const cache = { key: 'npm-$(codebuild-hash-files package-lock.json)', paths };
const S3 = { Cache: { Type: 'S3', Location: 'bucket/cache' } };
/** Installs when the cache did not, and says which. */
const install =
  'if test -f node_modules/m/i.js; then echo restored $(cat node_modules/m/i.js); else mkdir -p node_modules/m; echo $VALUE > node_modules/m/i.js; echo installed; fi';

function files(lock: string, value = lock): Record<string, string> {
  const more = { cache, env: { shell: 'bash', variables: { VALUE: value } } };
  return { 'buildspec.yml': spec([install], more), 'package-lock.json': lock };
}

/** A checkout as npm leaves it. */
function checkout(lock: object, installed: object = lock): string {
  const directory = join(world.directory, 'checkout');
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), content);
  };
  write('package-lock.json', JSON.stringify(lock));
  write('node_modules/.package-lock.json', JSON.stringify(installed));
  write('node_modules/.cache/tool', 'private');
  write('node_modules/m/package.json', '{}');
  write('node_modules/m/i.js', 'seeded');
  write('packages/news/package.json', '{"name":"news"}');
  symlinkSync('../packages/news', join(directory, 'node_modules', 'news'));
  return directory;
}

const LOCK = {
  packages: {
    '': { name: 'root' },
    'node_modules/m': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
    'node_modules/news': { resolved: 'packages/news', link: true },
    'packages/news': { version: '1.0.0' },
  },
};
const INSTALLED = {
  packages: { 'node_modules/m': LOCK.packages['node_modules/m'], 'node_modules/news': { link: true } },
};

test('an entry is restored for its key in every project, saved once, and never after a failed build', async () => {
  world = openWorld();
  await world.project(S3);
  await world.project({ Name: 'other', ...S3 });
  const failing = files('one', 'wrong');
  failing['buildspec.yml'] = failing['buildspec.yml']!.replace('echo installed', 'exit 1');
  expect((await world.build(failing)).status).toBe('FAILED');
  expect((await world.build(files('one'))).text).toContain('\ninstalled');
  const again = await world.build(files('one', 'two'), { project: 'other' });
  expect(again.text).toContain('\nrestored one');
  expect(again.text).toMatch(/Restored cache with key npm-[0-9a-f]{64} in 0\.\d\d s/);
  expect((await world.build(files('two'))).text).toContain('\ninstalled');
  expect(readdirSync(join(world.state, 'cache')).filter(name => name.startsWith('entry-'))).toHaveLength(2);
});

test('what a build did to its restored files is undone for the next one', async () => {
  world = openWorld();
  await world.project(S3);
  await world.build(files('one'));
  const spoil =
    'rm node_modules/m/i.js; echo new > node_modules/m/i.js; echo more > node_modules/extra; mkdir node_modules/d; echo $(ls node_modules)';
  const spoiling = { ...files('one'), 'buildspec.yml': spec([spoil], { cache }) };
  expect((await world.build(spoiling)).text).toContain('\nd extra m\n');
  const next = await world.build({
    ...files('one'),
    'buildspec.yml': spec([install, 'echo $(ls node_modules)'], { cache }),
  });
  expect(next.text).toContain('\nrestored one\n');
  expect(next.text).toContain('\nm\n');
  expect(readdirSync(join(world.state, 'cache')).filter(name => name.startsWith('spare-'))).toHaveLength(1);
});

test.each([
  ['replaces a file far down', 'echo new > a/b/n; mv a/b/n a/b/f'],
  ['replaces a directory by a link to where it went', 'mv a z; ln -s z a'],
  ['replaces a directory by a file', 'rm -r a/b; echo > a/b'],
  ['swaps directories', 'mv a z; mv b a; mv z b'],
  ['removes all', 'rm -r a b; rm .package-lock.json'],
])('a tree of a build that %s is as the entry again', async (_, spoil) => {
  world = openWorld();
  await world.project(S3);
  const tree = 'mkdir -p a/b b; echo one > a/b/f; echo two > b/f; echo three > .package-lock.json';
  const make = `test -d node_modules || { mkdir node_modules && cd node_modules && ${tree}; }`;
  const look =
    'cd node_modules && find . | sort | tr "\\n" " " && cat a/b/f b/f .package-lock.json | tr "\\n" " "';
  const build = (...commands: string[]) =>
    world.build({ ...files('one'), 'buildspec.yml': spec(commands, { cache }) });
  await build(make);
  const right = '. ./.package-lock.json ./a ./a/b ./a/b/f ./b ./b/f one two three';
  expect((await build(look)).text).toContain(right);
  expect(
    (await build(`cd node_modules; ${spoil}`, look.replace('cd node_modules && ', ''))).text,
  ).not.toContain(right);
  expect((await build(look)).text).toContain(right);
});

test('a fallback key finds the newest entry that begins with it; a project without cache has none', async () => {
  world = openWorld();
  await world.project(S3);
  await world.project({ Name: 'none' });
  await world.build(files('one'));
  const fallback = files('two');
  fallback['buildspec.yml'] = spec([install], { cache: { ...cache, 'fallback-keys': ['npm-'] } });
  expect((await world.build(fallback)).text).toContain('\nrestored one');
  expect((await world.build(files('one'), { project: 'none' })).text).toContain('\ninstalled');
});

test('a checkout with the same lock file seeds the entry, and what tools write in place is not shared with it', async () => {
  world = openWorld({ seed: true });
  const seed = checkout(LOCK, INSTALLED);
  await world.project(S3);
  const look = [
    'cat node_modules/m/i.js; echo; ls -A node_modules | tr "\\n" " "; readlink -f node_modules/news',
    'echo changed > node_modules/.package-lock.json',
  ];
  const sources = {
    'buildspec.yml': spec(look, { cache }),
    'package-lock.json': JSON.stringify(LOCK),
    'packages/news/package.json': '{"name":"news"}',
  };
  const { text, status } = await world.build(sources);
  expect(status).toBe('SUCCEEDED');
  expect(text).toContain('Seeded the cache from the checkout');
  expect(text).toContain('\nseeded\n.package-lock.json m news ');
  expect(text).toMatch(/builds\/[0-9a-f-]+\/src\/packages\/news\n/);
  expect(readFileSync(join(seed, 'node_modules', '.package-lock.json'), 'utf8')).toBe(
    JSON.stringify(INSTALLED),
  );
  expect(statSync(join(seed, 'node_modules', 'm', 'i.js')).nlink).toBeGreaterThan(1);
  expect((await world.build(sources)).text).toContain('\nseeded\n');
  expect(readFileSync(join(seed, 'node_modules', '.package-lock.json'), 'utf8')).toBe(
    JSON.stringify(INSTALLED),
  );
});

test.each([
  ['whose lock file is another', { ...LOCK, more: 1 }, INSTALLED],
  [
    'that has another version installed',
    LOCK,
    { packages: { ...INSTALLED.packages, 'node_modules/m': { version: '2.0.0' } } },
  ],
  ['that has something missing', LOCK, { packages: { 'node_modules/news': { link: true } } }],
  [
    'that has something more',
    LOCK,
    { packages: { ...INSTALLED.packages, 'node_modules/x': { version: '1.0.0' } } },
  ],
])('a checkout %s seeds nothing', async (_, lock, installed) => {
  world = openWorld({ seed: true });
  checkout(lock, installed);
  await world.project(S3);
  const { text } = await world.build({
    'buildspec.yml': spec(['ls'], { cache }),
    'package-lock.json': JSON.stringify(LOCK),
  });
  expect(text).toContain('No cache for key npm-');
});

test('what Node compiled serves later builds, and a module that changed is compiled anew', async () => {
  world = openWorld();
  await world.project();
  const answer = async (value: string) => {
    const sources = { 'buildspec.yml': spec(['node main.js']), 'lib.js': `module.exports = '${value}';\n` };
    const { text } = await world.build({
      ...sources,
      'main.js': "console.log('answer: ' + require('./lib.js'))",
    });
    return text.match(/^answer: (.*)$/m)?.[1];
  };
  expect(await answer('one')).toBe('one');
  const compiled = () => readdirSync(join(world.state, 'compiled'), { recursive: true }).length;
  const before = compiled();
  expect(before).toBeGreaterThan(0);
  expect(await answer('one')).toBe('one');
  expect(await answer('two')).toBe('two');
  expect(compiled()).toBe(before);
});
