import type { ServerResponse } from 'node:http';
import type { RawFace } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError, messageOf } from '../../core/errors.ts';
import { type BucketOperations, bucketOperations } from './bucket-operations.ts';
import type { Buckets } from './buckets.ts';
import { s3Error } from './errors.ts';
import { multipartOperations } from './multipart-operations.ts';
import { objectOperations } from './object-operations.ts';
import type { Objects } from './objects.ts';
import { readTarget, requireCurrent, type S3Request } from './request.ts';
import type { Uploads } from './uploads.ts';
import { renderDocument } from './xml.ts';

export interface FaceParts {
  context: Pick<Context, 'clock' | 'ids' | 'log' | 'region' | 'account'>;
  buckets: Buckets;
  objects: Objects;
  uploads: Uploads;
}

type Operation = (call: S3Request) => void | Promise<void>;

/** Sub-resources that S3 has; those without an operation here are refused instead of mistaken for the plain call. */
const subresources = (
  'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle ' +
  'location logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy ' +
  'policyStatus publicAccessBlock renameObject replication requestPayment restore retention select session tagging ' +
  'torrent uploadId uploads versioning versions website'
).split(' ');

/** S3's REST protocol. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function s3Face(parts: FaceParts): RawFace {
  const operations = tableOf(parts);
  return {
    service: 's3',
    handle: async (request, response) => {
      response.setHeader('x-amz-request-id', parts.context.ids.hex(16));
      try {
        const call: S3Request = { request, response, ...readTarget(request) };
        requireCurrent(call.query, parts.context.clock);
        await find(operations, call)(call);
      } catch (error) {
        const isHungUp = response.destroyed || (request.destroyed && !request.complete);
        if (isHungUp) response.destroy();
        else respondError(response, asAwsError(error, parts.context), request.method === 'HEAD');
      }
    },
  };
}

function tableOf(parts: FaceParts): Record<string, Operation> {
  const bucket: BucketOperations = bucketOperations(parts);
  const object = objectOperations(parts);
  const multipart = multipartOperations(parts);
  return {
    'GET service': bucket.listBuckets,
    'PUT bucket': bucket.createBucket,
    'HEAD bucket': bucket.headBucket,
    'DELETE bucket': bucket.deleteBucket,
    'GET bucket': bucket.listObjects,
    'GET bucket location': bucket.getLocation,
    'GET bucket versioning': bucket.getVersioning,
    'GET bucket policy': bucket.getPolicy,
    'GET bucket versions': bucket.listVersions,
    'GET bucket uploads': multipart.list,
    'POST bucket delete': object.deleteMany,
    'PUT object': object.put,
    'GET object': object.get,
    'HEAD object': object.head,
    'DELETE object': object.delete,
    'POST object uploads': multipart.begin,
    'PUT object uploadId': multipart.putPart,
    'GET object uploadId': multipart.listParts,
    'POST object uploadId': multipart.complete,
    'DELETE object uploadId': multipart.abort,
  };
}

function find(operations: Record<string, Operation>, { request, bucket, key, query }: S3Request): Operation {
  const target = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const subresource = subresources.find(name => query.has(name));
  const name = `${request.method} ${target}${subresource === undefined ? '' : ` ${subresource}`}`;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation !== undefined) return operation;
  throw s3Error('NotImplemented', `s3 ${name} is not carried out locally`);
}

function asAwsError(error: unknown, { log }: FaceParts['context']): AwsError {
  if (error instanceof AwsError) return error;
  log(`S3 failed: ${messageOf(error)}`);
  return new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
}

function respondError(response: ServerResponse, error: AwsError, isHead: boolean): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = renderDocument('Error', { Code: error.code, Message: error.message }, false);
  response.writeHead(error.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  response.end(isHead ? undefined : body);
}
