import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createS3 } from '../../engine/src/aws/s3/index.ts';
import { openTestContext } from '../../engine/src/core/test-context.ts';
import { openTestWire, type TestWire } from '../../engine/src/wire/test-wire.ts';
import { createS3SnapshotStore } from '../../market/src/s3-snapshot-store.ts';
import { describeSnapshotStore } from '../../market/src/testing/snapshot-store-suite.ts';

/** The same suite that market runs on its memory and on a small S3 of its own. */
describe('market’s store of snapshots on the engine’s S3', () => {
  const state = mkdtempSync(join(tmpdir(), 'slipway-market-history-'));
  let wire: TestWire;
  let client: S3Client;
  let buckets = 0;
  beforeAll(async () => {
    wire = await openTestWire({ faces: [createS3(openTestContext({ state })).face] });
    client = new S3Client(wire.clientConfig);
  });
  afterAll(async () => {
    client.destroy();
    await wire.close();
    rmSync(state, { recursive: true, force: true });
  });

  describeSnapshotStore(async () => {
    const bucket = `slipway-market-staging-snapshots-${buckets++}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return createS3SnapshotStore({ bucket, limitMs: 5000, createClient: () => client });
  });
});
