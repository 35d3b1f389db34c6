import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cli, makeCli } from '../src/cli.ts';
import { type Clone, makeClone } from '../src/clone.ts';

let clone: Clone;
let cli: Cli;
beforeAll(async () => {
  clone = makeClone();
  cli = await makeCli(clone);
}, 60_000);
afterAll(() => clone?.[Symbol.dispose]());

/** Each says what is wrong in one sentence, ends non-zero, and has touched nothing. */
describe('npm start refuses, in one sentence,', () => {
  test('a busy port, with the variable that moves it', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(Number(cli.env.SLIPWAY_PORT), '127.0.0.1', resolve));
    const { code, output } = await cli.run('start');
    await new Promise(resolve => other.close(resolve));
    expect(output.trim()).toBe(
      `Port ${cli.env.SLIPWAY_PORT} is in use by another program: stop it, or set SLIPWAY_PORT to a free port.`,
    );
    expect(code).toBe(1);
  });

  test('the state directory of another checkout', async () => {
    mkdirSync(cli.state, { recursive: true });
    writeFileSync(join(cli.state, 'checkout'), '/home/somebody/else\n');
    const { code, output } = await cli.run('start');
    rmSync(cli.state, { recursive: true });
    expect(output.trim()).toBe(
      `The state directory ${cli.state} belongs to the checkout /home/somebody/else: choose another with --state.`,
    );
    expect(code).toBe(1);
  });

  test('a machine without git', async () => {
    const bare = join(clone.place, 'bin');
    mkdirSync(bare, { recursive: true });
    symlinkSync(realpathSync(process.execPath), join(bare, 'node'));
    const without = await makeCli(clone, { PATH: bare });
    const { code, output } = await without.run('start');
    expect(output.trim()).toBe('git is not installed or not on the PATH: install git and try again.');
    expect(code).toBe(1);
  });

  test('a checkout without a commit', async () => {
    const fresh = makeClone({ commit: false });
    try {
      const { code, output } = await (await makeCli(fresh)).run('start');
      expect(output.trim()).toBe('This checkout has no commit yet: commit first, then start again.');
      expect(code).toBe(1);
    } finally {
      fresh[Symbol.dispose]();
    }
  }, 60_000);

  test('a runtime that is not carried out yet', async () => {
    const { code, output } = await cli.run('start', '--runtime', 'docker');
    expect(output.trim()).toBe('--runtime is "docker": only "process" is carried out so far.');
    expect(code).toBe(1);
  });

  test('an option that it does not know', async () => {
    const { code, output } = await cli.run('start', '--speed', 'fast');
    expect(output).toContain('give a number of at least 1.');
    expect(code).toBe(1);
    expect(existsSync(cli.state)).toBe(false);
  });
});

/** The machine's own Node, when it is too old to run Slipway. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
  path =>
    existsSync(path) &&
    !/^v(2[4-9]|[3-9]\d)/.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout),
);

describe('with an older Node on the machine', () => {
  if (!oldNode)
    console.warn('SKIPPED: no Node older than 24 is on this machine to start the command line with.');
  (oldNode ? test : test.skip)('the command line runs on the packaged Node 24 instead', () => {
    const program = join(clone.root, 'packages/cli/bin/slipway.js');
    const { stdout, status } = spawnSync(oldNode!, [program, '--help'], { encoding: 'utf8', env: cli.env });
    expect(stdout).toContain('Usage: slipway');
    expect(status).toBe(0);
  });

  (oldNode ? test : test.skip)('and says what it needs where there is none', () => {
    const bare = join(clone.place, 'alone/packages/cli/bin');
    mkdirSync(bare, { recursive: true });
    writeFileSync(join(clone.place, 'alone/package.json'), '{"type":"module"}');
    const source = join(clone.root, 'packages/cli/bin/slipway.js');
    spawnSync('cp', [source, bare]);
    const { stderr, status } = spawnSync(oldNode!, [join(bare, 'slipway.js'), 'start'], { encoding: 'utf8' });
    expect(stderr).toMatch(
      /^slipway needs Node 24 or newer, this is v\d+\.\d+\.\d+: install it and try again\.\n$/,
    );
    expect(status).toBe(1);
  });
});
