import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../core/clock.ts';
import type { Context } from '../core/context.ts';
import { countingIds } from '../core/ids.ts';
import { createPace } from '../core/pace.ts';
import { openStore, type Store } from '../core/store.ts';
import { until } from '../core/until.ts';
import { createGit, type Follower, type Git } from './index.ts';

const path = '/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin';
let directory: string;
let store: Store;
let git: Git;

function contextOf(state: string): Context {
  const clock = new ManualClock();
  store = openStore(':memory:', clock);
  const place = { account: '123456789012', region: 'ap-northeast-1' };
  const rest = { endpoint: () => 'http://127.0.0.1:4566', log: () => {} };
  return { store, clock, pace: createPace(60), ids: countingIds(), ...place, state, ...rest };
}

function open(follower?: Follower): Git {
  return createGit(contextOf(join(directory, "state of 'me'")), { path, ...(follower && { follower }) });
}

/** git as a user runs it in the checkout. */
function user(...args: string[]): string {
  return userWith({}, ...args);
}

function userWith(extra: Record<string, string>, ...args: string[]): string {
  const home = { HOME: directory, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const env = { PATH: path, ...home, ...extra };
  const name = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main'];
  const run = spawnSync('git', [...name, ...args], { cwd: join(directory, 'work'), env, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout + run.stderr;
}

function commitFile(name: string, content: string): string {
  writeFileSync(join(directory, 'work', name), content);
  user('add', '-A');
  user('commit', '-qm', `Write ${name}`);
  return user('rev-parse', 'HEAD').trim();
}

const events = () => store.events.after(0).map(event => event.detail);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-git-'));
  mkdirSync(join(directory, 'work'));
  user('init', '-q');
});
afterEach(() => {
  git.stop();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a push', () => {
  test('becomes an event when it happens, told once', async () => {
    git = open();
    const remote = await git.create('slipway');
    git.start();
    const first = commitFile('a.txt', 'one');
    user('push', '-q', remote, 'HEAD:main');
    await until(store, () => events()[0]);
    const second = commitFile('a.txt', 'two');
    user('push', '-q', remote, 'HEAD:main');
    await until(store, () => events()[1]);
    git.take();
    expect(events()).toEqual([
      {
        event: 'referenceCreated',
        repositoryName: 'slipway',
        referenceType: 'branch',
        referenceName: 'main',
        referenceFullName: 'refs/heads/main',
        commitId: first,
      },
      expect.objectContaining({ event: 'referenceUpdated', commitId: second, oldCommitId: first }),
    ]);
    expect(readdirSync(join(directory, "state of 'me'", 'git', 'spool'))).toEqual([]);
  });

  test('while the engine is down is taken when it is back, in order', async () => {
    git = open();
    const remote = await git.create('slipway');
    const ids = ['one', 'two', 'three'].map(content => {
      const id = commitFile('a.txt', content);
      user('push', '-q', remote, 'HEAD:main');
      return id;
    });
    expect(events()).toEqual([]);
    git.start();
    expect(events().map(detail => detail.commitId)).toEqual(ids);
  });

  test('is not told again when the engine died before it deleted the note', async () => {
    git = open();
    const remote = await git.create('slipway');
    commitFile('a.txt', 'one');
    user('push', '-q', remote, 'HEAD:main');
    const [note] = readdirSync(join(directory, "state of 'me'", 'git', 'spool'));
    store.table('git_pushes').put(note!, true);
    git.take();
    expect(events()).toEqual([]);
    expect(readdirSync(join(directory, "state of 'me'", 'git', 'spool'))).toEqual([]);
  });

  test('to another branch or of a tag is refused with one sentence, and nothing is deleted', async () => {
    git = open();
    const remote = await git.create('slipway');
    commitFile('a.txt', 'one');
    expect(() => user('push', remote, 'HEAD:topic')).toThrow(
      'remote: slipway releases `main` only; push HEAD:main',
    );
    expect(() => user('push', remote, 'HEAD:refs/tags/v1')).toThrow('slipway releases `main` only');
    user('push', '-q', remote, 'HEAD:main');
    expect(() => user('push', remote, ':main')).toThrow('denying ref deletion');
    git.take();
    expect(events()).toHaveLength(1);
  });

  test('is noted also when the pusher has hooks of their own everywhere, and when it is forced', async () => {
    git = open();
    const remote = await git.create('slipway');
    writeFileSync(
      join(directory, '.gitconfig'),
      '[core]\n\thooksPath = /nowhere\n[receive]\n\tdenyNonFastForwards = true\n',
    );
    commitFile('a.txt', 'one');
    commitFile('a.txt', 'two');
    const push = (...args: string[]) => {
      const env = { PATH: path, HOME: directory };
      expect(spawnSync('git', ['push', ...args], { cwd: join(directory, 'work'), env }).status).toBe(0);
    };
    push(remote, 'HEAD:main');
    push('--force', remote, 'HEAD~1:main');
    git.take();
    expect(events()).toHaveLength(2);
  });

  test('from a shallow clone is taken', async () => {
    git = open();
    const remote = await git.create('slipway');
    commitFile('a.txt', 'one');
    const id = commitFile('a.txt', 'two');
    user('clone', '-q', '--depth=1', `file://${join(directory, 'work')}`, '../shallow');
    user('-C', '../shallow', 'push', '-q', remote, 'HEAD:main');
    expect(await git.head('slipway', 'main')).toBe(id);
  });

  test('shows what the follower prints, with the commit and none of the GIT variables, and never fails by it', async () => {
    const script = 'echo "it\'s $GREETING $1 [$GIT_DIR]"; exit 7';
    git = open({ command: ['/bin/sh', '-c', script, 'sh'], env: { GREETING: "d'accord $HOME" } });
    const remote = await git.create('slipway');
    const id = commitFile('a.txt', 'one');
    expect(user('push', remote, 'HEAD:main')).toContain(`remote: it's d'accord $HOME ${id} []`);
  });

  test('notes a push that its pusher does not want to follow, and follows it not', async () => {
    git = open({ command: ['/bin/sh', '-c', 'echo followed'], env: {} });
    const remote = await git.create('slipway');
    const commitId = commitFile('a.txt', 'one');
    expect(userWith({ SLIPWAY_UNFOLLOWED: '1' }, 'push', remote, 'HEAD:main')).not.toContain('followed');
    git.take();
    expect(events()).toMatchObject([{ commitId }]);
  });
});

describe('a repository', () => {
  test('tells its head, commits and history', async () => {
    git = open();
    const remote = await git.create('slipway');
    expect(await git.head('slipway', 'main')).toBeUndefined();
    const first = commitFile('a.txt', 'one');
    const second = commitFile('b.txt', 'two');
    user('push', '-q', remote, 'HEAD:main');
    expect(await git.head('slipway', 'main')).toBe(second);
    expect(await git.branches('slipway')).toEqual(['main']);
    expect(await git.commit('slipway', second)).toMatchObject({
      id: second,
      message: 'Write b.txt',
      author: 'Ada',
      parents: [first],
    });
    expect((await git.log('slipway', first, second)).map(each => each.id)).toEqual([second]);
    expect(await git.differences('slipway', first, second)).toMatchObject([
      { changeType: 'A', after: { path: 'b.txt', mode: '100644' } },
    ]);
    expect(git.list()).toEqual(['slipway']);
  });

  test('archives the committed bytes, the same every time, whatever .gitattributes says', async () => {
    git = open();
    const remote = await git.create('slipway');
    writeFileSync(join(directory, 'work', '.gitattributes'), 'a.txt export-ignore\n');
    const id = commitFile('a.txt', 'one\n');
    user('push', '-q', remote, 'HEAD:main');
    const files = ['one.zip', 'two.zip'].map(name => join(directory, name));
    for (const file of files) await git.archive('slipway', id, file);
    const digests = files.map(file => createHash('sha256').update(readFileSync(file)).digest('hex'));
    expect(digests[0]).toBe(digests[1]);
    expect(readFileSync(files[0]!).includes('a.txt')).toBe(true);
  });

  test('refuses names and ids that are none', async () => {
    git = open();
    await expect(git.create('../x')).rejects.toThrow('not a valid repository name');
    await expect(git.create('-x')).rejects.toThrow('not a valid repository name');
    await git.create('slipway');
    await expect(git.commit('slipway', '--all')).rejects.toThrow('not a valid commit id');
    await expect(git.head('slipway', '--all')).rejects.toThrow('not a valid branch name');
    await expect(git.commit('slipway', '0123456789')).rejects.toThrow('no commit 0123456789');
    await expect(git.head('nothing', 'main')).rejects.toThrow('nothing does not exist');
  });

  test('can be cloned over HTTP and not pushed to', async () => {
    git = open();
    const remote = await git.create('slipway');
    commitFile('a.txt', 'one');
    user('push', '-q', remote, 'HEAD:main');
    const server: Server = createServer((request, response) => void git.faces[0]!.handle(request, response));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/git/slipway`;
    const env = { PATH: path, HOME: directory };
    const run = (...args: string[]) =>
      new Promise<string>((resolve, reject) => {
        execFile('git', args, { cwd: directory, env }, (error, stdout) =>
          error ? reject(error) : resolve(stdout),
        );
      });
    await run('clone', '-q', url, 'copy');
    expect(readFileSync(join(directory, 'copy', 'a.txt'), 'utf8')).toBe('one');
    await expect(run('-C', 'copy', 'push', url, 'HEAD:main')).rejects.toThrow('403');
    server.close();
  });
});
