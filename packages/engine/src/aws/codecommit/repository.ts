import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Repositories } from './ports.ts';

/** What CodeCommit remembers of a repository beside its git history. */
export interface RepositoryRow {
  id: string;
  name: string;
  description?: string;
  /** The operation that made it. */
  token: string;
  /** Epoch milliseconds. */
  created: number;
}

export interface Repository {
  id: string;
  name: string;
  arn: string;
  description?: string;
  cloneUrl: string;
  created: Date;
}

/** The rows of repositories that a stack made. */
export function repositoryRows(context: Context) {
  return context.store.table<RepositoryRow>('codecommit_repositories');
}

/** One repository; one that only git knows has its name for an id. Throws AwsError when there is none. */
export function describeRepository(context: Context, git: Repositories, name: string): Repository {
  if (!git.exists(name)) throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`);
  const row = repositoryRows(context).get(name);
  return {
    id: row?.id ?? name,
    name,
    arn: arn('codecommit', context, name),
    ...(row?.description !== undefined && { description: row.description }),
    cloneUrl: `${context.endpoint()}/git/${name}`,
    created: new Date(row?.created ?? 0),
  };
}
