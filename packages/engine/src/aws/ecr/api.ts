import type { Api, Operation } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Authorization } from './authorization.ts';
import type { ImageId, ImageQueries } from './image-queries.ts';
import { type Repositories, repositoryArn, repositoryUri } from './repository.ts';
import { readMutability, readPolicy } from './repository-input.ts';
import type { EcrTables, RepositoryRow } from './tables.ts';

interface Parts {
  context: Context;
  tables: EcrTables;
  repositories: Repositories;
  images: ImageQueries;
  authorization: Authorization;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html */
export function ecrApi({ context, tables, repositories, images, authorization }: Parts): Api {
  const registryId = context.account;
  const describe = (row: RepositoryRow) => ({
    ...{ registryId, repositoryName: row.name, createdAt: new Date(row.createdAt) },
    ...{ repositoryArn: repositoryArn(row.name, context), repositoryUri: repositoryUri(row.name, context) },
    ...{ imageTagMutability: row.tagMutability, encryptionConfiguration: { encryptionType: 'AES256' } },
    imageScanningConfiguration: { scanOnPush: row.scanOnPush },
  });
  const policyOf = (row: RepositoryRow) => ({
    ...{ registryId, repositoryName: row.name, lifecyclePolicyText: row.lifecyclePolicy },
  });

  const operations: Record<string, Operation> = {
    GetAuthorizationToken: (_, caller) => {
      const { token: authorizationToken, expiresAt } = authorization.issue(caller.accessKeyId);
      return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: context.endpoint() }] };
    },
    DescribeRegistry: () => ({ registryId, replicationConfiguration: { rules: [] } }),
    CreateRepository: input => {
      const row = repositories.create({
        name: textOf(input, 'repositoryName'),
        tagMutability: readMutability(input.imageTagMutability),
        scanOnPush: input.imageScanningConfiguration?.scanOnPush === true,
        tags: Array.isArray(input.tags) ? input.tags : [],
      });
      return { repository: describe(row) };
    },
    DescribeRepositories: ({ repositoryNames, maxResults, nextToken }) => {
      if (Array.isArray(repositoryNames)) {
        return { repositories: repositoryNames.map(name => describe(repositories.get(String(name)))) };
      }
      const { items, ...next } = page(repositories.list(), maxResults, nextToken);
      return { repositories: items.map(describe), ...next };
    },
    DeleteRepository: input => {
      const row = repositories.delete(textOf(input, 'repositoryName'), { force: input.force === true });
      return { repository: describe(row) };
    },
    PutImageTagMutability: input => {
      const tagMutability = readMutability(input.imageTagMutability);
      repositories.change(textOf(input, 'repositoryName'), row => ({ ...row, tagMutability }));
      return { registryId, repositoryName: input.repositoryName, imageTagMutability: tagMutability };
    },
    ListTagsForResource: input => {
      const arn = textOf(input, 'resourceArn');
      return { tags: repositories.get(arn.slice(arn.indexOf('repository/') + 'repository/'.length)).tags };
    },
    DescribeImages: input => {
      const all = images.describe(textOf(input, 'repositoryName'), idsOf(input), input.filter?.tagStatus);
      const { items, ...next } = page(all, input.maxResults, input.nextToken);
      return { imageDetails: items, ...next };
    },
    ListImages: input => {
      const all = images.list(textOf(input, 'repositoryName'), input.filter?.tagStatus);
      const { items, ...next } = page(all, input.maxResults, input.nextToken);
      return { imageIds: items, ...next };
    },
    BatchGetImage: input => images.batchGet(textOf(input, 'repositoryName'), requireIds(input)),
    BatchDeleteImage: input => images.batchDelete(textOf(input, 'repositoryName'), requireIds(input)),
    PutLifecyclePolicy: input => {
      const lifecyclePolicy = readPolicy(input.lifecyclePolicyText, 'lifecyclePolicyText');
      return policyOf(
        repositories.change(textOf(input, 'repositoryName'), row => ({ ...row, lifecyclePolicy })),
      );
    },
    GetLifecyclePolicy: input => {
      const row = repositories.get(textOf(input, 'repositoryName'));
      if (row.lifecyclePolicy !== undefined) return policyOf(row);
      throw new AwsError(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${row.name}' in the registry with id '${registryId}'`,
      );
    },
    DescribePullThroughCacheRules: () => ({
      pullThroughCacheRules: tables.rules.values().map(rule => ({
        ...{ registryId, ecrRepositoryPrefix: rule.prefix, upstreamRegistryUrl: rule.upstream },
        createdAt: new Date(rule.createdAt),
      })),
    }),
  };
  return { service: 'ecr', protocol: 'json-1.1', operations };
}

type Input = Record<string, unknown>;

function textOf(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `Invalid parameter at '${member}': it must be given`);
}

function idsOf({ imageIds }: Input): ImageId[] | undefined {
  if (imageIds === undefined || imageIds === null) return undefined;
  if (!Array.isArray(imageIds) || imageIds.length > 100) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'imageIds': it takes up to 100 images`,
    );
  }
  return imageIds as ImageId[];
}

function requireIds(input: Input): ImageId[] {
  const ids = idsOf(input);
  if (ids !== undefined && ids.length > 0) return ids;
  throw new AwsError('InvalidParameterException', `Invalid parameter at 'imageIds': it must be given`);
}

/** A page of a list; the token is the position to go on at. */
function page<T>(all: T[], maxResults: unknown, nextToken: unknown): { items: T[]; nextToken?: string } {
  const size = maxResults === undefined ? 100 : Number(maxResults);
  const start = nextToken === undefined || nextToken === null ? 0 : Number(nextToken);
  if (!Number.isSafeInteger(size) || size < 1 || size > 1000 || !Number.isSafeInteger(start) || start < 0) {
    throw new AwsError('InvalidParameterException', 'maxResults or nextToken is not valid');
  }
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}
