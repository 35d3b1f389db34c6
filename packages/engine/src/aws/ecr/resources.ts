import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties, ResourceHandler, ResourceHandlers, ResourceRequest } from '../../core/resource.ts';
import { type NewRepository, type Repositories, repositoryArn, repositoryUri } from './repository.ts';
import { readMutability, readPolicy } from './repository-input.ts';
import type { EcrTables } from './tables.ts';

type Parts = {
  context: Pick<Context, 'account' | 'region' | 'clock' | 'ids'>;
  tables: EcrTables;
  repositories: Repositories;
};

export function ecrResources(parts: Parts): ResourceHandlers {
  return {
    'AWS::ECR::Repository': repositoryHandler(parts),
    'AWS::ECR::PullThroughCacheRule': pullThroughCacheRuleHandler(parts),
    'AWS::ECR::RepositoryCreationTemplate': creationTemplateHandler(parts),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
function repositoryHandler({ context, repositories }: Parts): ResourceHandler {
  const result = (name: string) => ({
    physicalId: name,
    attributes: { Arn: repositoryArn(name, context), RepositoryUri: repositoryUri(name, context) },
  });
  const create = async (request: ResourceRequest) => {
    const name = request.properties.RepositoryName ?? generatedName(request);
    return result(
      repositories.create({ ...readRepository(request.properties), name: String(name), token: request.token })
        .name,
    );
  };
  return {
    create,
    update: async request => {
      const { RepositoryName } = request.properties;
      if (RepositoryName !== undefined && RepositoryName !== request.physicalId) return create(request);
      const { lifecyclePolicy: _, repositoryPolicy: __, ...kept } = repositories.get(request.physicalId);
      repositories.change(request.physicalId, () => ({ ...kept, ...readRepository(request.properties) }));
      return result(request.physicalId);
    },
    delete: async ({ physicalId }) => {
      const row = repositories.find(physicalId);
      if (row !== undefined) repositories.delete(physicalId, { force: row.emptyOnDelete === true });
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-pullthroughcacherule.html */
function pullThroughCacheRuleHandler({ context, tables }: Parts): ResourceHandler {
  const put = async ({ properties, token }: ResourceRequest) => {
    const prefix = required(properties, 'EcrRepositoryPrefix');
    const known = tables.rules.get(prefix);
    if (known !== undefined && known.token !== token) {
      const why = `A pull through cache rule with the repository prefix '${prefix}' already exists`;
      throw new AwsError('PullThroughCacheRuleAlreadyExistsException', why);
    }
    const upstream = required(properties, 'UpstreamRegistryUrl');
    tables.rules.put(prefix, { prefix, upstream, token, createdAt: known?.createdAt ?? context.clock.now() });
    return { physicalId: prefix, attributes: {} };
  };
  return {
    create: put,
    update: async request => {
      const row = tables.rules.get(request.physicalId);
      if (row === undefined || row.prefix !== request.properties.EcrRepositoryPrefix) return put(request);
      tables.rules.put(row.prefix, { ...row, upstream: required(request.properties, 'UpstreamRegistryUrl') });
      return { physicalId: row.prefix, attributes: {} };
    },
    delete: async ({ physicalId }) => tables.rules.delete(physicalId),
  };
}

/** Recorded only: repositories of a pull-through cache are made with ECR's defaults. */
function creationTemplateHandler({ context, tables }: Parts): ResourceHandler {
  const put = async ({ properties }: ResourceRequest) => {
    const prefix = required(properties, 'Prefix');
    const now = context.clock.now();
    const createdAt = tables.templates.get(prefix)?.createdAt ?? now;
    tables.templates.put(prefix, { prefix, createdAt, updatedAt: now, properties });
    const iso = (at: number) => new Date(at).toISOString();
    return { physicalId: prefix, attributes: { CreatedAt: iso(createdAt), UpdatedAt: iso(now) } };
  };
  return { create: put, update: put, delete: async ({ physicalId }) => tables.templates.delete(physicalId) };
}

function readRepository(properties: Properties): Omit<NewRepository, 'name'> {
  const { ImageScanningConfiguration, LifecyclePolicy, RepositoryPolicyText, Tags } = properties;
  const lifecycle = (LifecyclePolicy as { LifecyclePolicyText?: unknown } | undefined)?.LifecyclePolicyText;
  const scanning = (ImageScanningConfiguration as { ScanOnPush?: unknown } | undefined)?.ScanOnPush;
  return {
    tagMutability: readMutability(properties.ImageTagMutability),
    scanOnPush: scanning === true || scanning === 'true',
    emptyOnDelete: properties.EmptyOnDelete === true || properties.EmptyOnDelete === 'true',
    tags: Array.isArray(Tags) ? Tags : [],
    ...(lifecycle === undefined ? {} : { lifecyclePolicy: readPolicy(lifecycle, 'LifecyclePolicyText') }),
    ...(RepositoryPolicyText === undefined
      ? {}
      : { repositoryPolicy: readPolicy(RepositoryPolicyText, 'RepositoryPolicyText') }),
  };
}

/** As CloudFormation names what a template leaves nameless; from the token, so that a retry finds it again. */
function generatedName({ stack, logicalId, token }: ResourceRequest): string {
  const unique = [...token].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) >>> 0, 7).toString(36);
  return `${stack.name}-${logicalId}-${unique}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function required(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `${name} must be given`);
}
