import { z } from 'zod';
import { shortName } from './names.ts';

/**
 * Where pushes come from: CodeCommit, or whatever a connection leads to (GitHub, GitLab, Bitbucket). AWS calls the
 * service CodeConnections; connections that were made before its renaming keep `codestar-connections` in their ARN.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections.html
 */
const written = z
  .strictObject({
    provider: z
      .enum(['codecommit', 'codeconnections'], 'must be codecommit or codeconnections')
      .default('codecommit'),
    name: shortName(64).optional(),
    connection: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
        'must be the ARN of a connection, as in arn:aws:codeconnections:ap-northeast-1:123456789012:connection/…',
      )
      .optional(),
    id: z
      .string()
      .regex(
        /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*\/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/,
        'must be owner/name, as the provider shows it',
      )
      .optional(),
    branch: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, 'must be a branch name')
      .default('main'),
  })
  .superRefine(({ provider, name, connection, id }, context) => {
    const issue = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (provider === 'codecommit') {
      if (connection !== undefined)
        issue('connection', 'belongs to "provider: codeconnections": add that, or remove it');
      if (id !== undefined) issue('id', 'belongs to "provider: codeconnections": add that, or remove it');
      return;
    }
    if (connection === undefined)
      issue('connection', 'is missing: give the ARN of a connection that you made in the console');
    if (id === undefined) issue('id', 'is missing: give owner/name of the repository');
    if (name !== undefined)
      issue('name', 'is the name of a CodeCommit repository: remove it, the last part of id is the name');
  });

/** The schema of `repository` in `pipeline/environments.yaml`. */
export const repositorySchema = written.prefault({}).transform((source): Repository => {
  const { provider, branch, name = 'slipway', connection = '', id = '' } = source;
  if (provider === 'codecommit') return { provider, name, branch };
  return { provider, name: id.slice(id.lastIndexOf('/') + 1), branch, connection, id };
});

/** Where pushes come from. */
export type Repository = CodeCommitRepository | ConnectedRepository;

export interface CodeCommitRepository {
  readonly provider: 'codecommit';
  readonly name: string;
  readonly branch: string;
}

export interface ConnectedRepository {
  readonly provider: 'codeconnections';
  /** The last part of `id`. */
  readonly name: string;
  readonly branch: string;
  /** The connection's ARN. */
  readonly connection: string;
  /** As in `owner/name`. */
  readonly id: string;
}
