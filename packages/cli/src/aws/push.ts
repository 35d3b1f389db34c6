import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CodeCommitClient, GetBranchCommand, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Repository } from '@slipway/contract';
import { messageOf } from '../errors.ts';
import type { Target } from '../target.ts';

const run = promisify(execFile);

export interface PushOptions {
  target: Target;
  repository: Repository;
  /** The checkout. */
  root: string;
  /** The full id of its HEAD. */
  head: string;
  env: Record<string, string | undefined>;
}

/** What became of the attempt to bring HEAD to the repository that the pipelines read. */
export type Pushed = { state: 'pushed' | 'there' } | { state: 'by-hand'; why: string; how: string[] };

/**
 * Pushes HEAD to the CodeCommit repository with the credentials of the target, by the credential helper of the AWS
 * command line; where that is not possible, or the repository is behind a connection, tells how to push.
 * https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html
 */
export async function pushToAws(options: PushOptions): Promise<Pushed> {
  const { target, repository, root, head, env } = options;
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
  const words = ['push', '--quiet', url, `HEAD:refs/heads/${branch}`];
  try {
    await run('aws', ['--version'], { env: env as NodeJS.ProcessEnv });
  } catch {
    return {
      state: 'by-hand',
      why: 'the AWS command line is not installed, whose credentials git needs',
      how,
    };
  }
  try {
    await run('git', [...helper(target), ...words], { cwd: root, env: { ...env, GIT_TERMINAL_PROMPT: '0' } });
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

/** Settings for this one call; what the user configured for other remotes stays as it is. */
function helper({ profile }: Target): string[] {
  const command = `!aws${profile ? ` --profile ${profile}` : ''} codecommit credential-helper $@`;
  return [
    '-c',
    'credential.helper=',
    '-c',
    `credential.helper=${command}`,
    '-c',
    'credential.UseHttpPath=true',
  ];
}

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
