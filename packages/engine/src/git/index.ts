import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import { AwsError } from '../core/errors.ts';
import type { GitProgram } from './command.ts';
import * as history from './history.ts';
import type { Follower } from './hooks.ts';
import { gitFace } from './http.ts';
import { checkBranchName, checkRepositoryName } from './names.ts';
import { createRepository } from './repository.ts';
import { Spool } from './spool.ts';

export type { Blob, Commit, Difference, Person } from './history.ts';
export type { Follower } from './hooks.ts';

export interface GitOptions {
  /** Where `git` is looked for, as in `PATH`. */
  path: string;
  /** The branch that is released and the only one that may be pushed; `main` unless given. */
  branch?: string;
  /** What `git push` shows once the push is noted. */
  follower?: Follower;
}

export type Git = ReturnType<typeof createGit>;

/**
 * Bare repositories under `<state>/git/<name>.git`. A push into one of these directories is noted by its hook, also
 * while no engine runs, and becomes an event `CodeCommit Repository State Change` when one does.
 * {@link Git.start} begins to take pushes, `stop` ends it.
 */
export function createGit(context: Context, options: GitOptions) {
  const root = join(context.state, 'git');
  const program: GitProgram = { path: options.path };
  const branch = checkBranchName(options.branch ?? 'main');
  const spool = new Spool(context, join(root, 'spool'));

  const path = (name: string): string => join(root, `${checkRepositoryName(name)}.git`);
  const exists = (name: string): boolean => existsSync(join(path(name), 'HEAD'));
  const place = (name: string) => {
    if (exists(name)) return { program, repository: path(name) };
    throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist.`);
  };

  return {
    branch,
    /** Where the repository is: the URL of the remote `local`. */
    path,
    exists,
    /** Makes the repository when missing, and renews its hooks and settings; returns its path. */
    create: async (name: string): Promise<string> => {
      const { follower } = options;
      const directory = path(name);
      mkdirSync(root, { recursive: true });
      await createRepository({
        program,
        directory,
        name,
        branch,
        spool: spool.directory,
        ...(follower && { follower }),
      });
      return directory;
    },
    /** Deletes the repository; nothing happens when there is none. */
    remove: (name: string): void => {
      if (!exists(name)) return;
      const gone = `${path(name)}.gone`;
      rmSync(gone, { recursive: true, force: true });
      renameSync(path(name), gone);
      rmSync(gone, { recursive: true, force: true });
    },
    /** Names, in order. */
    list: (): string[] =>
      readdirSync(root)
        .filter(name => name.endsWith('.git'))
        .map(name => name.slice(0, -'.git'.length))
        .filter(exists)
        .sort(),
    head: async (name: string, ofBranch: string) => history.head(place(name), ofBranch),
    branches: async (name: string) => history.branches(place(name)),
    commit: async (name: string, id: string) => history.commit(place(name), id),
    log: async (name: string, from: string | undefined, to: string, limit?: number) =>
      history.log(place(name), from, to, limit),
    archive: async (name: string, id: string, file: string) => history.archive(place(name), id, file),
    differences: async (name: string, from: string | undefined, to: string) =>
      history.differences(place(name), from, to),
    /** Reading over HTTP: `git clone <endpoint>/git/<name>`. */
    faces: [gitFace(program, name => (exists(name) ? path(name) : undefined))],
    start: (): void => spool.start(),
    stop: (): void => spool.stop(),
    /** Takes the pushes noted by now. */
    take: (): void => spool.take(),
  };
}
