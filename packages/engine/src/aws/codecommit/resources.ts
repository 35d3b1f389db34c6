import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties, ResourceHandlers, ResourceResult } from '../../core/resource.ts';
import type { CodeCommitPorts } from './ports.ts';
import { describeRepository, type RepositoryRow, repositoryRows } from './repository.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codecommit-repository.html */
export function codeCommitResources(context: Context, { git }: CodeCommitPorts): ResourceHandlers {
  const rows = repositoryRows(context);

  const result = (row: RepositoryRow): ResourceResult => {
    const repository = describeRepository(context, git, row.name);
    const { arn: Arn, cloneUrl: CloneUrlHttp, name: Name } = repository;
    return { physicalId: row.id, attributes: { Arn, CloneUrlHttp, CloneUrlSsh: sshUrl(row.name), Name } };
  };
  const sshUrl = (name: string): string =>
    `ssh://git-codecommit.${context.region}.amazonaws.com/v1/repos/${name}`;
  const byId = (id: string): RepositoryRow | undefined => rows.values().find(row => row.id === id);

  const create = async (properties: Properties, token: string): Promise<ResourceResult> => {
    const { name, description } = read(properties);
    const known = rows.get(name);
    if (known && known.token !== token) {
      throw new AwsError('RepositoryNameExistsException', `Repository named ${name} already exists`);
    }
    await git.create(name);
    const row = known ?? {
      id: context.ids.uuid(),
      name,
      token,
      created: context.clock.now(),
      ...(description !== undefined && { description }),
    };
    rows.put(name, row);
    return result(row);
  };

  return {
    'AWS::CodeCommit::Repository': {
      create: ({ properties, token }) => create(properties, token),
      update: async ({ properties, physicalId, token }) => {
        const { name, description } = read(properties);
        const row = byId(physicalId);
        if (!row || row.name !== name) return create(properties, token);
        const { description: _, ...rest } = row;
        const next = description === undefined ? rest : { ...rest, description };
        rows.put(name, next);
        await git.create(name);
        return result(next);
      },
      delete: async ({ physicalId }) => {
        const row = byId(physicalId);
        if (!row) return;
        git.remove(row.name);
        rows.delete(row.name);
      },
    },
  };
}

function read(properties: Properties): { name: string; description: string | undefined } {
  const { RepositoryName, RepositoryDescription, Code, Triggers } = properties;
  if (typeof RepositoryName !== 'string') {
    throw new AwsError('RepositoryNameRequiredException', 'RepositoryName must be given');
  }
  if (Code !== undefined)
    throw new AwsError('InvalidRequest', 'Code of a repository is not carried out locally');
  if (Array.isArray(Triggers) && Triggers.length > 0) {
    throw new AwsError(
      'InvalidRequest',
      'Triggers of a repository are not carried out locally; use EventBridge',
    );
  }
  return { name: RepositoryName, description: RepositoryDescription as string | undefined };
}
