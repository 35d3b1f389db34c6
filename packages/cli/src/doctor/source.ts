import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ConnectedRepository, Environments } from '@slipway/contract';
import { statusOf } from '../aws/stack-change.ts';
import type { Target } from '../target.ts';
import type { World } from '../world.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
const what = 'source';

/** Where pushes come from: the CodeCommit repository that is there or will be made, or a connection that is usable. */
export async function examineSource(
  world: World,
  { repository, name: product }: Environments,
  target: Target,
): Promise<Finding> {
  if (repository.provider === 'codeconnections') return examineConnection(world, repository, target);
  const { hasRepository } = await import('../aws/repository.ts');
  const { name } = repository;
  const text = `CodeCommit repository ${name}`;
  if (!(await hasRepository(target, name)))
    return { what, state: 'good', text: `${text}: is made by the deployment` };
  const stack = `${product}-repository`;
  const status = await statusOf(target, stack);
  if (status !== undefined && status !== 'ROLLBACK_COMPLETE') return { what, state: 'good', text };
  return {
    ...{ what, state: 'missing' },
    text: `${text} is there, but not of the stack ${stack}, which cannot make it again: name another as repository.name in pipeline/environments.yaml`,
  };
}

/**
 * A connection that was made and not yet confirmed at its provider is PENDING, and pipelines fail at their source. It is
 * asked for through the AWS command line, since there is no client of CodeConnections beside those used here.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html
 */
async function examineConnection(
  { env }: World,
  { connection, id }: ConnectedRepository,
  { profile }: Target,
): Promise<Finding> {
  const region = connection.split(':')[3] ?? '';
  const words = ['codeconnections', 'get-connection', '--connection-arn', connection, '--region', region];
  const all = [...words, '--output', 'json', ...(profile ? ['--profile', profile] : [])];
  let status: string | undefined;
  try {
    const { stdout } = await run('aws', all, { env: env as NodeJS.ProcessEnv });
    status = (JSON.parse(stdout) as { Connection?: { ConnectionStatus?: string } }).Connection
      ?.ConnectionStatus;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim();
    if (/ResourceNotFound/.test(said))
      return {
        what,
        state: 'missing',
        text: `${connection} is not there: make it in the console (Developer Tools, Connections)`,
      };
    const why =
      (error as { code?: unknown }).code === 'ENOENT' ? 'the AWS command line is not installed' : said;
    return {
      what,
      state: 'note',
      text: `the connection to ${id} could not be looked at (${why}): it has to be Available`,
    };
  }
  if (status === 'AVAILABLE') return { what, state: 'good', text: `${id}, its connection is available` };
  return {
    ...{ what, state: 'missing' },
    text: `the connection to ${id} is ${status}: open it in the console (Developer Tools, Connections, "Update pending connection") and confirm it at its provider`,
  };
}
