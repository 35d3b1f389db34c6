import type { Api, Operation } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { CodeCommitPorts, GitBlob, GitPerson } from './ports.ts';
import { describeRepository, repositoryRows } from './repository.ts';

/** https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Operations.html */
export function codeCommitApi(context: Context, { git }: CodeCommitPorts): Api {
  const describe = (name: unknown) => describeRepository(context, git, required(name, 'RepositoryName'));

  const operations: Record<string, Operation> = {
    GetRepository: ({ repositoryName }) => {
      const repository = describe(repositoryName);
      return {
        repositoryMetadata: {
          accountId: context.account,
          repositoryId: repository.id,
          repositoryName: repository.name,
          repositoryDescription: repository.description,
          defaultBranch: git.branch,
          creationDate: repository.created,
          lastModifiedDate: repository.created,
          cloneUrlHttp: repository.cloneUrl,
          Arn: repository.arn,
        },
      };
    },
    DeleteRepository: ({ repositoryName }) => {
      const { id, name } = describe(repositoryName);
      repositoryRows(context).delete(name);
      git.remove(name);
      return { repositoryId: id };
    },
    ListRepositories: () => ({
      repositories: git.list().map(name => ({ repositoryName: name, repositoryId: describe(name).id })),
    }),
    GetBranch: async ({ repositoryName, branchName }) => {
      const { name } = describe(repositoryName);
      const commitId = await git.head(name, required(branchName, 'BranchName'));
      if (commitId === undefined) {
        throw new AwsError('BranchDoesNotExistException', `Branch ${branchName} does not exist`);
      }
      return { branch: { branchName, commitId } };
    },
    ListBranches: async ({ repositoryName }) => ({
      branches: await git.branches(describe(repositoryName).name),
    }),
    GetCommit: async ({ repositoryName, commitId }) => {
      const commit = await git.commit(describe(repositoryName).name, required(commitId, 'CommitId'));
      return {
        commit: {
          commitId: commit.id,
          treeId: commit.tree,
          parents: commit.parents,
          message: commit.message,
          author: person(commit.authoredBy),
          committer: person(commit.committedBy),
          additionalData: '',
        },
      };
    },
    GetDifferences: async input => {
      const { name } = describe(input.repositoryName);
      const before = input.beforeCommitSpecifier as string | undefined;
      const after = required(input.afterCommitSpecifier, 'Commit');
      const found = await git.differences(name, before, after);
      return {
        differences: found.map(each => ({
          changeType: each.changeType,
          ...(each.before && { beforeBlob: blob(each.before) }),
          ...(each.after && { afterBlob: blob(each.after) }),
        })),
      };
    },
  };
  return { service: 'codecommit', protocol: 'json-1.1', operations };
}

function required(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(`${what}RequiredException`, `${what} must be given`);
}

/** CodeCommit tells dates of people as git does: seconds and a time zone, in one string. */
function person({ name, email, date }: GitPerson) {
  const zone = /([+-]\d\d):(\d\d)$/.exec(date);
  return { name, email, date: `${Date.parse(date) / 1000} ${zone ? zone[1]! + zone[2]! : '+0000'}` };
}

function blob({ blobId, path, mode }: GitBlob) {
  return { blobId, path, mode };
}
