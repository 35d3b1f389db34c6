import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Target } from '../target.ts';

/** How often a bucket is emptied again because something was written meanwhile. */
const MOST_ROUNDS = 5;

/** Deletes every version of every object and then the bucket; false when there was none. */
export async function deleteBucket(target: Target, Bucket: string): Promise<boolean> {
  const client = new S3Client({ ...target, followRegionRedirects: true });
  for (let round = 1; ; round++) {
    try {
      await empty(client, Bucket);
      await client.send(new DeleteBucketCommand({ Bucket }));
      return true;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'NoSuchBucket') return round > 1;
      if (name !== 'BucketNotEmpty' || round === MOST_ROUNDS) throw error;
    }
  }
}

async function empty(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ Key, ...(VersionId && { VersionId }) }],
    );
    if (Objects.length === 0) return;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw new Error(`${first.Key}: ${first.Code} ${first.Message}`);
  }
}
