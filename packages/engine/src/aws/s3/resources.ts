import type { Context } from '../../core/context.ts';
import type { Properties, ResourceHandler, ResourceHandlers, ResourceRequest } from '../../core/resource.ts';
import type { Buckets } from './buckets.ts';
import { s3Error } from './errors.ts';

interface Parts {
  context: Pick<Context, 'region'>;
  buckets: Buckets;
}

export function s3Resources(parts: Parts): ResourceHandlers {
  return { 'AWS::S3::Bucket': bucketHandler(parts), 'AWS::S3::BucketPolicy': policyHandler(parts) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
function bucketHandler({ context, buckets }: Parts): ResourceHandler {
  const result = (name: string) => ({
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${context.region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${context.region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${context.region}.amazonaws.com`,
    },
  });
  const create = async (request: ResourceRequest) => {
    const { BucketName, ...properties } = request.properties;
    const name = BucketName === undefined ? generatedName(request) : String(BucketName);
    return result(buckets.create({ name, properties, token: request.token }).name);
  };
  return {
    create,
    update: async request => {
      const { BucketName, ...properties } = request.properties;
      if (BucketName !== undefined && BucketName !== request.physicalId) return create(request);
      buckets.change(request.physicalId, row => ({ ...row, properties }));
      return result(request.physicalId);
    },
    delete: async ({ physicalId }) => {
      if (buckets.find(physicalId) !== undefined) buckets.delete(physicalId);
    },
  };
}

/** Recorded and shown by GetBucketPolicy, not enforced. */
function policyHandler({ buckets }: Parts): ResourceHandler {
  const put = async ({ properties }: ResourceRequest) => {
    const bucket = nameOf(properties);
    const document = properties.PolicyDocument;
    const policy = typeof document === 'string' ? document : JSON.stringify(document);
    if (policy === undefined) throw s3Error('InvalidArgument', 'PolicyDocument must be given');
    buckets.change(bucket, row => ({ ...row, policy }));
    return { physicalId: bucket, attributes: {} };
  };
  return {
    create: put,
    update: put,
    delete: async ({ physicalId }) => {
      if (buckets.find(physicalId) === undefined) return;
      buckets.change(physicalId, ({ policy: _, ...row }) => row);
    },
  };
}

function nameOf({ Bucket }: Properties): string {
  if (typeof Bucket === 'string') return Bucket;
  throw s3Error('InvalidArgument', 'Bucket must be given');
}

/** As CloudFormation names what a template leaves nameless; from the token, so that a retry finds it again. */
function generatedName({ stack, logicalId, token }: ResourceRequest): string {
  const unique = [...token].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) >>> 0, 7).toString(36);
  const readable = `${stack.name}-${logicalId}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  return `${readable.slice(0, 54)}-${unique}`;
}
