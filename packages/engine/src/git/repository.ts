import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitProgram, git } from './command.ts';
import { type Follower, hookScripts } from './hooks.ts';

export interface RepositoryOptions {
  program: GitProgram;
  /** The bare repository's directory. */
  directory: string;
  name: string;
  branch: string;
  spool: string;
  follower?: Follower;
}

/**
 * A shallow clone may push; the branch cannot be deleted; nothing that a release was made of is ever pruned. Forced
 * pushes are taken, as CodeCommit takes them.
 */
const SETTINGS: Record<string, string> = {
  'receive.shallowUpdate': 'true',
  'receive.denyDeletes': 'true',
  'receive.denyNonFastForwards': 'false',
  'receive.advertisePushOptions': 'true',
  'gc.pruneExpire': 'never',
  'gc.reflogExpire': 'never',
  'gc.reflogExpireUnreachable': 'never',
  'core.logAllRefUpdates': 'true',
};

/** An archive holds the blobs as they were committed: no attribute of the tree leaves out or rewrites a file. */
const ATTRIBUTES = '* -text -eol -ident -filter -working-tree-encoding -export-ignore -export-subst\n';

/** Makes the repository, or brings one that is there to these settings and hooks. */
export async function createRepository(options: RepositoryOptions): Promise<void> {
  const { program, directory, branch } = options;
  mkdirSync(options.spool, { recursive: true });
  if (!existsSync(join(directory, 'HEAD'))) await initialize(options);
  // A push runs with the pusher's own configuration, whose hooks must not take the place of these.
  const settings = { ...SETTINGS, 'core.hooksPath': join(directory, 'hooks') };
  for (const [key, value] of Object.entries(settings)) {
    await git({ program, repository: directory, args: ['config', key, value] });
  }
  await git({ program, repository: directory, args: ['symbolic-ref', 'HEAD', `refs/heads/${branch}`] });
  mkdirSync(join(directory, 'info'), { recursive: true });
  writeWhole(join(directory, 'info', 'attributes'), ATTRIBUTES, 0o644);
  installHooks(options);
}

/** Made beside its place and moved there, so a crash leaves no half repository. */
async function initialize({ program, directory, branch }: RepositoryOptions): Promise<void> {
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const args = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`, '.'];
  await git({ program, repository: fresh, args });
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
}

function installHooks({ directory, name, branch, spool, follower }: RepositoryOptions): void {
  const hooks = join(directory, 'hooks');
  mkdirSync(hooks, { recursive: true });
  const scripts = hookScripts({ repository: name, branch, spool, ...(follower && { follower }) });
  for (const [hook, script] of Object.entries(scripts)) writeWhole(join(hooks, hook), script, 0o755);
}

function writeWhole(file: string, content: string, mode: number): void {
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
}
