import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from './errors.ts';

const run = promisify(execFile);

/** What git says of the checkout. */
export interface Checkout {
  root: string;
  /** The full id of HEAD. */
  head: string;
  /** Paths with uncommitted changes, as git prints them. */
  uncommitted: string[];
}

/** Reads the checkout. Throws a UserError when git is missing, this is no checkout, or it has no commit. */
export async function readCheckout(root: string): Promise<Checkout> {
  await git(root, ['--version']).catch(() => {
    throw new UserError('git is not installed or not on the PATH: install git and try again.');
  });
  await git(root, ['rev-parse', '--git-dir']).catch(() => {
    throw new UserError(
      `${root} is not a git checkout: clone Slipway with git, or run "git init" and commit.`,
    );
  });
  const head = await git(root, ['rev-parse', '--verify', 'HEAD']).catch(() => {
    throw new UserError('This checkout has no commit yet: commit first, then start again.');
  });
  const status = await git(root, ['status', '--porcelain', '--untracked-files=normal']);
  return {
    root,
    head: head.trim(),
    uncommitted: status
      .split('\n')
      .filter(Boolean)
      .map(line => line.slice(3)),
  };
}

/** Makes the remote `local` point to `url`, unless it does. */
export async function offerRemote(root: string, url: string): Promise<void> {
  const current = await git(root, ['remote', 'get-url', 'local']).catch(() => undefined);
  if (current?.trim() === url) return;
  await git(
    root,
    current === undefined ? ['remote', 'add', 'local', url] : ['remote', 'set-url', 'local', url],
  );
}

/**
 * Pushes HEAD as it is to `branch` of the remote at `url`, without following what becomes of it. Throws a UserError
 * with what git said.
 */
export async function pushHead(root: string, url: string, branch: string): Promise<void> {
  const env = { ...process.env, SLIPWAY_UNFOLLOWED: '1' };
  await run('git', ['push', '--quiet', url, `HEAD:refs/heads/${branch}`], { cwd: root, env }).catch(error => {
    throw new UserError(`git push to ${url} failed: ${String(error.stderr || error.message).trim()}`);
  });
}

/** The commit that `branch` of the remote at `url` is at; undefined when there is none. */
export async function pushedHead(root: string, url: string, branch: string): Promise<string | undefined> {
  const listed = await git(root, ['ls-remote', url, `refs/heads/${branch}`]);
  return listed.split('\t')[0] || undefined;
}

async function git(root: string, args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
