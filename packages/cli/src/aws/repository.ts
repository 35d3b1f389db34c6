import { CodeCommitClient, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Target } from '../target.ts';

/** Whether there is a CodeCommit repository of that name. */
export async function hasRepository(target: Target, repositoryName: string): Promise<boolean> {
  return new CodeCommitClient(target).send(new GetRepositoryCommand({ repositoryName })).then(
    () => true,
    error => {
      if (error.name !== 'RepositoryDoesNotExistException') throw error;
      return false;
    },
  );
}
