import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A git repository: a checkout, or the bare one that is pushed to. */
export interface Repository {
  directory: string;
}

/** Whether `whole` has `part` among its ancestors; false when either is not known here. */
export async function contains({ directory }: Repository, whole: string, part: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', '--end-of-options', part, whole];
  return run('git', args, { cwd: directory }).then(
    () => true,
    () => false,
  );
}

/**
 * A line per commit of `to` that `from` has not, newest first; undefined when either is not known here. Commits that only
 * touch paths that match `without` (git's glob patterns) are left out.
 */
export async function commitsBetween(
  { directory }: Repository,
  { from, to, without = [] }: { from: string; to: string; without?: string[] },
): Promise<string[] | undefined> {
  const range = `${from}..${to}`;
  const paths = without.length > 0 ? ['--', ...without.map(each => `:(exclude,glob)${each}`)] : [];
  const args = [
    'log',
    '--no-decorate',
    '--no-show-signature',
    '--format=%h  %s  (%an)',
    '--end-of-options',
    range,
    ...paths,
  ];
  try {
    const { stdout } = await run('git', args, { cwd: directory, maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').filter(Boolean);
  } catch {
    return undefined;
  }
}

/** Whether a commit has that file; undefined when the commit is not known here. */
export async function holdsFile(
  { directory }: Repository,
  commit: string,
  file: string,
): Promise<boolean | undefined> {
  const has = (object: string): Promise<boolean> =>
    run('git', ['cat-file', '-e', '--end-of-options', object], { cwd: directory }).then(
      () => true,
      () => false,
    );
  return (await has(`${commit}^{commit}`)) ? has(`${commit}:${file}`) : undefined;
}
