import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Day } from './day.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { type SnapshotStore, SnapshotsAway } from './snapshot-store.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

export type S3Options = {
  readonly bucket: string;
  /** How long a call may take with all its attempts. */
  readonly limitMs: number;
  /** Makes the client; it is asked at the first call, so that a start need not load the SDK. */
  readonly createClient: (sdk: Sdk) => S3Client;
};

/** Keeps each snapshot as an object, such as `candles/KEEL/2030-01-31.json`. */
export function createS3SnapshotStore({ bucket, limitMs, createClient }: S3Options): SnapshotStore {
  let client: S3Client | undefined;
  const call = async <Output>(act: (s3: Calls) => Promise<Output>): Promise<Output> => {
    const sdk = await import('@aws-sdk/client-s3');
    client ??= createClient(sdk);
    return act({ s3: client, sdk, options: { abortSignal: AbortSignal.timeout(limitMs) } });
  };

  return {
    read: (symbol, day) =>
      call(async ({ s3, sdk, options }) => {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: keyOf(symbol, day) });
        const found = await s3.send(command, options).catch(unless('NoSuchKey', undefined));
        if (found === undefined) return undefined;
        const text = await found.Body!.transformToString().catch(away);
        return { snapshot: readSnapshot(text), version: found.ETag! };
      }),

    write: (snapshot, replaces) =>
      call(async ({ s3, sdk, options }) => {
        const command = new sdk.PutObjectCommand({
          Bucket: bucket,
          Key: keyOf(snapshot.symbol, snapshot.day),
          Body: writeSnapshot(snapshot),
          ContentType: 'application/json',
          ...(replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces }),
        });
        const written = await s3.send(command, options).catch(refusedWrite);
        return written !== undefined;
      }),

    days: (symbol, { after, limit }) =>
      call(async ({ s3, sdk, options }) => {
        const command = new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefixOf(symbol),
          MaxKeys: limit,
          ...(after && { StartAfter: keyOf(symbol, after) }),
        });
        const { Contents = [] } = await s3.send(command, options).catch(away);
        return Contents.map(({ Key }) => Key!.slice(prefixOf(symbol).length, -'.json'.length));
      }),

    check: () =>
      call(async ({ s3, sdk, options }) => {
        await s3.send(new sdk.HeadBucketCommand({ Bucket: bucket }), options).catch(away);
      }),
  };
}

type Calls = {
  readonly s3: S3Client;
  readonly sdk: Sdk;
  readonly options: { readonly abortSignal: AbortSignal };
};

/** Opens the store with the region, endpoint and credentials that the SDK finds for itself. */
export function openS3SnapshotStore(bucket: string, limitMs: number): SnapshotStore {
  const requestHandler = { connectionTimeout: 1000, requestTimeout: limitMs };
  const createClient = ({ S3Client }: Sdk) => new S3Client({ requestHandler, maxAttempts: 2 });
  return createS3SnapshotStore({ bucket, limitMs, createClient });
}

function prefixOf(symbol: string): string {
  return `candles/${symbol}/`;
}

function keyOf(symbol: string, day: Day): string {
  return `${prefixOf(symbol)}${day}.json`;
}

/**
 * Another writer was faster: before (412), at the same time (409), or what was to be replaced is gone (404).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function refusedWrite(error: S3ServiceException): undefined {
  if ([404, 409, 412].includes(error.$metadata?.httpStatusCode ?? 0) && error.name !== 'NoSuchBucket') return;
  return away(error);
}

function unless<Value>(name: string, value: Value): (error: Error) => Value {
  return error => (error.name === name ? value : away(error));
}

function away(error: Error): never {
  throw new SnapshotsAway(`S3 did not answer: ${error.name}`, { cause: error });
}
