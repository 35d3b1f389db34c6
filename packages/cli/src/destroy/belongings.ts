import { isProtectedTable } from '../protection.ts';
import { stackResources } from '../stack.ts';
import type { Target } from '../target.ts';
import { deleteBucket } from './bucket.ts';
import type { FoundStack } from './inventory.ts';

/** Something that a stack leaves behind when it goes. */
export interface Retained {
  kind: 'table' | 'bucket' | 'secret' | 'images' | 'repository';
  name: string;
  stack: FoundStack;
  /** Data: goes only when that was asked for as well. */
  isData: boolean;
  /** Why it cannot be deleted now, and what to do. */
  protection?: string;
}

const TYPES: Record<string, Retained['kind']> = {
  'AWS::DynamoDB::Table': 'table',
  'AWS::S3::Bucket': 'bucket',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::ECR::Repository': 'images',
  'AWS::CodeCommit::Repository': 'repository',
};

/** Whether a stack is kept with what it holds, so that the product finds both when it is deployed again. */
export function holdsData({ kind }: FoundStack): boolean {
  return kind === 'data' || kind === 'repository';
}

/** What these stacks leave behind; the repository is the one of environments.yaml. */
export async function retainedBy(stacks: FoundStack[], repository: string): Promise<Retained[]> {
  const keeping = stacks.filter(({ kind }) =>
    ['data', 'repository', 'images', 'tooling', 'cluster'].includes(kind),
  );
  const found = await Promise.all(
    keeping.map(async stack =>
      // CloudFormation knows a repository by its id, everybody else by its name.
      Promise.all(
        (await stackResources(stack.target, stack.name)).flatMap(
          ({ ResourceType, PhysicalResourceId: name }) => {
            const kind = TYPES[ResourceType ?? ''];
            return kind && name ? [describe({ kind, name: nameOf(kind, name, repository), stack })] : [];
          },
        ),
      ),
    ),
  );
  return found.flat();
}

/** A secret's ARN ends with its name, a hyphen and six characters. */
function nameOf(kind: Retained['kind'], id: string, repository: string): string {
  if (kind === 'repository') return repository;
  return kind === 'secret' ? (id.split(':').at(-1) ?? id).replace(/-[A-Za-z0-9]{6}$/, '') : id;
}

async function describe(each: Pick<Retained, 'kind' | 'name' | 'stack'>): Promise<Retained> {
  const isData = holdsData(each.stack) || each.kind === 'repository'; // which stood in the tooling before
  const isProtected = each.kind === 'table' && (await isProtectedTable(each.stack.target, each.name));
  const region = each.stack.spot.region;
  const command = `aws dynamodb update-table --table-name ${each.name} --no-deletion-protection-enabled --region ${region}`;
  return { ...each, isData, ...(isProtected && { protection: `deletion protection is on: ${command}` }) };
}

/** Deletes it with all that it holds. One that is not there any more is fine. A secret goes with its stack. */
export async function deleteRetained({ kind, name, stack: { target } }: Retained): Promise<void> {
  if (kind === 'secret') return;
  if (kind === 'bucket') await deleteBucket(target, name);
  else await DELETIONS[kind](target, name).catch(unlessGone);
}

/** Deletes a table with all that it holds. */
export async function deleteTable(target: Target, TableName: string): Promise<void> {
  const { DeleteTableCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  await new DynamoDBClient(target).send(new DeleteTableCommand({ TableName }));
}

const DELETIONS = {
  table: deleteTable,
  images: async (target: Target, repositoryName: string): Promise<void> => {
    const { DeleteRepositoryCommand, ECRClient } = await import('@aws-sdk/client-ecr');
    await new ECRClient(target).send(new DeleteRepositoryCommand({ repositoryName, force: true }));
  },
  repository: async (target: Target, repositoryName: string): Promise<void> => {
    const { CodeCommitClient, DeleteRepositoryCommand } = await import('@aws-sdk/client-codecommit');
    await new CodeCommitClient(target).send(new DeleteRepositoryCommand({ repositoryName }));
  },
};

function unlessGone(error: unknown): void {
  const gone = [
    'ResourceNotFoundException',
    'RepositoryNotFoundException',
    'RepositoryDoesNotExistException',
  ];
  if (!(error instanceof Error) || !gone.includes(error.name)) throw error;
}
