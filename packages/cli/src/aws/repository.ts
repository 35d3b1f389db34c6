import { CodeCommitClient, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Environments } from '@slipway/contract';
import { stackResources } from '../stack.ts';
import type { Target } from '../target.ts';
import type { AssemblyStack } from './assembly.ts';
import { statusOf } from './stack-change.ts';

const TYPE = 'AWS::CodeCommit::Repository';

/** Whether there is a repository of that name. */
export async function hasRepository(target: Target, repositoryName: string): Promise<boolean> {
  return new CodeCommitClient(target).send(new GetRepositoryCommand({ repositoryName })).then(
    () => true,
    error => {
      if (error.name !== 'RepositoryDoesNotExistException') throw error;
      return false;
    },
  );
}

/**
 * The stacks without the repository, where one of its name is there that no stack holds: it was kept when the product was
 * removed, with its history, and CloudFormation would refuse to make another.
 */
export async function withoutKeptRepository(
  target: Target,
  { repository, name: product }: Pick<Environments, 'repository' | 'name'>,
  stacks: AssemblyStack[],
): Promise<AssemblyStack[]> {
  const holder = `${product}-tooling`;
  if (repository.provider !== 'codecommit' || !(await hasRepository(target, repository.name))) return stacks;
  if (await holdsRepository(target, holder)) return stacks;
  return stacks.map(stack => (stack.name === holder ? withoutRepository(stack) : stack));
}

async function holdsRepository(target: Target, stack: string): Promise<boolean> {
  const status = await statusOf(target, stack);
  if (status === undefined || status === 'ROLLBACK_COMPLETE') return false;
  return (await stackResources(target, stack)).some(
    ({ ResourceType, ResourceStatus }) => ResourceType === TYPE && ResourceStatus !== 'DELETE_COMPLETE',
  );
}

function withoutRepository(stack: AssemblyStack): AssemblyStack {
  const { Resources, ...rest } = stack.template;
  const others = Object.entries(Resources).filter(([, { Type }]) => Type !== TYPE);
  return { ...stack, template: { ...rest, Resources: Object.fromEntries(others) } };
}
