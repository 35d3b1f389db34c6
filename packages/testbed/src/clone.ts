import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The checkout that this testbed stands in. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** A checkout of its own for a scenario: today's files as one commit, with the installed packages. */
export interface Clone extends Disposable {
  root: string;
  /** A folder for engine states, outside the checkout. */
  place: string;
  git(...args: string[]): string;
}

/**
 * Copies what git would track of this working tree into a new repository and links node_modules into it, so that a
 * scenario can change, commit and push without touching the real one.
 */
export function makeClone({ commit = true } = {}): Clone {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  const root = join(place, 'checkout');
  mkdirSync(root);
  for (const file of trackedFiles()) {
    const from = join(ROOT, file);
    if (!lstatSync(from, { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(from, join(root, file), { verbatimSymlinks: true });
  }
  linkTree(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', env: GIT_ENV });
  git('init', '--quiet', '--initial-branch=main');
  if (commit) {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'As it stands');
  }
  return { root, place, git, [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true }) };
}

const GIT_ENV = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A Developer',
  GIT_AUTHOR_EMAIL: 'developer@example.com',
  GIT_COMMITTER_NAME: 'A Developer',
  GIT_COMMITTER_EMAIL: 'developer@example.com',
};

function trackedFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
  });
  return list.toString('utf8').split('\0').filter(Boolean);
}

/** Hard links where the file system can, copies otherwise. */
function linkTree(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is missing: run npm ci first`);
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' });
  } catch {
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', from, to]);
  }
}
