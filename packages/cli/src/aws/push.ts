import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CodeCommitClient, GetBranchCommand, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Repository } from '@slipway/contract';
import { messageOf } from '../errors.ts';
import type { Target } from '../target.ts';
import { gitCredentials } from './code-commit-credentials.ts';

const run = promisify(execFile);

export interface PushOptions {
  target: Target;
  repository: Repository;
  /** The checkout. */
  root: string;
  /** The full id of its HEAD. */
  head: string;
  env: Record<string, string | undefined>;
  /** Epoch milliseconds. */
  now: number;
}

/** What became of the attempt to bring HEAD to the repository that the pipelines read. */
export type Pushed = { state: 'pushed' | 'there' } | { state: 'by-hand'; why: string; how: string[] };

/**
 * Pushes HEAD to the CodeCommit repository with the credentials of the target; where that is not possible, or the
 * repository is behind a connection, tells how to push.
 */
export async function pushToAws(options: PushOptions): Promise<Pushed> {
  const { target, repository, root, head, env, now } = options;
  const { name, branch } = repository;
  if (repository.provider === 'codeconnections') {
    const how = [`git push <remote of ${repository.id}> HEAD:${branch}`];
    return { state: 'by-hand', why: `${repository.id} is not ours to push to`, how };
  }
  const client = new CodeCommitClient(target);
  if ((await headOf(client, name, branch)) === head) return { state: 'there' };
  const { repositoryMetadata } = await client.send(new GetRepositoryCommand({ repositoryName: name }));
  const url = repositoryMetadata?.cloneUrlHttp ?? '';
  const how = commands(target, { url, name, branch });
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  const { username, password } = gitCredentials(keys, { url, region: await client.config.region(), now });
  const words = ['push', '--quiet', url, `HEAD:refs/heads/${branch}`];
  try {
    await run('git', [...HELPER, ...words], {
      cwd: root,
      env: { ...env, GIT_TERMINAL_PROMPT: '0', SLIPWAY_GIT_USER: username, SLIPWAY_GIT_PASSWORD: password },
    });
    return { state: 'pushed' };
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim() || messageOf(error);
    return { state: 'by-hand', why: `git push failed: ${said}`, how };
  }
}

/** Undefined while the repository has no such branch. */
async function headOf(client: CodeCommitClient, repositoryName: string, branchName: string) {
  try {
    return (await client.send(new GetBranchCommand({ repositoryName, branchName }))).branch?.commitId;
  } catch (error) {
    if (error instanceof Error && error.name === 'BranchDoesNotExistException') return undefined;
    throw error;
  }
}

/**
 * Settings for this one call; what the user configured for other remotes stays as it is. The name and the password come by
 * the environment, since anybody may read a command line.
 */
const HELPER = [
  ...['-c', 'credential.helper='],
  '-c',
  'credential.helper=!f() { echo "username=$SLIPWAY_GIT_USER"; echo "password=$SLIPWAY_GIT_PASSWORD"; }; f',
];

function commands(
  target: Target,
  { url, name, branch }: { url: string; name: string; branch: string },
): string[] {
  const profile = target.profile ? `${target.profile}@` : '';
  return [
    `git remote add aws codecommit::${target.region}://${profile}${name}   # with git-remote-codecommit, or:`,
    `git remote add aws ${url}   # with the credential helper of the AWS command line`,
    `git push aws HEAD:${branch}`,
  ];
}
